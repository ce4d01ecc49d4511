import { expect, test } from 'vitest';
import { csv } from '../../src/connectors/csv.ts';
import { googleSheets } from '../../src/connectors/google-sheets.ts';
import { history } from '../../src/connectors/history.ts';
import { postgres } from '../../src/connectors/postgres.ts';
import { PULL_CONNECTORS } from '../../src/connectors/registry.ts';
import type { Connector } from '../../src/contract/connector.ts';
import { tableSpec } from '../../src/contract/model.ts';
import { type ControlEntry, PAGE_HEADERS } from '../../src/contract/pull.ts';
import type { ProjectedSource } from '../../src/projector/prepare.ts';
import { loadQuarantine } from '../../src/projector/quarantine.ts';
import { BROKEN_BODIES } from '../support/broken-bodies.ts';
import { withEngine } from '../support/engine.ts';
import { rowsOf } from '../support/facts.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { expectReadableQuarantine, withPageJournal } from '../support/page-journal.ts';
import { WEBINAR_SERVICES } from '../support/webinar-services.ts';

/**
 * RELIABILITY F16 for what Turnout reads by itself: pages of databases, sheets and files that nobody should have sent. Each stands
 * in the journal between two good ones; what is good is counted, what is bad is kept with its reason, and the projector goes on.
 * Webinar services, whose pages are no tables: poison-webinar-pages.test.ts.
 */

const engine = withEngine();
const STREAM = 'orders';
const LEADS = tableSpec.parse({
  version: 1,
  table: 'leads',
  columns: [
    { name: 'customer', type: 'text' },
    { name: 'amount', type: 'number' },
  ],
});

const journal = withPageJournal(engine, { receivedAt: '2026-11-18T05:00:00Z', tables: [LEADS] });

const mapping = {
  record: 'activity',
  key: ['Order'],
  columns: [
    { field: 'feature', value: 'purchase' },
    { field: 'person.email', column: 'Customer' },
    { field: 'at', column: 'Paid at' },
    { field: 'amount', column: 'Amount' },
    { field: 'currency', value: 'USD' },
  ],
};
const rowsOfLeads = { record: 'row', table: 'leads', key: ['Order'], columns: leadColumns() };
function leadColumns() {
  return [
    { field: 'customer', column: 'Customer' },
    { field: 'amount', column: 'Amount', type: 'number' },
  ];
}
const FILE_COLUMNS = ['Order', 'Customer', 'Paid at', 'Amount', 'What', 'Currency'];
const DATABASE_COLUMNS = ['order', 'person.email', 'at', 'amount', 'feature', 'currency'];
const database = (stream: object) => ({
  url: 'postgres://reader:unused@127.0.0.1/shop',
  streams: [{ name: STREAM, query: 'SELECT 1', key: DATABASE_COLUMNS[0], ...stream }],
});

const sheet = (of: object) => ({
  published_url: 'https://docs.google.com/spreadsheets/d/e/2PACX-published/pub?output=csv',
  sheets: [{ name: STREAM, mapping: of }],
});

/** Every connector that is read, as facts and as a table of one's own. */
const READ: Record<string, { connector: Connector; settings: unknown; columns: string[] }> = {
  'postgres-activities': {
    connector: postgres as Connector,
    settings: database({ record: 'activity' }),
    columns: DATABASE_COLUMNS,
  },
  'postgres-rows': {
    connector: postgres as Connector,
    settings: database({ record: 'row', table: 'leads' }),
    columns: DATABASE_COLUMNS,
  },
  'google-sheets-activities': {
    connector: googleSheets as Connector,
    settings: sheet(mapping),
    columns: FILE_COLUMNS,
  },
  'google-sheets-rows': { connector: googleSheets as Connector, settings: sheet(rowsOfLeads), columns: FILE_COLUMNS },
  'csv-activities': { connector: csv as Connector, settings: { mapping }, columns: FILE_COLUMNS },
  'csv-rows': { connector: csv as Connector, settings: { mapping: rowsOfLeads }, columns: FILE_COLUMNS },
};

