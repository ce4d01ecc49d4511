import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/engine.ts';
import { until } from '../test/support/poll.ts';
import { DataSide } from './data-side.ts';
import type { Journal } from './journal/entry.ts';
import { openJournal } from './journal/journal.ts';
import { createLogger } from './logger.ts';
import { number, sql } from './sql/build.ts';
import { renderSql } from './sql/render.ts';

/** Engine and projector behind a real journal: what goes wrong with one opening must not outlive it. */

let place: ReturnType<typeof temporaryFolder>;
let journal: Journal;
let data: DataSide | undefined;
beforeEach(async () => {
  place = temporaryFolder();
  journal = await openJournal({ folder: join(place.folder, 'journal') });
  for (let id = 0; id < 20; id++) {
    const record = { record: 'activity', key: `a${id}`, person: { external_id: `p${id}` }, at: '2024-01-01T00:00:00Z' };
    await journal.append({
      source: 'hook',
      receivedAt: 1_704_100_000_000,
      target: '/hooks/hook',
      headers: {},
      body: Buffer.from(JSON.stringify({ ...record, feature: 'login' })),
    });
  }
});
afterEach(async () => {
  await data?.close();
  await journal.close();
  place.remove();
});

function openDataSide(durableSeq: () => number): DataSide {
  data = new DataSide({
    warehouseFolder: join(place.folder, 'warehouse'),
    projector: {
      journalFolder: join(place.folder, 'journal'),
      sources: [{ name: 'hook', connector: 'webhook', settings: { token: 'unused-here' }, defaults: {} }],
      workspace: { time_zone: 'UTC', currency: 'USD' },
      channels: [],
      rates: [],
    },
    durableSeq,
    now: Date.now,
    log: createLogger('silent'),
  });
  return data;
}

/** Each a statement of its own, so that none answers for another. */
const countEntries = async (side: DataSide, nth = 0): Promise<number> => {
  const statement = renderSql(sql`SELECT count() AS n, sum(bytes) + ${number(nth)} AS bytes FROM turnout.entries`);
  return (await side.warehouse.query<{ n: number }>(statement)).rows[0]?.n ?? -1;
};

test('damage that many statements meet at once is repaired once', async () => {
  const side = openDataSide(() => journal.durableSeq);
  await side.caughtUp();
  expect(await countEntries(side)).toBe(20);

  const files = readdirSync(join(place.folder, 'warehouse', 'data'), { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.name === 'data.bin')) {
    const path = join(file.parentPath, file.name);
    writeFileSync(path, Buffer.alloc(readFileSync(path).length));
  }
  const met = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => countEntries(side, index + 1)));
  expect(met.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(1);

  await until('the numbers are made anew', async () => (await countEntries(side).catch(() => 0)) === 20, 40_000);
  await side.close();
  expect(readdirSync(place.folder).filter((name) => name.includes('set-aside'))).toHaveLength(1);
});

test('an opening that fails after the engine is up does not keep the folder from the next one', async () => {
  let calls = 0;
  const side = openDataSide(() => {
    calls += 1;
    if (calls === 1) throw new Error('failed on purpose');
    return journal.durableSeq;
  });
  await until(
    'the numbers are there',
    async () => {
      return side.status?.seq === 20 && (await countEntries(side).catch(() => 0)) === 20;
    },
    20_000,
  );
});
