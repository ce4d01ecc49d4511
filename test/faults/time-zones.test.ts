import { beforeEach, describe, expect, test } from 'vitest';
import { csv } from '../../src/connectors/csv.ts';
import { googleSheets } from '../../src/connectors/google-sheets.ts';
import { postgres } from '../../src/connectors/postgres.ts';
import { webhook } from '../../src/connectors/webhook.ts';
import type { Connector } from '../../src/contract/connector.ts';
import { PAGE_HEADERS } from '../../src/contract/pull.ts';
import { query as querySchema } from '../../src/contract/query.ts';
import type { Row } from '../../src/contract/result.ts';
import type { ProjectedSource } from '../../src/projector/prepare.ts';
import { createProjector, drain } from '../../src/projector/project.ts';
import { createQueryEngine, type QueryEngine } from '../../src/query/run-query.ts';
import { loadCaseModel } from '../cases/model.ts';
import { CASE_TABLES } from '../cases/tables.ts';
import { withEngine } from '../support/engine.ts';
import { emptyTables, rowsOf } from '../support/facts.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { MemoryJournal } from '../support/memory-journal.ts';

/**
 * RELIABILITY F22: days on which clocks change, written down by hand. From the journal through the projector to the answers, for
 * messages and for a table of one's own; and what times without a zone become, from every source that has them.
 */

const QUARTER_MS = 900_000;
const RECEIVED = Date.parse('2026-12-01T05:00:00Z');
const engine = withEngine();

interface Golden {
  zone: string;
  day: string;
  /** The day's first instant and the next day's. */
  from: string;
  to: string;
  /** Hours by the clock that are not one hour long, in quarters of an hour; all others have four. */
  quarters?: Record<number, number>;
  /** The day before, where it is not the date before. */
  before?: string;
  /** Columns of a chart by the hour. */
  buckets: number;
  /** Times by the clock of that day, and the instants that they are taken for: left out → later by the gap, twice → the first. */
  naive: Record<string, string>;
}

