import { expect, test } from 'vitest';
import { VIEW_DEFAULTS, type ViewState } from '../../src/contract/url.ts';
import { toTsv } from '../table/table-view.ts';
import { cellActions, cellTooltip } from './pivot-cell-words.ts';
import type { PivotLayout } from './pivot-layout.ts';
import { visibleRows } from './pivot-rows.ts';
import { boxOf, selectedView, slotsOf } from './pivot-selection.ts';
import { pivotTidySheet } from './pivot-sheet.ts';
import { answer, type Fact, formats, pivotOf, WEEKS } from './test-pivots.ts';

const layout: PivotLayout = { metric: 'rate', rows: ['region', 'course'], column: 'week' };
const facts = WEEKS.flatMap((week, index) =>
  ['a', 'b'].flatMap((course) =>
    Array.from(
      { length: 4 },
      (_, person): Fact => ({
        region: 'North',
        course,
        language: null,
        week,
        person,
        done: person <= index,
      }),
    ),
  ),
);
const table = pivotOf(answer(facts, layout), layout);
const rows = visibleRows(table, new Set(['["North"]']), null, 'en-GB');
const node = table.nodes.get('["North","a"]');
if (!node) throw new Error('no row');

function chosen(column: number | null, label: string): Partial<ViewState> | undefined {
  let patch: Partial<ViewState> | undefined;
  const items = cellActions({
    table,
    node: node ?? table.total,
    column,
    view: VIEW_DEFAULTS,
    onView: (given) => (patch = given),
  });
  items.find((item) => item.label === label)?.run();
  return patch;
}

test('a cell offers its row, its column and both as filters of the page', () => {
  const filters = [
    { dimension: 'region', op: 'in', values: ['North'] },
    { dimension: 'course', op: 'in', values: ['a'] },
  ];
  expect(chosen(1, 'Filter page to North › a, W45')).toEqual({ filters, period: '2024-W45' });
  expect(chosen(1, 'Filter page to North › a')).toEqual({ filters });
  expect(chosen(1, 'Filter page to W45')).toEqual({ period: '2024-W45' });
  const labels = cellActions({ table, node: table.total, column: null, view: VIEW_DEFAULTS, onView: () => {} }).map(
    ({ label }) => label,
  );
  expect(labels).toEqual(['Copy 50.00%']);
});

test('what the page is filtered to already is not offered again', () => {
  const view = {
    filters: [
      { dimension: 'region', op: 'in' as const, values: ['North'] },
      { dimension: 'course', op: 'in' as const, values: ['a'] },
    ],
  };
  const labels = cellActions({ table, node: node ?? table.total, column: null, view, onView: () => {} }).map(
    ({ label }) => label,
  );
  expect(labels).toEqual(['Copy 50.00%']);
});

test('a cell tells its size, its interval and its change', () => {
  const tip = cellTooltip({ table, node: node ?? table.total, column: 2, formats });
  expect(tip.heading).toBe('North › a, W46, 11–17 Nov');
  expect(tip.rows[0]?.value).toBe('75.00%');
  expect(tip.rows[0]?.change?.text).toBe('+25.0 pp');
  expect(tip.note).toMatch(/^n = 4\. 95 % interval \d\d\.\d–\d\d\.\d%$/);
});

test('a selection is copied with the names of its rows and columns, whichever way it was drawn', () => {
  const nodes = rows.map((row) => row.node);
  expect(slotsOf(table).map(({ kind }) => kind)).toEqual([
    'label',
    'column',
    'column',
    'column',
    'trend',
    'total',
    'change',
  ]);
  const selection = { from: { row: 4, column: 3 }, to: { row: 2, column: 2 } };
  expect(boxOf(selection)).toEqual({ top: 2, bottom: 4, left: 2, right: 3 });
  expect(toTsv(selectedView(table, nodes, ['Region', 'Course'], selection))).toBe(
    [
      'Region\tCourse\tW45, 4–10 Nov\tW46, 11–17 Nov',
      'North\ta\t50.00%\t75.00%',
      'North\tb\t50.00%\t75.00%',
      'Total\t\t50.00%\t75.00%',
    ].join('\n'),
  );
});

test('tidy rows say their level, their names and their state', () => {
  const sheet = pivotTidySheet(table, ['Region', 'Course'], 'Week');
  expect(sheet.columns.map(({ label }) => label)).toEqual(['Level', 'Region', 'Course', 'Week', 'Rate', 'n', 'State']);
  expect(sheet.rows[0]?.cells).toEqual(['total', null, null, null, 0.5, 24, '']);
  expect(sheet.rows.map(({ cells }) => cells).filter(([level]) => level === 'region × course × week')[0]).toEqual([
    'region × course × week',
    'North',
    'a',
    '2024-10-28',
    0.25,
    4,
    '',
  ]);
});
