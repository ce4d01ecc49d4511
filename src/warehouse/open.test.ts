import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SILENT_LOG, temporaryFolder } from '../../test/support/engine.ts';
import { until } from '../../test/support/poll.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { connectWarehouse } from './client.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { type OpenWarehouse, type OpenWarehouseOptions, openWarehouse } from './open.ts';
import { expectedColumns, listColumns } from './schema.ts';
import { startEngine } from './supervisor.ts';
import { columnsOf } from './tables.ts';

/** Faults F07 (damage) and F24 (a migration killed half way), on real folders. */

const COUNT = renderSql(sql`SELECT count() AS n, sum(bytes) AS bytes FROM turnout.entries`);
const ROWS = 5000;
const NEWEST = Math.max(...MIGRATIONS.map(({ version }) => version));

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

const options = (folder: string): OpenWarehouseOptions => ({ folder, log: SILENT_LOG, poolSize: 2, inspectMs: 20_000 });

async function fill(opened: OpenWarehouse): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, seq) => [
    seq,
    'source',
    '2024-01-01',
    1_700_000_000_000 + seq,
    1,
    seq * 31,
    '',
  ]);
  await opened.warehouse.insert('entries', columnsOf('entries'), rows);
}

const count = async (opened: OpenWarehouse): Promise<number> =>
  (await opened.warehouse.query<{ n: number }>(COUNT)).rows[0]?.n ?? -1;