const GOLDEN: readonly Golden[] = [
  {
    zone: 'Europe/Berlin',
    day: '2026-03-29',
    from: '2026-03-28T23:00:00Z',
    to: '2026-03-29T22:00:00Z',
    quarters: { 2: 0 },
    buckets: 23,
    naive: {
      '2026-03-29T01:59:00': '2026-03-29T00:59:00Z',
      '2026-03-29T02:30:00': '2026-03-29T01:30:00Z',
      '2026-03-29T03:00:00': '2026-03-29T01:00:00Z',
    },
  },
  {
    zone: 'Europe/Berlin',
    day: '2026-10-25',
    from: '2026-10-24T22:00:00Z',
    to: '2026-10-25T23:00:00Z',
    quarters: { 2: 8 },
    buckets: 25,
    naive: {
      '2026-10-25T01:59:00': '2026-10-24T23:59:00Z',
      '2026-10-25T02:30:00': '2026-10-25T00:30:00Z',
      '2026-10-25T03:00:00': '2026-10-25T02:00:00Z',
    },
  },
  {
    zone: 'America/New_York',
    day: '2026-03-08',
    from: '2026-03-08T05:00:00Z',
    to: '2026-03-09T04:00:00Z',
    quarters: { 2: 0 },
    buckets: 23,
    naive: { '2026-03-08T02:30:00': '2026-03-08T07:30:00Z', '2026-03-08T23:59:00': '2026-03-09T03:59:00Z' },
  },
  {
    zone: 'America/New_York',
    day: '2026-11-01',
    from: '2026-11-01T04:00:00Z',
    to: '2026-11-02T05:00:00Z',
    quarters: { 1: 8 },
    buckets: 25,
    naive: { '2026-11-01T01:30:00': '2026-11-01T05:30:00Z', '2026-11-01T02:00:00': '2026-11-01T07:00:00Z' },
  },
  {
    zone: 'Australia/Lord_Howe',
    day: '2026-04-05',
    from: '2026-04-04T13:00:00Z',
    to: '2026-04-05T13:30:00Z',
    quarters: { 1: 6 },
    buckets: 25,
    naive: { '2026-04-05T01:45:00': '2026-04-04T14:45:00Z', '2026-04-05T02:00:00': '2026-04-04T15:30:00Z' },
  },
  {
    zone: 'Australia/Lord_Howe',
    day: '2026-10-04',
    from: '2026-10-03T13:30:00Z',
    to: '2026-10-04T13:00:00Z',
    quarters: { 2: 2 },
    buckets: 24,
    naive: { '2026-10-04T02:15:00': '2026-10-03T15:45:00Z', '2026-10-04T02:45:00': '2026-10-03T15:45:00Z' },
  },
  {
    zone: 'Asia/Kolkata',
    day: '2026-01-02',
    from: '2026-01-01T18:30:00Z',
    to: '2026-01-02T18:30:00Z',
    buckets: 24,
    naive: { '2026-01-02T00:00:00': '2026-01-01T18:30:00Z', '2026-01-02T23:59:00': '2026-01-02T18:29:00Z' },
  },
  // Friday, 30 December 2011, was left out: Thursday is followed by Saturday.
  {
    zone: 'Pacific/Apia',
    day: '2011-12-29',
    from: '2011-12-29T10:00:00Z',
    to: '2011-12-30T10:00:00Z',
    buckets: 24,
    naive: { '2011-12-29T23:59:00': '2011-12-30T09:59:00Z', '2011-12-30T12:00:00': '2011-12-30T22:00:00Z' },
  },
  {
    zone: 'Pacific/Apia',
    day: '2011-12-31',
    before: '2011-12-29',
    from: '2011-12-30T10:00:00Z',
    to: '2011-12-31T10:00:00Z',
    buckets: 24,
    naive: { '2011-12-31T00:00:00': '2011-12-30T10:00:00Z' },
  },
  // Around Ramadan the clocks of Morocco go back and forth again.
  {
    zone: 'Africa/Casablanca',
    day: '2025-02-23',
    from: '2025-02-22T23:00:00Z',
    to: '2025-02-24T00:00:00Z',
    quarters: { 2: 8 },
    buckets: 25,
    naive: { '2025-02-23T02:30:00': '2025-02-23T01:30:00Z', '2025-02-23T03:00:00': '2025-02-23T03:00:00Z' },
  },
  {
    zone: 'Africa/Casablanca',
    day: '2025-04-06',
    from: '2025-04-06T00:00:00Z',
    to: '2025-04-06T23:00:00Z',
    quarters: { 2: 0 },
    buckets: 23,
    naive: { '2025-04-06T02:30:00': '2025-04-06T02:30:00Z', '2025-04-06T03:30:00': '2025-04-06T02:30:00Z' },
  },
  // A day that begins at one o'clock.
  {
    zone: 'Africa/Cairo',
    day: '2026-04-24',
    from: '2026-04-23T22:00:00Z',
    to: '2026-04-24T21:00:00Z',
    quarters: { 0: 0 },
    buckets: 23,
    naive: { '2026-04-24T00:30:00': '2026-04-23T22:30:00Z', '2026-04-24T01:00:00': '2026-04-23T22:00:00Z' },
  },
];

let journal: MemoryJournal;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
});

const mapping = (record: string, more: object) => ({ record, key: ['Id'], ...more });
const ACTIVITY = mapping('activity', {
  date_order: 'ymd',
  columns: [
    { field: 'feature', column: 'Source' },
    { field: 'person.email', value: 'dana@example.com' },
    { field: 'at', column: 'At' },
  ],
});
const CALLS = mapping('row', {
  table: 'operator_calls',
  date_order: 'ymd',
  columns: [
    { field: 'operator', column: 'Source' },
    { field: 'called_at', column: 'At', type: 'time' },
    { field: 'day', column: 'Day', type: 'date' },
  ],
});
const published = (of: object) => ({
  published_url: 'https://docs.google.com/spreadsheets/d/e/2PACX-published/pub?output=csv',
  sheets: [{ name: 'main', ...of }],
});
const database = (stream: object) => ({
  url: 'postgres://reader:unused@127.0.0.1/shop',
  streams: [{ name: 'main', query: 'SELECT 1', ...stream }],
});