test('every connector that is read is tried', () => {
  const tried = [...Object.values(READ), ...Object.values(WEBINAR_SERVICES)].map(({ connector }) => connector.name);
  // Files of history are loaded by people: nothing is read of them.
  const read = [...PULL_CONNECTORS.keys()].filter((name) => name !== history.name);
  expect([...new Set(tried)].sort()).toEqual(read.sort());
});

/** Cells of one order, in the order of either list of columns. */
const order = (id: number): unknown[] => [
  `A-${id}`,
  `p${id}@example.com`,
  '2026-11-01T08:00:00Z',
  id,
  'purchase',
  'USD',
];

const page = (columns: readonly string[], rows: readonly unknown[], more: object = {}) =>
  JSON.stringify({ columns, first_row: 2, place: 'orders.csv', rows, ...more });

/** Text of a page with one row whose Amount is this piece of JSON. */
const withAmount = (columns: readonly string[], piece: string) =>
  page(columns, [order(500)]).replace(/,500(?=[,\]])/, `,${piece}`);

/** Pages that hold nothing to count: at least one piece of each ends in quarantine. */
const REFUSED: Record<string, (columns: readonly string[]) => Buffer | string> = {
  ...Object.fromEntries(
    Object.entries(BROKEN_BODIES).map(([name, broken]) => [
      name,
      (columns: readonly string[]) => broken(page(columns, [order(300)])),
    ]),
  ),
  NaN: (columns) => withAmount(columns, 'NaN'),
  'deep nesting in a cell': (columns) => withAmount(columns, '['.repeat(50_000) + ']'.repeat(50_000)),
  'an object in a cell': (columns) => withAmount(columns, '{"toString":1}'),
  'rows that are none': (columns) => page(columns, [{ Order: 'A-1' }, 'A-2', null]),
  'numbers of rows that are none': (columns) => page(columns, [order(412)], { row_numbers: 'one', first_row: 'two' }),
  'a place that is none': (columns) => page(columns, [order(413)], { place: { toString: 1 } }),
  'columns that are none': () => page([], []).replace('"columns":[]', '"columns":{"length":4}'),
};

/** Pages with something strange in them; the records that they hold are counted or refused one by one. */
const STRANGE: Record<string, (columns: readonly string[]) => Buffer | string> = {
  'a number beyond all numbers': (columns) => withAmount(columns, '1e400'),
  'a byte order mark': (columns) => `\ufeff${page(columns, [order(400)])}`,
  'lone surrogates': (columns) =>
    page(columns, [order(401)])
      .replace('p401@', '\\ud800p401@')
      .replace('"A-401"', '"A-401\\udc00"'),
  'NUL and other control characters': (columns) => page(columns, [order(402)]).replace('p402@', 'p402\\u0000\\u0007@'),
  'a text of 10 MB': (columns) => page(columns, [['A-403', 'x'.repeat(10_000_000), ...order(403).slice(2)]]),
  'a key of 10 MB': (columns) => page(columns, [['k'.repeat(10_000_000), ...order(404).slice(1)]]),
  'names that mean something to JavaScript': (columns) =>
    page([...columns, '__proto__', 'constructor', 'toString'], [[...order(405), 1, 2, 3]]),
  'a name twice': (columns) => page([...columns, ...columns], [[...order(406), ...order(407)]]),
  'rows longer and shorter than the header': (columns) =>
    page(columns, [[...order(408), 1, 2, 3, 4], ['A-409'], [], order(410)]),
  'a zone that is none': (columns) => page(columns, [order(411)], { time_zone: 'Mars/Olympus_Mons' }),
  'no column that is known': () => page(['a', 'b'], [['x', 'y']]),
};

const append = (source: string, body: Buffer | string, headers: Record<string, string> = {}) =>
  journal.append(source, STREAM, body, headers);

const SOURCES: ReadonlyMap<string, ProjectedSource> = new Map(
  Object.entries(READ).map(([name, { connector, settings }]) => [
    name,
    { connector, settings: connector.settings.parse(settings), defaults: {} },
  ]),
);

