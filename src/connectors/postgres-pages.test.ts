import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { readingRequest, readingSettings, readStream, recordsOf } from '../../test/support/postgres-reading.ts';
import { recordedEffects } from '../../test/support/pull-effects.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { Cursor } from '../contract/pull.ts';
import { postgres } from './postgres.ts';

let server: TestPostgres;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  await server.sql(`CREATE ROLE reader LOGIN PASSWORD 'test-password'; GRANT pg_read_all_data TO reader`);
  url = server.urlFor({ user: 'reader' });
});
afterAll(() => server.stop());

const stream = (table: string, extra: object = {}) =>
  readingSettings(url, { record: 'row', table, key: 'id', query: `SELECT * FROM ${table};`, ...extra });

describe('by cursor', () => {
  // Wide rows make small pages: about ten of them.
  async function makeTies(table: string): Promise<void> {
    await server.sql(`
      CREATE TABLE ${table} (id int, part text, at timestamptz(6), pad text, PRIMARY KEY (id, part));
      INSERT INTO ${table}
      SELECT n, p, '2024-03-01 09:00:00.000001Z'::timestamptz + (n / 20) * interval '1 microsecond', repeat(md5(n::text), 4000)
      FROM generate_series(1, 40) AS n, unnest(ARRAY['a', 'b']) AS p;
    `);
  }
  const ids = (rows: Record<string, unknown>[]) => rows.map(({ id, part }) => `${id}${part}`);

  test('rows of equal time are neither lost nor read twice, from whichever page the reading goes on', async () => {
    await makeTies('ties');
    const settings = stream('ties', { key: ['id', 'part'], cursor: 'at', look_back: '0 seconds' });
    // A cursor without look-back: what is behind it, to the microsecond, and among equals by key.
    const exact = stream('ties', { key: ['id', 'part'], cursor: 'at', look_back: 0 });
    const whole = await readStream(exact);
    expect(whole.rows.length).toBe(80);
    expect(new Set(ids(whole.rows)).size).toBe(80);
    expect(whole.pages.length).toBeGreaterThan(8);
    for (const page of whole.pages) expect(page.body.length).toBeLessThan(1_300_000);

    for (let stopped = 1; stopped <= whole.pages.length; stopped++) {
      const before = await readStream(exact, { maxPages: stopped });
      const after = await readStream(exact, { cursor: before.cursor });
      expect([...ids(before.rows), ...ids(after.rows)]).toEqual(ids(whole.rows));
    }
    // A length of zero reads those of the same microsecond again and loses none either.
    const before = await readStream(settings, { maxPages: 3 });
    const after = await readStream(settings, { cursor: before.cursor });
    expect(new Set([...ids(before.rows), ...ids(after.rows)]).size).toBe(80);
  });

  test('the cursor rides with every page, exact to the microsecond, and stands still when nothing is new', async () => {
    await server.sql(`
      CREATE TABLE exact (id int PRIMARY KEY, at timestamptz);
      INSERT INTO exact VALUES (1, '2024-03-01 09:00:00.123456Z'), (2, '2024-03-01 09:00:00.123457Z');
    `);
    const settings = stream('exact', { cursor: 'at' });
    const first = await readStream(settings);
    expect(first.cursor).toEqual({
      by: 'at timestamptz, id int4',
      value: '2024-03-01 09:00:00.123457+00',
      key: '["2"]',
    });
    const again = await readStream(settings, { cursor: first.cursor });
    // The look-back reads both again; the cursor does not move.
    expect(again.rows.length).toBe(2);
    expect(again.pages[0]?.cursor).toBeUndefined();
    await server.sql(
      `INSERT INTO exact VALUES (3, '2024-03-01 09:00:00.1234571Z'::timestamptz + interval '1 microsecond')`,
    );
    const next = await readStream(settings, { cursor: again.cursor });
    expect(next.cursor).toMatchObject({ value: '2024-03-01 09:00:00.123458+00' });
  });

  test('an empty table gives no page, and no cursor', async () => {
    await server.sql('CREATE TABLE nothing (id int PRIMARY KEY, at timestamptz)');
    const reading = await readStream(stream('nothing', { cursor: 'at' }));
    expect(reading.pages).toEqual([]);
    expect(reading.cursor).toBeNull();
  });

  test('changed rows come again, marked ones as deletions', async () => {
    await server.sql(`
      CREATE TABLE changing (id int PRIMARY KEY, note text, updated_at timestamptz, deleted_at timestamptz);
      INSERT INTO changing SELECT n, 'first', '2024-03-01Z'::timestamptz + n * interval '1 day', NULL FROM generate_series(1, 5) AS n;
    `);
    const settings = stream('changing', { cursor: 'updated_at', deleted: 'deleted_at' });
    const first = await readStream(settings);
    expect(recordsOf(first).map(({ key }) => key)).toEqual([1, 2, 3, 4, 5].map((id) => `changing:${id}`));
    await server.sql(`
      UPDATE changing SET note = 'second', updated_at = '2024-04-01Z' WHERE id = 2;
      UPDATE changing SET deleted_at = '2024-04-02Z', updated_at = '2024-04-02Z' WHERE id = 4;
    `);
    const second = await readStream(settings, { cursor: first.cursor });
    expect(recordsOf(second)).toEqual([
      expect.objectContaining({ record: 'row', key: 'changing:5' }),
      expect.objectContaining({
        record: 'row',
        key: 'changing:2',
        values: expect.objectContaining({ note: 'second' }),
      }),
      { record: 'deletion', key: 'changing:4', of: 'row', table: 'changing' },
    ]);
  });

  test('a transaction that commits late is found by looking back, and would be lost without', async () => {
    await server.sql(`
      CREATE TABLE late (id int PRIMARY KEY, at timestamptz);
      INSERT INTO late VALUES (1, '2024-03-01 09:00Z'), (3, '2024-03-01 09:05Z');
    `);
    const looking = stream('late', { cursor: 'at' });
    const { cursor } = await readStream(looking);
    // It began before the row with id 3 was written, and was open while the reading went on.
    await server.sql(`INSERT INTO late VALUES (2, '2024-03-01 09:01Z')`);
    const found = await readStream(looking, { cursor });
    expect(found.rows.map(({ id }) => id)).toContain(2);
    expect(found.cursor).toEqual(cursor);
    const hurried = await readStream(stream('late', { cursor: 'at', look_back: 0 }), { cursor });
    expect(hurried.rows).toEqual([]);
  });

  test('numbers, texts and days can be cursors; each looks back in its own measure', async () => {
    await server.sql(`
      CREATE TABLE kinds (id bigint PRIMARY KEY, code text COLLATE "C", day date, big numeric);
      INSERT INTO kinds SELECT n, 'k' || lpad(n::text, 5, '0'), '2024-01-01'::date + n, 1e18 + n FROM generate_series(1, 200) AS n;
    `);
    const more = async (extra: object) => {
      const settings = stream('kinds', extra);
      const first = await readStream(settings);
      expect(first.rows.length).toBe(200);
      return (await readStream(settings, { cursor: first.cursor })).rows.length;
    };
    expect(await more({ cursor: 'id', look_back: 50 })).toBe(51);
    expect(await more({ cursor: 'id' })).toBe(200);
    expect(await more({ cursor: 'big', look_back: 9 })).toBe(10);
    expect(await more({ cursor: 'day', look_back: '3 days' })).toBe(4);
    expect(await more({ cursor: 'code' })).toBe(0);
    await expect(more({ cursor: 'code', look_back: '1 hour' })).rejects.toThrow(
      /look_back of stream "kinds" does not fit.*give 0/,
    );
    await expect(more({ cursor: 'id', look_back: '1 hour' })).rejects.toThrow(/give a number such as 1000/);
    await expect(more({ cursor: 'day', look_back: 3 })).rejects.toThrow(/give a length such as "10 minutes"/);
  });

  test('a date in the future is read and never becomes the cursor', async () => {
    await server.sql(`
      CREATE TABLE future (id int PRIMARY KEY, at timestamptz);
      INSERT INTO future VALUES (1, '2024-03-01Z'), (2, '2999-01-01Z'), (3, 'infinity');
    `);
    const settings = stream('future', { cursor: 'at' });
    const first = await readStream(settings);
    expect(first.rows.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(first.cursor).toMatchObject({ value: '2024-03-01 00:00:00+00' });
    expect(first.effects.notices).toEqual([
      expect.stringContaining('"at" holds the date infinity'),
      expect.stringMatching(/^2 rows of stream "future" have a "at" that lies in the future/),
    ]);
    await server.sql(`INSERT INTO future VALUES (4, '2024-03-02Z')`);
    const next = await readStream(settings, { cursor: first.cursor });
    expect(next.rows.map(({ id }) => id)).toEqual([1, 4, 2, 3]);
    expect(next.cursor).toMatchObject({ value: '2024-03-02 00:00:00+00' });
  });

  test('rows without a cursor are counted and told', async () => {
    await server.sql(`
      CREATE TABLE blank (id int PRIMARY KEY, at timestamptz);
      INSERT INTO blank SELECT n, CASE WHEN n > 3 THEN now() - interval '1 day' END FROM generate_series(1, 10) AS n;
    `);
    const { rows, effects } = await readStream(stream('blank', { cursor: 'at' }));
    expect(rows.length).toBe(7);
    expect(effects.notices).toEqual([expect.stringMatching(/^3 rows of stream "blank" have no "at" and are not read/)]);
  });

  test('another cursor or key, in the settings or by its type, begins anew', async () => {
    await server.sql(
      `CREATE TABLE retyped AS SELECT n AS id, '2024-01-01'::date + n AS day FROM generate_series(1, 50) AS n`,
    );
    const settings = stream('retyped', { cursor: 'day', look_back: 0 });
    const { cursor } = await readStream(settings);
    expect((await readStream(settings, { cursor })).rows).toEqual([]);
    const anew = async (changed = settings) => {
      const { rows, effects } = await readStream(changed, { cursor });
      expect(rows.length).toBe(50);
      expect(effects.notices).toEqual([expect.stringContaining('is read from its beginning')]);
    };
    await anew(stream('retyped', { cursor: 'id', look_back: 0 }));
    await anew(
      stream('retyped', {
        cursor: 'day',
        key: ['id', 'day'],
        name: 'retyped',
        query: 'SELECT id::text, day FROM retyped',
      }),
    );
    await server.sql(`ALTER TABLE retyped ALTER day TYPE timestamptz`);
    await anew();
  });

  test('random writes between runs: what is read, taken together, is the table', async () => {
    const seed = 20240301;
    const random = seededRandom(seed);
    await server.sql('CREATE TABLE random_writes (id int PRIMARY KEY, note text, at timestamp)');
    const settings = stream('random_writes', { cursor: 'at', look_back: '5 seconds' });
    const known = new Map<string, unknown>();
    let cursor: Cursor | null = null;
    for (let round = 0; round < 12; round++) {
      const writes = Array.from({ length: 30 }, (_, index) => {
        // Up to four seconds older than the newest: a transaction that committed late.
        const second = round * 10 + Math.floor(random() * 10) - Math.floor(random() * 4);
        const at = new Date(Date.UTC(2024, 2, 1, 9, 0, Math.max(0, second))).toISOString();
        return `(${Math.floor(random() * 60)}, 'r${round}n${index}', '${at}')`;
      });
      for (const write of writes) {
        await server.sql(
          `INSERT INTO random_writes VALUES ${write} ON CONFLICT (id) DO UPDATE SET note = excluded.note, at = greatest(random_writes.at, excluded.at)`,
        );
        if (random() > 0.9) break;
      }
      const reading = await readStream(settings, { cursor });
      for (const record of recordsOf(reading)) known.set(record.key, record.record === 'row' ? record.values : record);
      cursor = reading.cursor;
      const rows = await server.sql<{ id: number; note: string }>('SELECT id, note FROM random_writes ORDER BY id');
      const kept = [...known.values()].map((values) => values as { id: number; note: string });
      const told = kept.map(({ id, note }) => ({ id, note })).sort((a, b) => a.id - b.id);
      expect(told, `seed ${seed}, round ${round}`).toEqual(rows);
    }
  });
});

describe('in full', () => {
  test('everything of one moment, though rows change meanwhile', async () => {
    await server.sql(`
      CREATE TABLE snapshot (id int PRIMARY KEY, version int, pad text);
      INSERT INTO snapshot SELECT n, 1, repeat('x', 2000) FROM generate_series(1, 3000) AS n;
    `);
    const request = readingRequest(stream('snapshot'));
    const versions = new Map<number, number>();
    let pages = 0;
    for await (const page of postgres.read(request, recordedEffects())) {
      if (pages++ === 0) await server.sql('UPDATE snapshot SET version = 2; DELETE FROM snapshot WHERE id > 2000');
      expect(page.cursor).toBeUndefined();
      for (const [id, version] of (JSON.parse(page.body.toString()) as { rows: [number, number][] }).rows) {
        versions.set(id, version);
      }
    }
    expect(pages).toBeGreaterThan(3);
    expect(versions.size).toBe(3000);
    expect(new Set(versions.values())).toEqual(new Set([1]));
    expect((await readStream(stream('snapshot'))).rows.length).toBe(2000);
  });

  test('an empty table is one page without rows, so that its end can be told', async () => {
    await server.sql('CREATE TABLE emptied (id int PRIMARY KEY)');
    const { pages, tables } = await readStream(stream('emptied'));
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatchObject({ rows: 0, columns: [{ name: 'id', type: 'int4' }] });
    expect(tables[0]).toEqual({ columns: ['id'], first_row: 1, rows: [] });
  });
});

describe('a part of time', () => {
  test('is read and counted by the cursor column, and moves no cursor', async () => {
    await server.sql(`
      CREATE TABLE parts (id int PRIMARY KEY, at timestamptz, local_at timestamp, day date);
      INSERT INTO parts SELECT n, t, t AT TIME ZONE 'Asia/Jakarta', (t AT TIME ZONE 'Asia/Jakarta')::date
      FROM generate_series(1, 240) AS n, LATERAL (SELECT '2024-03-01T00:00Z'::timestamptz + n * interval '1 hour' AS t) AS x;
    `);
    const range = { from: '2024-03-02T17:00:00Z', to: '2024-03-03T17:00:00Z' };
    for (const cursor of ['at', 'local_at', 'day']) {
      const settings = { ...stream('parts', { cursor }), time_zone: 'Asia/Jakarta' };
      const reading = await readStream(settings, { range, cursor: { by: `${cursor} date`, value: '2024-03-09' } });
      expect(reading.rows.length, cursor).toBe(24);
      expect(reading.rows[0], cursor).toMatchObject({ id: 41 });
      expect(reading.pages.some((page) => page.cursor !== undefined)).toBe(false);
      expect(await postgres.count?.(readingRequest(settings, { range }), recordedEffects())).toBe(24);
    }
  });

  test('needs a time for a cursor', async () => {
    const range = { from: '2024-03-02T00:00:00Z', to: '2024-03-03T00:00:00Z' };
    await expect(readStream(stream('parts', { cursor: 'id' }), { range })).rejects.toMatchObject({
      kind: 'settings',
      message: expect.stringMatching(/"parts" has the cursor "id" \(int4\)\. Read it in full instead/),
    });
    await expect(readStream(stream('parts'), { range })).rejects.toThrow(/has no cursor/);
  });

  test('without a part of time the dry run counts what the next run reads', async () => {
    const settings = stream('parts', { cursor: 'at', look_back: 0 });
    const { cursor } = await readStream(settings);
    await server.sql(`INSERT INTO parts SELECT n, '2024-04-01Z', NULL, NULL FROM generate_series(1001, 1007) AS n`);
    expect(await postgres.count?.(readingRequest(settings, { cursor }), recordedEffects())).toBe(7);
    expect(await postgres.count?.(readingRequest(stream('parts')), recordedEffects())).toBe(247);
  });
});

describe('much', () => {
  test('200,000 rows in bounded memory', async () => {
    const settings = readingSettings(url, {
      record: 'row',
      table: 'many',
      key: 'id',
      cursor: 'id',
      query: `SELECT n AS id, md5(n::text) AS a, md5((n + 1)::text) AS b, n * 1.5 AS amount, now() AS at, n % 2 = 0 AS even FROM generate_series(1, 200000) AS n`,
    });
    let rows = 0;
    let last: Cursor | undefined;
    const before = process.memoryUsage().rss;
    let peak = 0;
    for await (const page of postgres.read(readingRequest(settings), recordedEffects())) {
      rows += page.rows;
      last = page.cursor;
      expect(page.rows).toBeLessThanOrEqual(5000);
      expect(page.body.length).toBeLessThan(1_300_000);
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect(rows).toBe(200_000);
    expect(last).toMatchObject({ value: '200000' });
    expect((peak - before) / 1e6).toBeLessThan(150);
  });

  test('whoever stops early leaves no connection behind', async () => {
    for await (const _page of postgres.read(readingRequest(stream('snapshot')), recordedEffects())) break;
    const [row] = await server.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'turnout' AND state <> 'idle'`,
    );
    expect(row?.n).toBe(0);
  });
});