describe('damage', () => {
  const sound = temporaryFolder();
  beforeAll(async () => {
    const opened = await openWarehouse(options(join(sound.folder, 'warehouse')));
    await fill(opened);
    await opened.close();
  });
  afterAll(() => sound.remove());

  /** A file of the only part of `entries`. */
  function fileOf(folder: string, name: string): string {
    const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name === name && basename(entry.parentPath).startsWith('all_1_1'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort((a, b) => readFileSync(b).length - readFileSync(a).length);
    const [largest] = files;
    if (largest === undefined) throw new Error(`no file ${name}`);
    return largest;
  }

  const flip = (file: string): void => {
    const bytes = readFileSync(file);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
  };
  const halve = (file: string): void => truncateSync(file, readFileSync(file).length >> 1);
  const blank = (file: string): void => writeFileSync(file, Buffer.alloc(readFileSync(file).length));

  test.each([
    ['a flipped bit in the data', 'data.bin', flip],
    ['half of the data gone', 'data.bin', halve],
    ['a page of zeros instead of the data', 'data.bin', blank],
    ['a flipped bit in the index', 'primary.cidx', flip],
    ['half of the checksums gone', 'checksums.txt', halve],
    ['a flipped bit in the column list', 'columns.txt', flip],
  ] as const)('%s: set aside, started empty, said so', async (_what, name, damage) => {
    const folder = join(place.folder, 'warehouse');
    cpSync(join(sound.folder, 'warehouse'), folder, { recursive: true, verbatimSymlinks: true });
    damage(fileOf(folder, name));
    const opened = await openWarehouse(options(folder));
    expect(opened.alarms).toHaveLength(1);
    expect(opened.alarms[0]).toContain(`${folder}.set-aside-1`);
    expect(existsSync(`${folder}.set-aside-1/data`)).toBe(true);
    expect(await count(opened)).toBe(0);
    await fill(opened);
    expect(await count(opened)).toBe(ROWS);
    await opened.close();

    const again = await openWarehouse(options(folder));
    expect(again.alarms).toEqual([]);
    expect(await count(again)).toBe(ROWS);
    await again.close();
  });

  test('the description of a table is garbage', async () => {
    const folder = join(place.folder, 'warehouse');
    cpSync(join(sound.folder, 'warehouse'), folder, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(folder, 'data', 'metadata', 'turnout.sql'), 'garbage');
    const opened = await openWarehouse(options(folder));
    expect(opened.alarms).toHaveLength(1);
    expect(await count(opened)).toBe(0);
    await opened.close();
  });

  test('damage that appears while running is reported, and startEmpty keeps the clients', async () => {
    const folder = join(place.folder, 'warehouse');
    cpSync(join(sound.folder, 'warehouse'), folder, { recursive: true, verbatimSymlinks: true });
    const opened = await openWarehouse(options(folder));
    const heard: string[] = [];
    opened.onDamage((message) => heard.push(message));
    expect(await opened.inspect()).toEqual([]);
    blank(fileOf(folder, 'data.bin'));
    await expect(opened.warehouse.query(COUNT)).rejects.toMatchObject({ code: 'unavailable' });
    await until('the damage is reported', () => heard.length > 0);
    expect(await opened.inspect()).toHaveLength(1);
    await opened.startEmpty('damage while running');
    expect(await count(opened)).toBe(0);
    expect(opened.alarms).toHaveLength(1);
    await opened.close();
  });

  test('damage met while running is remembered: the next start sets the folder aside unseen', async () => {
    const folder = join(place.folder, 'warehouse');
    cpSync(join(sound.folder, 'warehouse'), folder, { recursive: true, verbatimSymlinks: true });
    const opened = await openWarehouse(options(folder));
    blank(fileOf(folder, 'data.bin'));
    await expect(opened.warehouse.query(COUNT)).rejects.toMatchObject({ code: 'unavailable' });
    await until('it is noted', () => existsSync(join(folder, 'damaged')));
    await opened.close();
    const again = await openWarehouse({ ...options(folder), inspectMs: 0 });
    expect(again.alarms).toHaveLength(1);
    expect(await count(again)).toBe(0);
    await again.close();
  });

  test('rows that cannot be parsed are the sender’s mistake, not damage', async () => {
    const folder = join(place.folder, 'warehouse');
    const opened = await openWarehouse(options(folder));
    for (const line of ['[1,2', '{"a":1}', '["x","y"]', '[', 'null', '[1,"s","2024-01-01",1,1,1'])
      await expect(opened.warehouse.insert('entries', columnsOf('entries'), Buffer.from(line)), line).rejects.toThrow();
    expect(existsSync(join(folder, 'damaged'))).toBe(false);
    expect(await count(opened)).toBe(0);
    await opened.close();
  });
});

test('a folder that is in use is unavailable and stays where it is', async () => {
  const folder = join(place.folder, 'warehouse');
  const first = await openWarehouse(options(folder));
  await fill(first);
  const second = openWarehouse({ ...options(folder), lockWaitMs: 300 });
  await expect(second).rejects.toMatchObject({ code: 'unavailable' });
  expect(readdirSync(place.folder).filter((name) => name.includes('set-aside'))).toEqual([]);
  const newcomer = connectWarehouse({ socketPath: first.socketPath, retryMs: 0 });
  expect((await newcomer.query(COUNT)).rows).toMatchObject([{ n: ROWS }]);
  await newcomer.close();
  await first.close();
});

test('a folder written by a newer Turnout is refused, not set aside', async () => {
  const folder = join(place.folder, 'warehouse');
  const first = await openWarehouse(options(folder));
  await first.warehouse.command(
    renderSql(sql`INSERT INTO turnout.schema_version (version, name) SELECT 999, 'future'`),
  );
  await first.close();
  await expect(openWarehouse(options(folder))).rejects.toThrow(/newer Turnout/);
  expect(existsSync(`${folder}.set-aside-1`)).toBe(false);
});

test('a path too long for a socket', async () => {
  const folder = join(place.folder, 'x'.repeat(60), 'y'.repeat(60), 'warehouse');
  const opened = await openWarehouse(options(folder));
  expect(opened.socketPath.length).toBeLessThan(100);
  expect(await count(opened)).toBe(0);
  await opened.close();
  expect(existsSync(opened.socketPath)).toBe(false);
});

test('a file where the folder should be is set aside', async () => {
  const folder = join(place.folder, 'warehouse');
  mkdirSync(folder);
  writeFileSync(join(folder, 'data'), 'not a folder');
  const opened = await openWarehouse(options(folder));
  expect(opened.alarms).toHaveLength(1);
  await opened.close();
});

test('a migration killed before one of its statements is completed by the next start', async () => {
  const socketPath = join(place.folder, 'engine.sock');
  const supervisor = await startEngine({
    folder: join(place.folder, 'warehouse'),
    socketPath,
    log: SILENT_LOG,
    poolSize: 2,
  });
  const client = connectWarehouse({ socketPath, database: 'default', retryMs: 10_000 });
  const steps = 3 + (MIGRATIONS[0]?.statements.length ?? 0);
  for (let killAt = 0; killAt < steps; killAt += process.env['TURNOUT_THOROUGH'] === '1' ? 1 : 6) {
    await client.command(renderSql(sql`DROP TABLE IF EXISTS turnout.schema_version SYNC`));
    const half = migrate(client, MIGRATIONS, (index) => {
      if (index !== killAt) return;
      supervisor.kill('half way');
      throw new Error('half way');
    });
    await expect(half).rejects.toThrow('half way');
    expect(await migrate(client)).toBe(NEWEST);
    const { rows } = await client.query<{ table: string; name: string; type: string }>(listColumns);
    const present = new Map(rows.map(({ table, name, type }) => [`${table}.${name}`, type]));
    for (const [column, type] of expectedColumns()) expect(present.get(column), column).toBe(type);
  }
  expect(await migrate(client)).toBe(NEWEST);
  await client.close();
  await supervisor.close();
}, 180_000);