test('pages that cannot be read are kept with a sentence, and their neighbours are counted', async () => {
  const good: number[] = [];
  const bad = new Map<number, string>();
  for (const [source, { columns }] of Object.entries(READ)) {
    for (const [index, [name, body]] of Object.entries({ ...REFUSED, ...STRANGE }).entries()) {
      good.push(await append(source, page(columns, [order(index)])));
      bad.set(await append(source, body(columns)), name);
    }
    good.push(await append(source, page(columns, [order(200)]), { 'content-type': 'text/html; charset=utf-16' }));
  }
  await journal.project(SOURCES);

  const { total, facts } = await expectExactLedger(engine.warehouse, { durableSeq: journal.durableSeq });
  const outcomes = await journal.outcomes();
  for (const seq of good) expect(outcomes.get(seq), `entry ${seq}`).toEqual(['counted']);
  for (const [seq, name] of bad)
    if (name in REFUSED) expect(new Set(outcomes.get(seq)), name).toEqual(new Set(['quarantined']));
  expect(facts.activity + facts.row).toBeGreaterThanOrEqual(good.length);
  expect(total.quarantined).toBeGreaterThanOrEqual(Object.keys(REFUSED).length * Object.keys(READ).length);

  await expectReadableQuarantine(engine);
  await journal.expectRebuildEqual(SOURCES);
});

/** The file connector with a mistake of ours: it throws on pages that say so. */
function stumbling(on: string): Map<string, ProjectedSource> {
  const parse: Connector['parse'] = (entry, context) => {
    if (entry.body.includes(on)) throw new Error('out of ideas');
    return csv.parse(entry, context as never);
  };
  const settings = csv.settings.parse({ mapping });
  return new Map([['shop', { connector: { ...(csv as Connector), parse }, settings, defaults: {} }]]);
}

test('a page on which the connector throws is tried three times, over restarts, and then set aside', async () => {
  const shop = stumbling('A-2"');
  for (const id of [1, 2, 3]) await append('shop', page(FILE_COLUMNS, [order(id)]));
  for (let start = 1; start <= 3; start += 1) await expect(journal.project(shop, 1)).rejects.toThrow('out of ideas');
  expect(await rowsOf(engine.warehouse, 'receipts')).toEqual([]);
  await journal.project(shop);
  const { total } = await expectExactLedger(engine.warehouse, { durableSeq: 3 });
  expect(total).toMatchObject({ received: 3, counted: 2, quarantined: 1 });
  expect((await loadQuarantine(engine.warehouse)).items).toMatchObject([
    { id: '2.0', rule: 'poison', reason: expect.stringMatching(/tried 3 times in vain: .*out of ideas/) },
  ]);
});

const refresh = (source: string, first_seq: number) =>
  append(source, JSON.stringify({ control: 'refresh', stream: STREAM, first_seq } satisfies ControlEntry), {
    [PAGE_HEADERS.control]: 'refresh',
  });

test('a full read with a page that could not be read deletes nothing that may stand in that page', async () => {
  for (const id of [1, 2, 3]) await append('csv-activities', page(FILE_COLUMNS, [order(id)]));
  await journal.project(SOURCES);
  const first = await append('csv-activities', page(FILE_COLUMNS, [order(1)]));
  await append('csv-activities', page(FILE_COLUMNS, [order(2)]).slice(0, -4));
  await refresh('csv-activities', first);
  await journal.project(SOURCES);
  const { facts, total } = await expectExactLedger(engine.warehouse, { durableSeq: 6 });
  expect(total).toMatchObject({ received: 5, counted: 3, duplicate: 1, quarantined: 1 });
  expect(facts.activity).toBe(3);
});

test.each(Object.keys(READ))(
  '%s: a row that cannot be read any more stays as it was, and only what is gone goes',
  async (source) => {
    const { columns } = READ[source] ?? { columns: [] };
    await append(source, page(columns, [order(1), order(2), order(3)]));
    await journal.project(SOURCES);
    const first = await append(source, page(columns, [order(1), order(2).with(3, 'many')]));
    await refresh(source, first);
    await journal.project(SOURCES);
    const { facts, ledger } = await expectExactLedger(engine.warehouse, { durableSeq: 3 });
    expect(ledger).toHaveLength(1);
    // A table of one's own takes what does not fit its type as empty.
    expect(facts.activity + facts.row).toBe(2);
  },
);
