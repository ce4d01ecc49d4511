/// <reference types="node" />
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MetricQuery } from '../../src/contract/query.ts';
import type { Cell, Row } from '../../src/contract/result.ts';
import { DEFAULT_LIMITS } from '../../src/files/file-limits.ts';
import { readFilePages } from '../../src/files/read-file.ts';
import { loadCaseModel } from '../../test/cases/model.ts';
import { askerAt } from '../../test/cases/query-context.ts';
import { type FactWarehouse, openFactWarehouse } from '../../test/cases/warehouse.ts';
import { factsIn, setting } from '../../test/properties/arbitrary-facts.ts';
import { formats } from '../charts/test-results.ts';
import { pivotQuery } from '../dashboard/pivot-queries.ts';
import { pivotHeat } from '../pivot/pivot-heat.ts';
import { columnOf, type PivotLayout, pivotSets } from '../pivot/pivot-layout.ts';
import { expandableKeys, visibleRows } from '../pivot/pivot-rows.ts';
import { pivotShownSheet, pivotTidySheet, pivotView } from '../pivot/pivot-sheet.ts';
import { type PivotCell, type PivotTable, toPivotTable } from '../pivot/pivot-table.ts';
import { toTsv } from '../table/table-view.ts';
import { toCsv } from './csv.ts';
import { SHEET_COLORS } from './sheet-colors.ts';
import { toXlsx } from './xlsx.ts';

/** Screen, clipboard, CSV, workbook and API hold the same numbers, at every level, over random facts in the real engine. */

const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 4);
const ABOUT = ['A title', 'Period: ten days', 'Filters: none'];

let engine: FactWarehouse;
let folder: string;
beforeAll(async () => {
  engine = await openFactWarehouse();
  folder = await mkdtemp(join(tmpdir(), 'turnout-exports-'));
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true });
});

const layouts: fc.Arbitrary<PivotLayout> = fc
  .tuple(
    fc.constantFrom('messages_sent', 'delivery_rate', 'recipients_reached'),
    fc.shuffledSubarray(['channel', 'category', 'campaign', 'day'], { minLength: 2, maxLength: 4 }),
  )
  .map(([metric, [column = 'day', ...rows]]) => ({ metric, rows, column }));

