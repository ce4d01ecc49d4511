import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Freshness, ImportInfo } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';

/** A report that somebody downloaded from Zoom, from the upload to the numbers, and a later download of the same report. */

let server: ServerProcess;
const report = readFileSync(join(import.meta.dirname, '../fixtures/files/zoom-attendee-report.csv'), 'utf8');

beforeAll(async () => {
  const workspace = join(temporaryFolder('report'), 'workspace');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(
    join(workspace, 'turnout.yaml'),
    'version: 1\nname: Report\ntime_zone: UTC\ncurrency: USD\nclock: "2026-11-20T06:00:00Z"\n',
  );
  server = await startServerProcess({ workspace });
});
afterAll(async () => {
  await server?.stop();
});

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const told = (await answer.json()) as T;
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(told)}`);
  return told;
}

/** Through all steps of the import, with the zone that the report does not say. */
async function bring(name: string, text: string): Promise<ImportInfo> {
  const answer = await fetch(`${server.url}/api/v1/imports?name=${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: text,
  });
  const looked = (await answer.json()) as ImportInfo;
  const at = `/api/v1/imports/${looked.id}`;
  await post(`${at}/mapping`, { mapping: { ...looked.mapping, time_zone: 'America/New_York' } });
  await post(`${at}/check`, {});
  await post(`${at}/run`, { save_as: 'Zoom reports' });
  return until(async () => {
    const info = (await (await fetch(server.url + at)).json()) as ImportInfo;
    return info.state === 'running' || info.state === 'uploaded' ? undefined : info;
  }, 'the import has ended');
}

async function numbers(minutes: number): Promise<QueryResult['rows'][number] | undefined> {
  return until(async () => {
    const { pending } = (await (await fetch(`${server.url}/api/v1/freshness`)).json()) as Freshness;
    if (pending > 0) return undefined;
    const metrics = 'webinars,registrations,visits,visits_5m,walk_ins';
    const answer = await fetch(`${server.url}/api/v1/query?m=${metrics}&p=2026-11&v=short_visit:${minutes}`);
    return ((await answer.json()) as QueryResult).rows[0];
  }, 'everything is counted');
}

test('people are merged, their joins too; the host is nobody; a later download changes what changed', async () => {
  const first = await bring('report.csv', report);
  expect(first).toMatchObject({
    state: 'done',
    check: { good: 3, rejected: 0 },
    mapping: { record: 'webinar_report' },
  });
  const expected = { webinars: 1, registrations: 2, visits: 1, visits_5m: 1, walk_ins: 0 };
  // Dana was there from 17:02:02 to 17:58:40 on two devices: 3,398 seconds, which is between 56 and 57 minutes.
  expect(await numbers(56)).toMatchObject(expected);
  expect(await numbers(57)).toMatchObject({ ...expected, visits_5m: 0 });

  const ben = 'No,Ben Okafor,Ben,Okafor,ben.okafor@example.com,,11/12/2026 01:40:00 PM,approved,--,--,--,--,,';
  const came =
    'Yes,Ben Okafor,Ben,Okafor,ben.okafor@example.com,,11/12/2026 01:40:00 PM,approved,11/18/2026 12:30:00 PM,11/18/2026 12:40:00 PM,10,Yes,,';
  const mei = 'No,Mei Tanaka,Mei,Tanaka,mei.tanaka@example.com,,11/13/2026 01:40:00 PM,denied,--,--,--,--,,';
  expect(report).toContain(ben);
  const later = report
    .replace(ben, `${came}\n${mei}`)
    .replace(',64,3,2,4', ',64,4,3,5')
    .replace('09:00:12', '11:00:12');
  expect(await bring('report-2.csv', later)).toMatchObject({ state: 'done', saved: { label: 'Zoom reports' } });
  expect(await numbers(5)).toMatchObject({ webinars: 1, registrations: 2, visits: 2, visits_5m: 2, walk_ins: 0 });
  expect(await numbers(57)).toMatchObject({ visits_5m: 0 });
});