const FILE_COLUMNS = ['Id', 'Source', 'At', 'Day'];
/** Sources whose times have no zone: connector, settings, columns of a page, and how the time of a cell is written. */
const NAIVE: Record<string, { of: Connector; settings: unknown; columns: string[]; cell: (local: string) => unknown }> =
  {
    'file-activities': { of: csv as Connector, settings: { mapping: ACTIVITY }, columns: FILE_COLUMNS, cell: asText },
    'file-rows': { of: csv as Connector, settings: { mapping: CALLS }, columns: FILE_COLUMNS, cell: (local) => local },
    'sheet-activities': {
      of: googleSheets as Connector,
      settings: published({ mapping: ACTIVITY }),
      columns: FILE_COLUMNS,
      cell: asSerial,
    },
    'sheet-rows': {
      of: googleSheets as Connector,
      settings: published({ mapping: CALLS }),
      columns: FILE_COLUMNS,
      cell: asSerial,
    },
    'sheet-as-it-stands': {
      of: googleSheets as Connector,
      settings: published({ table: 'operator_calls' }),
      columns: ['code', 'operator', 'called_at', 'day'],
      cell: asText,
    },
    'database-activities': {
      of: postgres as Connector,
      settings: database({ record: 'activity', key: 'id' }),
      columns: ['id', 'feature', 'at', 'day', 'person.external_id'],
      cell: (local) => local,
    },
    'database-rows': {
      of: postgres as Connector,
      settings: database({ record: 'row', table: 'operator_calls', key: 'id' }),
      columns: ['id', 'operator', 'called_at', 'day', 'person.external_id'],
      cell: asText,
    },
  };

function asText(local: string): string {
  return local.replace('T', ' ');
}

/** Days since 1899-12-30, as a spreadsheet counts them. */
function asSerial(local: string): number {
  return Date.parse(`${local}Z`) / 86_400_000 + 25_569;
}

const SOURCES: ReadonlyMap<string, ProjectedSource> = new Map([
  ['hook', { connector: webhook as Connector, settings: { token: 'unused-here' }, defaults: {} }],
  ...Object.entries(NAIVE).map(([name, { of, settings }]): [string, ProjectedSource] => [
    name,
    { connector: of, settings: of.settings.parse(settings), defaults: {} },
  ]),
]);

function append(source: string, body: unknown): void {
  const headers = { [PAGE_HEADERS.stream]: 'main' };
  journal.append({ source, receivedAt: RECEIVED, headers, body: Buffer.from(JSON.stringify(body)) });
}

async function project(zone: string): Promise<void> {
  const projector = createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    sources: SOURCES,
    workspace: { time_zone: zone, currency: 'USD' },
    channels: [],
    rates: [],
    tables: CASE_TABLES,
    log: { info() {}, warn() {}, error() {} },
  });
  await drain(projector, journal.durableSeq);
  await expectExactLedger(engine.warehouse, { durableSeq: journal.durableSeq });
}

function answersIn(zone: string): (query: object) => Promise<{ rows: Row[]; totals: Row | undefined }> {
  const queries: QueryEngine = createQueryEngine({
    model: loadCaseModel({ time_zone: zone }),
    run: (statement, options) => engine.warehouse.query(statement, options),
  });
  return async (query) => {
    const { rows, totals } = await queries.run(querySchema.parse(query), {
      now: RECEIVED,
      asOf: RECEIVED,
      completeThrough: RECEIVED,
      dataVersion: zone,
      data: { first: null, last: null },
    });
    return { rows, totals };
  };
}

const sum = (rows: readonly Row[], metric: string) => rows.reduce((total, row) => total + Number(row[metric]), 0);
const plusDays = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
/** 1 = Monday. */
const weekdayOf = (day: string) => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