test('pivot = API asked alone = TSV = CSV = XLSX; rates are ratios of sums, people are distinct people', async () => {
  const world = setting.chain((place) =>
    fc.record({ place: fc.constant(place), facts: factsIn(place), layout: layouts }),
  );
  await fc.assert(
    fc.asyncProperty(world, async ({ place, facts, layout }) => {
      await engine.fill(facts);
      const now = place.origin + 400 * 86_400_000;
      const model = loadCaseModel({ time_zone: place.zone });
      const ask = askerAt(now, { warehouse: engine.warehouse, model });
      const day = (offset: number): string => new Date(place.origin + offset * 86_400_000).toISOString().slice(0, 10);
      const range: [string, string] = [day(-2), day(13)];
      const frame = { range, filters: [], compare: null, parameters: {}, matured: false };
      const query = pivotQuery(layout, frame);
      const result = await ask(query);
      const table = toPivotTable({ result, layout, filters: [], dimensions: [], formats, weekStart: 'monday' });
      if (!table) throw new Error('the answer lacks the measure');

      for (const set of pivotSets(layout)) {
        const alone = await ask(aloneQuery(query, set, [layout.metric]));
        for (const row of alone.rows) {
          const value = row[layout.metric] ?? null;
          const expected = value === null ? null : expect.closeTo(Number(value), 9);
          expect(cellOf(table, layout, set, row)?.amount ?? null).toEqual(expected);
        }
        if (layout.metric !== 'delivery_rate') continue;
        const counts = await ask(aloneQuery(query, set, ['messages_delivered', 'messages_settled']));
        for (const row of counts.rows) {
          const [part, whole] = [Number(row['messages_delivered']), Number(row['messages_settled'])];
          const amount = cellOf(table, layout, set, row)?.amount ?? null;
          expect(amount).toEqual(whole === 0 ? null : expect.closeTo(part / whole, 9));
        }
      }
      await checkFiles(table, layout);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

/** The same question for one way to group. */
function aloneQuery(
  { grouping_sets: _, dimensions: __, ...query }: MetricQuery,
  set: string[],
  metrics: string[],
): MetricQuery {
  const dimensions = set.filter((name) => name !== 'time');
  const { grain, ...time } = query.time ?? { range: 'all' };
  return {
    ...query,
    metrics: [...new Set(metrics)],
    time: { ...time, ...(set.includes('time') && grain ? { grain } : {}) },
    ...(dimensions.length > 0 ? { dimensions } : {}),
  };
}

function cellOf(table: PivotTable, layout: PivotLayout, set: string[], row: Row): PivotCell | undefined {
  const column = columnOf(layout.column);
  const path = layout.rows
    .map(columnOf)
    .filter((name) => set.includes(name))
    .map((name) => row[name] ?? null);
  const node = table.nodes.get(JSON.stringify(path));
  if (!set.includes(column)) return node?.total;
  const place = table.columns.findIndex(({ key }) => key === JSON.stringify([row[column] ?? null]));
  return node?.cells[place];
}

async function checkFiles(table: PivotTable, layout: PivotLayout): Promise<void> {
  const rows = visibleRows(table, new Set(expandableKeys(table)), null, 'en-GB');
  const nodes = rows.map(({ node }) => node);
  expect(nodes).toHaveLength(table.nodes.size - 1);
  const labels = [...layout.rows];
  const lines = [...nodes, table.total].map((node) => [...node.cells, node.total]);

  // The clipboard says what the cells say.
  const view = pivotView(table, nodes, labels, 'Pivot', {
    part: { columns: table.columns.map((_, index) => index), total: true, change: false },
  });
  const text = toTsv(view)
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').slice(labels.length));
  expect(text).toEqual(lines.map((cells) => cells.map((cell) => cell.text)));

  // The workbook holds them unrounded.
  const shown = pivotShownSheet(table, rows, labels, pivotHeat(table, rows, 'table'));
  const read = await readWorkbook(
    toXlsx(shown, { name: 'Pivot', about: ABOUT, currency: 'IDR', colors: SHEET_COLORS }),
  );
  expect(read.columns).toEqual(shown.columns.map(({ label }) => label));
  expect(read.rows.map((cells) => numbersOf(cells.slice(labels.length)))).toEqual(
    lines.map((cells) => cells.map(({ amount }) => amount)),
  );

  // CSV has one row for each of them.
  const csv = parse(toCsv(pivotTidySheet(table, labels, layout.column), ABOUT), {
    bom: true,
    from_line: ABOUT.length + 1,
  }) as string[][];
  const [head = [], ...body] = csv;
  const at = head.indexOf(table.metric.label);
  const amounts = (cells: string[][]): (number | null)[] =>
    cells.map((cell) => (cell[at] === '' ? null : Number(cell[at]))).toSorted(byNumber);
  expect(amounts(body)).toEqual(lines.flatMap((cells) => cells.map(({ amount }) => amount)).toSorted(byNumber));
  const [totalLine] = body.filter((cells) => cells[0] === 'total');
  expect(amounts(totalLine ? [totalLine] : [])).toEqual([table.total.total.amount]);
}

function byNumber(a: number | null, b: number | null): number {
  return (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY) || 0;
}

function numbersOf(cells: readonly unknown[]): (number | null)[] {
  return cells.map((cell) => (cell === null || cell === '' ? null : Number(cell)));
}

/** Read back as anybody's workbook is. */
async function readWorkbook(bytes: Uint8Array): Promise<{ columns: string[]; rows: Cell[][] }> {
  const path = join(folder, 'pivot.xlsx');
  await writeFile(path, bytes);
  const rows: Cell[][] = [];
  let columns: string[] = [];
  for await (const page of readFilePages(path, { kind: 'xlsx', header_row: ABOUT.length + 2 }, DEFAULT_LIMITS)) {
    columns = page.columns;
    rows.push(...page.rows.map((cells) => columns.map((_, index) => cellText(cells[index]))));
  }
  return { columns, rows };
}

function cellText(cell: string | number | boolean | null | undefined): Cell {
  return typeof cell === 'boolean' ? String(cell) : (cell ?? null);
}
