import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Freshness, LedgerRow, WorkspaceInfo } from '../../src/contract/api.ts';
import { startServerProcess, temporaryFolder } from '../support/server.ts';

const main = resolve(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

test('the sample is complete at the first ready line, kept over a stop by SIGTERM, and the second start takes at most 5 s', async () => {
  const data = temporaryFolder('start');
  const first = await startServerProcess({ data, sample: true });
  const get = async <T>(url: string, path: string) => (await (await fetch(url + path)).json()) as T;
  const ledger = await get<LedgerRow[]>(first.url, '/api/v1/ledger');
  expect(await get<WorkspaceInfo>(first.url, '/api/v1/workspace')).toMatchObject({
    sample: true,
    today: '2024-11-16',
    time_zone: 'Asia/Jakarta',
    currency: 'IDR',
  });
  expect(await get<Freshness>(first.url, '/api/v1/freshness')).toMatchObject({ state: 'ok', pending: 0 });
  expect(await first.stop('SIGTERM')).toBe(0);
  expect(first.log()).not.toMatch(/"level":50/);

  const second = await startServerProcess({ data, sample: true });
  expect(second.readyAfter).toBeLessThan(5_000);
  expect(await get<LedgerRow[]>(second.url, '/api/v1/ledger')).toEqual(ledger);

  const third = spawnSync(process.execPath, [main, 'serve'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', TURNOUT_DATA: data },
    encoding: 'utf8',
  });
  expect(third.status).toBe(1);
  expect(third.stderr).toMatch(/another|already|in use/i);
  expect(await second.stop('SIGINT')).toBe(0);
});

test('an address that others can reach is refused with the reason', () => {
  const refused = spawnSync(process.execPath, [main, 'serve'], {
    env: { PATH: process.env['PATH'] ?? '', HOST: '0.0.0.0', TURNOUT_DATA: temporaryFolder('host') },
    encoding: 'utf8',
  });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/no sign-in yet/);
});

test('the sample is removed by one request, for good', async () => {
  const data = temporaryFolder('remove');
  const server = await startServerProcess({ data, sample: true });
  const remove = await fetch(`${server.url}/api/v1/sample/remove`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect([remove.status, await remove.json()]).toEqual([200, { removed: true }]);
  const workspace = async (url: string) => (await (await fetch(`${url}/api/v1/workspace`)).json()) as WorkspaceInfo;
  expect(await workspace(server.url)).toMatchObject({ sample: false, data: { first: null, last: null } });
  expect(await server.stop()).toBe(0);

  const again = await startServerProcess({ data, sample: true });
  expect(await workspace(again.url)).toMatchObject({ sample: false });
  expect(await again.stop()).toBe(0);
});

test('TURNOUT_SAMPLE=0 starts empty', async () => {
  const server = await startServerProcess({ sample: false });
  expect((await (await fetch(`${server.url}/api/v1/workspace`)).json()) as WorkspaceInfo).toMatchObject({
    sample: false,
  });
  expect(await server.stop()).toBe(0);
});
