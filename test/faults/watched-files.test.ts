import { appendFileSync, mkdirSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { csv } from '../../src/connectors/csv.ts';
import type { Cursor, PulledPage } from '../../src/contract/pull.ts';
import type { TablePage } from '../../src/contract/table-page.ts';
import { temporaryFolder } from '../support/engine.ts';
import { testEffects } from '../support/test-effects.ts';

/** RELIABILITY F18 for files: what changes under the reader is told, moves no cursor, and is read by the next run. */

const ROWS = 40_000;
const settings = csv.settings.parse({
  folder: 'inbox',
  mapping: { record: 'row', table: 'leads', key: ['Id'], columns: [{ field: 'title', column: 'Title' }] },
});

let place: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  place = temporaryFolder();
  mkdirSync(join(place.folder, 'inbox'));
  file = join(place.folder, 'inbox', 'leads.csv');
  writeFileSync(file, ['Id,Title', ...Array.from({ length: ROWS }, (_, id) => `${id},lead ${id}`)].join('\n'));
  settle(5);
});
afterEach(() => place.remove());

/** Last changed so many minutes before six; the clock of the tests stands at six. */
function settle(minutes: number): void {
  const time = Date.parse('2026-11-20T06:00:00Z') / 1000 - 60 * minutes;
  utimesSync(file, time, time);
}

/** One read; `meddle` happens after the first page. */
async function read(cursor: Cursor | null, meddle: () => void = () => {}) {
  const { effects, notices } = testEffects();
  const [stream] = csv.streams(settings);
  if (stream === undefined) throw new Error('no stream');
  const pages: PulledPage[] = [];
  for await (const page of csv.read({ settings, stream, cursor }, { ...effects, folder: place.folder })) {
    pages.push(page);
    if (pages.length === 1) meddle();
  }
  const ids = pages.flatMap(({ body }) => (JSON.parse(body.toString()) as TablePage).rows.map(([id]) => String(id)));
  return { pages, notices, ids: new Set(ids), cursor: pages.at(-1)?.cursor ?? cursor };
}

test('a file that nobody touches is read whole', async () => {
  const { pages, notices, ids, cursor } = await read(null);
  expect([ids.size, notices, pages.length > 1]).toEqual([ROWS, [], true]);
  expect((await read(cursor)).pages).toEqual([]);
});

test.each([
  ['grows', () => appendFileSync(file, `\n${ROWS},late`), ROWS + 1],
  ['loses its end', () => truncateSync(file, 5000), undefined],
  ['is written anew', () => writeFileSync(file, 'Id,Title\n7,other'), 1],
])('a file that %s while it is read is told, and read again', async (_, meddle, rows) => {
  const first = await read(null, () => {
    meddle();
    settle(4);
  });
  expect(first.notices).toEqual([expect.stringMatching(/^leads\.csv was (changed while it was read|not read)/)]);
  expect(first.cursor).toBeNull();
  const second = await read(first.cursor);
  expect(second.notices).toEqual([]);
  if (rows !== undefined) expect(second.ids.size).toBe(rows);
  expect(second.cursor).not.toBeNull();
});

test('a file that goes while it is read is told, and the next run does not look for it', async () => {
  const first = await read(null, () => unlinkSync(file));
  expect(first.notices).toEqual(['leads.csv has gone while it was read.']);
  expect(first.cursor).toBeNull();
  expect(await read(first.cursor)).toMatchObject({ pages: [], notices: [] });
});
