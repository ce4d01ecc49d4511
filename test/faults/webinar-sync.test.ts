import { afterEach, beforeEach, expect, test } from 'vitest';
import { bigmarker } from '../../src/connectors/bigmarker.ts';
import { gotowebinar } from '../../src/connectors/gotowebinar.ts';
import type { Source } from '../../src/connectors/sources.ts';
import type { RunDetail } from '../../src/contract/api.ts';
import type { PullConnector } from '../../src/contract/pull.ts';
import { sourceDeclaration } from '../../src/contract/source.ts';
import { openJournalReader } from '../../src/journal/reader.ts';
import { createProjector, drain } from '../../src/projector/project.ts';
import { withEngine } from '../support/engine.ts';
import { rowsOf } from '../support/facts.ts';
import { type FakeBigMarker, startFakeBigMarker } from '../support/fake-bigmarker.ts';
import { type FakeGoTo, startFakeGoTo } from '../support/fake-gotowebinar.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { openSyncBench, type SyncBench } from '../support/sync.ts';
import { instantAt, type WebinarWorld, worldPerson, worldWebinar } from '../support/webinar-world.ts';

/** Webinars from the services' sockets to the facts: read by processes of their own, through the guard, journalled and projected. */

const engine = withEngine();
const START = '2026-11-18T17:00:00Z';
let now = 0;
let sales: WebinarWorld;
let support: WebinarWorld;
let marker: FakeBigMarker;
let goto: FakeGoTo;
let bench: SyncBench;

beforeEach(async () => {
  now = Date.parse('2026-11-19T06:00:00Z');
  const registered = { registered_at: '2026-11-10T09:00:00Z' };
  const stay = (from: number, to: number) => ({ joined_at: instantAt(START, from), left_at: instantAt(START, to) });
  sales = {
    webinars: [
      worldWebinar('sales', {
        starts_at: START,
        people: [
          worldPerson('dana', {
            email: 'Dana.Lopez@Example.com',
            ...registered,
            stays: [stay(60, 700), stay(600, 1300)],
          }),
          worldPerson('ben', { email: 'ben.okafor@example.com', ...registered }),
          worldPerson('walk', { email: 'walk.in@example.com', stays: [stay(0, 30)] }),
        ],
      }),
    ],
  };
  support = {
    webinars: [
      worldWebinar('support', {
        starts_at: START,
        people: [worldPerson('mei', { email: 'mei.tanaka@example.com', ...registered, stays: [stay(0, 3000)] })],
      }),
    ],
  };
  marker = await startFakeBigMarker(sales, () => now, { pageSize: 2 });
  goto = await startFakeGoTo(support, () => now);
  goto.options.renew = true;
  bench = await openSyncBench(sources, { clock: () => now, egressAllow: ['127.0.0.1'], reader: {} });
});
afterEach(async () => {
  await bench.close();
  await marker.close();
  await goto.close();
});

function sources(): Source[] {
  return [
    source('marker', bigmarker as PullConnector, { ...marker.settings, since: '2026-11-01' }),
    source('goto', gotowebinar as PullConnector, { ...goto.settings, since: '2026-11-01' }),
  ];
}

function source(name: string, connector: PullConnector, settings: Record<string, unknown>): Source {
  return {
    name,
    label: name,
    connector,
    pull: connector,
    settings: connector.settings.parse(settings),
    defaults: {},
    declaration: sourceDeclaration.parse({ name, connector: connector.name, settings }),
  };
}

async function sync(name: string): Promise<RunDetail> {
  const id = await bench.sync.runNow(name);
  await bench.sync.idle();
  const run = await bench.sync.run(id);
  if (run === null) throw new Error('no run');
  return run;
}

interface Participation {
  title: string;
  person: number;
  registered: number;
  joined: number;
  seconds: number;
  matched_by: string;
}

/** Of people: registered, seconds, how they were matched. */
async function participations(): Promise<string[]> {
  const reader = await openJournalReader(`${bench.folder}/journal`);
  try {
    const projector = createProjector({
      warehouse: engine.warehouse,
      reader,
      sources: new Map(
        sources().map(({ name, connector, settings, defaults }) => [name, { connector, settings, defaults }]),
      ),
      workspace: { time_zone: 'Europe/Berlin', currency: 'USD' },
      channels: [],
      rates: [],
      log: { info() {}, warn() {}, error() {} },
    });
    await drain(projector, bench.journal.durableSeq);
  } finally {
    await reader.close();
  }
  const rows = await rowsOf<Participation>(engine.warehouse, 'participations');
  return rows
    .filter(({ person }) => Number(person) !== 0)
    .map((row) =>
      [row.title, row.registered ? 'registered' : 'walk-in', Number(row.seconds), row.matched_by].join(' | '),
    )
    .toSorted();
}

test('two services become participations; the morning after, what came late and what was corrected stands instead', async () => {
  expect(await sync('marker')).toMatchObject({ state: 'ok' });
  expect(await sync('goto')).toMatchObject({ state: 'ok' });
  expect(await participations()).toEqual([
    'Scaling onboarding | registered | 0 | ',
    'Scaling onboarding | registered | 1240 | service_id',
    'Scaling onboarding | registered | 3000 | service_id',
    'Scaling onboarding | walk-in | 30 | unmatched',
  ]);

  const [dana, ben] = sales.webinars[0]?.people ?? [];
  if (dana === undefined || ben === undefined || sales.webinars[0] === undefined) throw new Error('nobody there');
  dana.stays = [{ joined_at: instantAt(START, 60), left_at: instantAt(START, 360) }];
  ben.stays = [{ joined_at: START, left_at: instantAt(START, 900) }];
  sales.webinars[0].title = 'Renamed';
  now += 86_400_000;
  expect(await sync('marker')).toMatchObject({ state: 'ok' });
  expect(await sync('goto')).toMatchObject({ state: 'ok', rows: 0 });
  expect(await participations()).toEqual([
    'Renamed | registered | 300 | service_id',
    'Renamed | registered | 900 | service_id',
    'Renamed | walk-in | 30 | unmatched',
    'Scaling onboarding | registered | 3000 | service_id',
  ]);
  await expectExactLedger(engine.warehouse, { durableSeq: bench.journal.durableSeq });
});

test('keys and tokens are in no log of a run', async () => {
  marker.always({ kind: 'status', status: 400, body: '{"error":"no such filter"}' }, /search/);
  goto.options.hidden.add('support');
  const runs = [await sync('marker'), await sync('goto')];
  expect(runs[0]).toMatchObject({ state: 'failed', error: expect.stringContaining('no such filter') });
  expect(JSON.stringify(runs)).not.toMatch(
    /a-test-key-of-bigmarker|refresh-token-number|access-token|a-test-client-secret/,
  );
});