describe.each(GOLDEN.map((golden) => [`${golden.zone} ${golden.day}`, golden] as const))('%s', (_, golden) => {
  const { zone, day, before = plusDays(day, -1), from, to, quarters = {}, buckets, naive } = golden;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const ofTheDay = (end - start) / QUARTER_MS;
  const quartersOf = (hour: number) => quarters[hour] ?? 4;

  test('hours, days and totals hold the same, whatever the clocks do', async () => {
    expect(Array.from({ length: 24 }, (_, hour) => quartersOf(hour)).reduce((a, b) => a + b)).toBe(ofTheDay);
    // One message and one row in every quarter of an hour, six hours around the day too.
    const times = Array.from({ length: ofTheDay + 48 }, (_, index) => start + (index - 24) * QUARTER_MS);
    const dayOf = (at: number) => (at < start ? before : at < end ? day : plusDays(day, 1));
    append(
      'hook',
      times.flatMap((instant) => {
        const at = new Date(instant).toISOString();
        return [
          { record: 'message_event', key: `m${at}`, message_id: `m${at}`, channel: 'sms', status: 'sent', at },
          {
            record: 'row',
            key: `r${at}`,
            table: 'operator_calls',
            values: { called_at: at, day: dayOf(instant), operator: 'Ann' },
          },
        ];
      }),
    );
    await project(zone);
    const ask = answersIn(zone);
    for (const [metric, more] of [
      ['messages_sent', {}],
      ['calls', {}],
      ['calls_by_day', {}],
    ] as const) {
      const onDay = { metrics: [metric], time: { range: [day, plusDays(day, 1)] }, totals: true, ...more };
      expect((await ask(onDay)).totals, metric).toMatchObject({ [metric]: ofTheDay });
      const days = await ask({
        metrics: [metric],
        time: { range: [plusDays(day, -2), plusDays(day, 3)], grain: 'day' },
        totals: true,
      });
      expect(
        days.rows.find((row) => row['time'] === day),
        metric,
      ).toMatchObject({ [metric]: ofTheDay });
      expect(sum(days.rows, metric)).toBe(times.length);
      expect(days.totals).toMatchObject({ [metric]: times.length });
      if (metric === 'calls_by_day') continue;

      const hours = await ask({ ...onDay, time: { range: [day, plusDays(day, 1)], grain: 'hour' } });
      expect(hours.rows.length, metric).toBe(buckets);
      expect(sum(hours.rows, metric)).toBe(ofTheDay);
      expect(hours.totals).toMatchObject({ [metric]: ofTheDay });

      const byClock = await ask({ ...onDay, dimensions: ['hour_of_day'] });
      expect(Object.fromEntries(byClock.rows.map((row) => [row['hour_of_day'], row[metric]])), metric).toEqual(
        Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, quartersOf(hour)])),
      );
      const heat = await ask({ ...onDay, dimensions: ['weekday', 'hour_of_day'] });
      expect(sum(heat.rows, metric)).toBe(ofTheDay);
      expect(new Set(heat.rows.filter((row) => row[metric] !== 0).map((row) => row['weekday']))).toEqual(
        new Set([weekdayOf(day)]),
      );
    }
  });

  test('times without a zone are the same instants from files, sheets and databases', async () => {
    const local = Object.entries(naive);
    for (const [source, { columns, cell }] of Object.entries(NAIVE))
      append(source, {
        columns,
        first_row: 2,
        rows: local.map(([time], index) =>
          [`k${index}`, source, cell(time), time.slice(0, 10), 'dana'].slice(0, columns.length),
        ),
      });
    await project(zone);
    const instants = [...local.map(([, instant]) => Date.parse(instant))].sort();
    const facts = [
      ...(await rowsOf<{ feature: string; at: string }>(engine.warehouse, 'activities')).map(
        ({ feature, at }) => [feature, at] as const,
      ),
      ...(await rowsOf<{ operator: string; called_at: string }>(engine.warehouse, 'table_operator_calls')).map(
        ({ operator, called_at }) => [operator, called_at] as const,
      ),
    ];
    const found = Object.fromEntries(
      Object.keys(NAIVE).map((source) => [
        source,
        facts
          .filter(([name]) => name === source)
          .map(([, at]) => new Date(`${at.replace(' ', 'T')}Z`).toISOString())
          .sort(),
      ]),
    );
    const wanted = instants.map((instant) => new Date(instant).toISOString()).sort();
    expect(found).toEqual(Object.fromEntries(Object.keys(NAIVE).map((source) => [source, wanted])));
  });
});

test('a date that a zone left out is the next day that it has', async () => {
  append(
    'hook',
    ['2011-12-29', '2011-12-30', '2011-12-31'].map((day) => ({
      record: 'row',
      key: day,
      table: 'operator_calls',
      values: { day, operator: 'Ann' },
    })),
  );
  await project('Pacific/Apia');
  const { rows, totals } = await answersIn('Pacific/Apia')({
    metrics: ['calls_by_day'],
    time: { range: ['2011-12-28', '2012-01-02'], grain: 'day' },
    totals: true,
  });
  expect(Object.fromEntries(rows.map((row) => [row['time'], row['calls_by_day']]))).toMatchObject({
    '2011-12-29': 1,
    '2011-12-31': 2,
  });
  expect(totals).toMatchObject({ calls_by_day: 3 });
});
