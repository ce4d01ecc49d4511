import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ConnectorInfo, Freshness, SourceDetail } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { postZoomEvent, startFakeZoom, ZOOM_SECRET, zoomEvent } from '../support/fake-zoom.ts';
import { startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { worldPerson, worldWebinar } from '../support/webinar-world.ts';

/** One source that is read and sends: the real server, Zoom's events over HTTP, and a run of its reader. */

const NOW = Date.parse('2026-11-20T06:00:00Z');

test('Zoom validates the address, sends events, and is read by the same source', async () => {
  const dana = worldPerson('dana', {
    email: 'dana.lopez@example.com',
    registered_at: '2026-11-10T09:15:22Z',
    stays: [{ joined_at: '2026-11-18T17:02:02Z', left_at: '2026-11-18T17:58:40Z' }],
  });
  const webinar = worldWebinar('w', { starts_at: '2026-11-18T17:00:00Z', people: [dana] });
  const service = await startFakeZoom({ webinars: [webinar] }, { now: () => NOW });
  onTestFinished(() => service.close());
  const workspace = temporaryFolder('zoom');
  mkdirSync(join(workspace, 'sources'));
  writeFileSync(
    join(workspace, 'turnout.yaml'),
    `version: 1\nname: Test\ntime_zone: UTC\ncurrency: USD\nclock: "${new Date(NOW).toISOString()}"\negress: { allow: ["127.0.0.1"] }\n`,
  );
  const settings = JSON.stringify({ ...service.settings, webhook_secret: ZOOM_SECRET });
  writeFileSync(
    join(workspace, 'sources', 'zoom.yaml'),
    `version: 1\nsources: [{ name: zoom, connector: zoom, schedule: manual, settings: ${settings} }]\n`,
  );
  const server = await startServerProcess({ workspace });
  onTestFinished(async () => {
    await server.stop('SIGKILL');
  });
  const hook = `${server.url}/hooks/zoom`;
  const detail = async () => (await (await fetch(`${server.url}/api/v1/sources/zoom`)).json()) as SourceDetail;

  const validation = JSON.stringify({
    payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
    event_ts: NOW,
    event: 'endpoint.url_validation',
  });
  const answer = await postZoomEvent(hook, validation, NOW);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await answer.json()).toEqual({
    plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
    encryptedToken: createHmac('sha256', ZOOM_SECRET).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex'),
  });
  expect((await postZoomEvent(hook, validation, NOW, 'another-secret')).status).toBe(403);

  const joined = zoomEvent('participant_joined', webinar, '2026-11-18T17:02:02Z', { person: dana });
  expect((await postZoomEvent(hook, joined, NOW, 'another-secret')).status).toBe(403);
  expect(await detail()).toMatchObject({ detail: expect.stringContaining('does not match the body') });
  expect((await postZoomEvent(hook, joined, NOW)).status).toBe(200);
  const described = await detail();
  expect(described).toMatchObject({ mode: 'pull', hook: '/hooks/zoom', schedule: 'manual' });
  expect(described.streams?.map(({ name }) => name)).toEqual(['webinars', 'registrations', 'attendance']);

  expect(
    (
      await fetch(`${server.url}/api/v1/sources/zoom/sync`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    ).status,
  ).toBeLessThan(300);
  const run = await until(async () => {
    const { last_run } = await detail();
    return last_run === undefined || last_run.state === 'running' ? undefined : last_run;
  }, 'the run has ended');
  // Webinar, registration, and the report's rows: Dana, the host, and the host in the waiting room.
  expect(run).toMatchObject({ state: 'ok', error: null, rows: 5, pages: 6 });

  const numbers = await until(async () => {
    const { pending } = (await (await fetch(`${server.url}/api/v1/freshness`)).json()) as Freshness;
    if (pending > 0) return undefined;
    const asked = await fetch(
      `${server.url}/api/v1/query?m=registrations,visits_all,visits_5m,visits_30m,walk_ins&p=2026-11`,
    );
    return ((await asked.json()) as QueryResult).rows[0];
  }, 'everything is counted');
  // Dana, once, by the report; neither the event's join beside it nor the host.
  expect(numbers).toMatchObject({ registrations: 1, visits_all: 1, visits_5m: 1, visits_30m: 1, walk_ins: 0 });

  expect(await detail()).toMatchObject({ quarantined: 0 });

  const { connectors } = (await (await fetch(`${server.url}/api/v1/connectors`)).json()) as {
    connectors: ConnectorInfo[];
  };
  expect(connectors.find(({ name }) => name === 'zoom')?.mode).toBe('pull');
});

test('the vector of the validation', async () => {
  const encrypted = createHmac('sha256', ZOOM_SECRET).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex');
  expect(encrypted).toBe('71beccbc441935a03ecdc9fbe94f6b340a103ed2fb4c1798cbdc626ba79659f1');
});
