import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder, withEngine } from '../../test/support/engine.ts';
import { openJournal } from '../journal/journal.ts';
import { loadLedger } from './ledger.ts';
import { DEFAULT_WEBINAR_RULES } from './participation-rules.ts';
import { type ProjectorHandle, type ProjectorStatus, type StartProjectorOptions, startProjector } from './runner.ts';

const engine = withEngine();
const { folder, remove } = temporaryFolder();
afterAll(remove);

const running: ProjectorHandle[] = [];
afterEach(async () => {
  for (const handle of running.splice(0)) await handle.close();
});

async function start(options: Partial<StartProjectorOptions> = {}): Promise<ProjectorHandle> {
  const handle = await startProjector({
    warehouse: engine.connection,
    journalFolder: join(folder, 'journal'),
    sources: [{ name: 'hook', connector: 'webhook', settings: { token: 'unused-here' }, defaults: {} }],
    workspace: { time_zone: 'Asia/Jakarta', currency: 'IDR', country: 'ID' },
    channels: [],
    rates: [],
    log: { info() {}, warn() {}, error() {} },
    ...options,
  });
  running.push(handle);
  return handle;
}

/** Resolves with the first status that fits; gives up after 20 s. */
function reach(handle: ProjectorHandle, fits: (status: ProjectorStatus) => boolean): Promise<ProjectorStatus> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`not reached: ${JSON.stringify(handle.status())}`)), 20_000);
    const look = () => {
      const status = handle.status();
      if (!fits(status)) return;
      clearTimeout(limit);
      stop();
      resolve(status);
    };
    const stop = handle.onProgress(look);
    look();
  });
}

describe('startProjector', () => {
  it('projects what becomes durable, ends cleanly and goes on where it was', async () => {
    const journal = await openJournal({ folder: join(folder, 'journal'), checkBytesPerSecond: 0 });
    const append = (key: string) =>
      journal.append({
        source: 'hook',
        receivedAt: Date.parse('2024-11-16T00:00:00Z'),
        target: '/hooks/hook',
        headers: {},
        body: Buffer.from(
          JSON.stringify({
            record: 'activity',
            key,
            person: { email: 'dana@example.com' },
            at: '2024-11-15T00:00:00Z',
            feature: 'login',
          }),
        ),
      });
    try {
      const first = await start();
      const told: unknown[] = [];
      first.onChanges((changes, seq) => {
        // Told before anybody can ask for the new numbers.
        expect(first.status().seq).toBeLessThan(seq);
        told.push(...changes.map(({ table, hours }) => ({ seq, table, hours })));
      });
      first.notify(await append('a'));
      expect(await reach(first, ({ seq }) => seq === 1)).toMatchObject({
        state: 'ok',
        durableSeq: 1,
        receivedAt: Date.parse('2024-11-16T00:00:00Z'),
        crashes: 0,
      });
      const hour = Date.parse('2024-11-15T00:00:00Z') / 3_600_000;
      expect(told).toContainEqual({ seq: 1, table: 'activities', hours: { at: [hour] } });
      await first.close();
      const [second, third] = [await append('b'), await append('a')];
      expect([second, third]).toStrictEqual([2, 3]);
      const again = await start();
      expect(await reach(again, ({ seq }) => seq === 1)).toMatchObject({
        receivedAt: Date.parse('2024-11-16T00:00:00Z'),
      });
      again.notify(journal.durableSeq);
      await reach(again, ({ seq }) => seq === 3);
      expect(await loadLedger(engine.warehouse)).toMatchObject([{ received: 3, counted: 2, duplicate: 1 }]);
      const { rules } = again.status();
      expect(rules).not.toBe('');
      await again.close();
      // Other rules for webinars are put in force although nothing has come.
      const other = await start({ webinars: { ...DEFAULT_WEBINAR_RULES, gapSeconds: 0 } });
      expect(await reach(other, (status) => status.rules !== '' && status.rules !== rules)).toMatchObject({ seq: 3 });
    } finally {
      await journal.close();
    }
  });

  it('only receives after five crashes, until somebody says otherwise', async () => {
    const workerFile = join(folder, 'crashing-worker.mjs');
    writeFileSync(workerFile, `throw new Error('the worker was made to crash');`);
    let clock = 0;
    const handle = await start({
      workerFile: pathToFileURL(workerFile),
      // A crash that lies more than 300 s back does not count any more.
      steadyNow: () => {
        clock += clock === 0 ? 400_000 : 10;
        return clock;
      },
    });
    handle.notify(7);
    const status = await reach(handle, ({ state }) => state === 'receive_only');
    expect(status).toMatchObject({ crashes: 5, seq: 0, durableSeq: 7 });
    expect(status.detail).toMatch(/^Turnout only receives: .*5 times within 300 s.*made to crash/);
    handle.retry();
    expect(handle.status().state).not.toBe('receive_only');
    await reach(handle, ({ crashes }) => crashes === 6);
  });
});
