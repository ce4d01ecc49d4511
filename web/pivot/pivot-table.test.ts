import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricQuery as metricQuerySchema } from '../../src/contract/query.ts';
import { VIEW_DEFAULTS } from '../../src/contract/url.ts';
import { pivotQuery } from '../dashboard/pivot-queries.ts';
import { layoutPatch, moveRow, type PivotLayout, pivotLayout, pivotSets, swapAxes } from './pivot-layout.ts';
import { expandableKeys, nextSort, readSort, sortWord, toggleRow, visibleRows } from './pivot-rows.ts';
import { pathKey } from './pivot-table.ts';
import { answer, catalog, type Fact, factsOf, measure, pivotOf, tile, WEEKS } from './test-pivots.ts';

const own: PivotLayout = { metric: 'rate', rows: ['region', 'course', 'language'], column: 'week' };
const fact = (parts: Partial<Fact>): Fact => ({
  region: 'North',
  course: 'intro',
  language: 'en',
  week: WEEKS[0],
  person: 1,
  done: false,
  ...parts,
});

const value = fc.constantFrom('North', 'South', 'West', '', null);
const facts: fc.Arbitrary<Fact[]> = fc.array(
  fc.record({
    region: value,
    course: value,
    language: value,
    week: fc.constantFrom(...WEEKS),
    person: fc.integer({ min: 1, max: 5 }),
    done: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);
const layouts: fc.Arbitrary<PivotLayout> = fc
  .tuple(
    fc.constantFrom('rate', 'people', 'signups'),
    fc.shuffledSubarray(['region', 'course', 'language', 'week'], { minLength: 2, maxLength: 4 }),
  )
  .map(([metric, [column = 'week', ...rows]]) => ({ metric, rows, column }));

describe('layout', () => {
  test('the address says what is shown, as far as the tile can show it', () => {
    expect(pivotLayout(tile, VIEW_DEFAULTS, catalog)).toEqual(own);
    const view = {
      metrics: ['people'],
      by: ['week', 'region', 'nothing', 'month', 'course', 'language'],
      x: 'language',
    };
    expect(pivotLayout(tile, view, catalog)).toEqual({
      metric: 'people',
      rows: ['week', 'region', 'course'],
      column: 'language',
    });
    expect(pivotLayout(tile, { metrics: ['other'], by: ['week'], x: null }, catalog)).toEqual(own);
    expect(pivotLayout(tile, { metrics: [], by: [], x: 'region' }, catalog).rows).toEqual(['course', 'language']);
  });

  test('what is written into the address is read back, and the author’s own layout leaves no trace', () => {
    expect(layoutPatch(own, tile)).toEqual({ metrics: [], by: [], x: null });
    fc.assert(
      fc.property(layouts, (layout) => {
        expect(pivotLayout(tile, layoutPatch(layout, tile), catalog)).toEqual(layout);
      }),
      { numRuns: 100 },
    );
  });

  test('swapping twice is nothing, moving is a permutation', () => {
    expect(swapAxes(own)).toEqual({ metric: 'rate', rows: ['week', 'course', 'language'], column: 'region' });
    expect(swapAxes(swapAxes(own))).toEqual(own);
    expect(moveRow(own, 'language', -1).rows).toEqual(['region', 'language', 'course']);
    expect(moveRow(own, 'region', -1)).toBe(own);
  });

  test('one query asks every level with and without the columns', () => {
    expect(pivotSets({ ...own, rows: ['region', 'course'] })).toEqual([
      [],
      ['time'],
      ['region'],
      ['region', 'time'],
      ['region', 'course'],
      ['region', 'course', 'time'],
    ]);
    const frame = {
      range: ['2024-10-28', '2024-11-18'] as [string, string],
      filters: [],
      compare: { start: '2024-10-01', end: '2024-10-28' },
      parameters: { short: 5 },
      matured: false,
    };
    const query = pivotQuery(swapAxes(own), frame);
    expect(query).toEqual({
      metrics: ['rate'],
      dimensions: ['course', 'language', 'region'],
      grouping_sets: pivotSets(swapAxes(own)),
      time: { range: frame.range, grain: 'week' },
      parameters: { short: 5 },
    });
    expect(metricQuerySchema.safeParse(query).success).toBe(true);
    expect(pivotQuery({ ...own, rows: ['region'], column: 'course' }, frame).time).toEqual({ range: frame.range });
  });
});

describe('table', () => {
  test('every cell and total is what the answer says of it, at every level, whatever the order of the rows', () => {
    fc.assert(
      fc.property(facts, layouts, fc.infiniteStream(fc.nat()), (all, layout, noise) => {
        const result = answer(all, layout);
        result.rows = result.rows
          .map((row) => ({ row, at: noise.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ row }) => row);
        const table = pivotOf(result, layout);
        const paths = new Set(
          layout.rows.flatMap((_, depth) =>
            all.map((one) => JSON.stringify(layout.rows.slice(0, depth + 1).map((name) => of(one, name)))),
          ),
        );
        expect(new Set([...table.nodes.keys()].filter((key) => key !== '[]'))).toEqual(paths);
        for (const node of table.nodes.values()) {
          const inside = factsOf(all, layout.rows.slice(0, node.path.length), node.path);
          expect(node.total.amount).toBe(measure(inside, layout.metric).value);
          table.columns.forEach((column, index) => {
            const group = factsOf(inside, [layout.column], [column.value]);
            const cell = node.cells[index];
            expect(cell?.amount ?? null).toBe(group.length === 0 ? null : measure(group, layout.metric).value);
            if (group.length === 0) expect(cell?.text).toBe('—');
          });
          for (const child of node.children) expect(child.path.slice(0, -1)).toEqual(node.path);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('unknown is a value, and the end of the order; missing is not zero', () => {
    const layout = { ...own, metric: 'signups', rows: ['region'] };
    const table = pivotOf(
      answer(
        [fact({ region: null }), fact({ region: null, week: WEEKS[1] }), fact({ region: 'South', week: WEEKS[1] })],
        layout,
      ),
      layout,
    );
    expect(
      visibleRows(table, new Set(), { by: 'label', descending: true }, 'en').map(({ node }) => node.label),
    ).toEqual(['South', 'Unknown']);
    expect(table.nodes.get('["South"]')?.cells.map(({ text }) => text)).toEqual(['—', '1']);
    expect(table.columns.map(({ label, detail }) => [label, detail])).toEqual([
      ['W44', '28 Oct – 3 Nov'],
      ['W45', '4–10 Nov'],
    ]);
  });

  test('running and maturing weeks are told and take no part in trend and change', () => {
    const layout = { ...own, rows: ['region'] };
    const all = WEEKS.flatMap((week, index) =>
      Array.from({ length: 10 }, (_, person) => fact({ week, person, done: person <= index * 2 })),
    );
    const settled = pivotOf(answer(all, layout), layout);
    expect(settled.columns.map(({ state }) => state)).toEqual(['settled', 'settled', 'settled']);
    expect(settled.total.change?.text).toBe('+20.0 pp');
    expect(settled.compared?.map(({ label }) => label)).toEqual(['W45', 'W46']);

    const result = answer(all, layout);
    result.meta.complete_through = '2024-11-16T00:00:00+07:00';
    result.meta.matured_through = { rate: '2024-11-10T00:00:00+07:00' };
    const open = pivotOf(result, layout);
    expect(open.columns.map(({ state, stateWords }) => [state, stateWords])).toEqual([
      ['settled', null],
      ['maturing', 'maturing'],
      ['running', 'to Fri'],
    ]);
    expect(open.compared).toBeNull();
    expect(open.total.change).toBeNull();
    expect(open.total.trend).toEqual([0.1, null, null]);

    // Of another measure nothing matures.
    expect(
      pivotOf({ ...answer(all, { ...layout, metric: 'people' }), meta: result.meta }, { ...layout, metric: 'people' })
        .columns[1]?.state,
    ).toBe('settled');
  });

  test('a week that the range cuts, one that is to come, and rows by week', () => {
    const layout = { ...own, metric: 'signups', rows: ['week', 'region'], column: 'course' };
    const result = answer(
      WEEKS.map((week) => fact({ week })),
      layout,
    );
    result.meta.range = { start: '2024-10-30T00:00:00+07:00', end: '2024-11-18T00:00:00+07:00' };
    result.meta.complete_through = '2024-11-11T00:00:00+07:00';
    const table = pivotOf(result, layout);
    expect(table.total.children.map(({ stateWords }) => stateWords)).toEqual(['from Wed', null, 'to come']);
    expect(table.total.children[0]?.children[0]?.state).toBe('running');
    expect(table.total.trend).toBeNull();
    expect(visibleRows(table, new Set(), null, 'en').map(({ node }) => node.label)).toEqual(['W44', 'W45', 'W46']);
  });

  test('people in several parts make totals less than their sum; sign-ups, rates and missing parts do not', () => {
    const twice = [fact({ person: 1 }), fact({ person: 1, week: WEEKS[1] }), fact({ person: 2 })];
    const tables = (metric: string) => {
      const layout = { ...own, metric, rows: ['region'] };
      return pivotOf(answer([...twice, fact({ person: 3, week: WEEKS[1] })], layout), layout).overlaps;
    };
    expect(tables('people')).toBe(true);
    expect(tables('signups')).toBe(false);
    expect(tables('rate')).toBe(false);
  });

  test('a measure that the answer does not hold makes no table', () => {
    const result = answer([fact({})], own);
    expect(() => pivotOf(result, { ...own, metric: 'people' })).toThrow('no such measure');
  });
});

describe('rows', () => {
  const all = [
    ...Array.from({ length: 3 }, (_, person) => fact({ region: 'North', course: 'a', person })),
    ...Array.from({ length: 5 }, (_, person) => fact({ region: 'South', course: 'b', person })),
    fact({ region: 'South', course: 'a', person: 9, done: true }),
    fact({ region: 'West', course: 'a', person: 7, done: true }),
  ];
  const layout: PivotLayout = { metric: 'signups', rows: ['region', 'course'], column: 'week' };
  const table = pivotOf(answer(all, layout), layout);
  const labels = (open: ReadonlySet<string>, sort = readSort([], table)) =>
    visibleRows(table, open, sort, 'en').map(({ node, level }) => `${level}${node.label}`);

  test('closed rows hide their parts, parents stand above them, each group is sorted in itself', () => {
    expect(labels(new Set())).toEqual(['1South', '1North', '1West']);
    expect(labels(new Set(['["South"]']))).toEqual(['1South', '2b', '2a', '1North', '1West']);
    const rising = { by: 'total', descending: false } as const;
    expect(labels(new Set(['["South"]']), rising)).toEqual(['1West', '1North', '1South', '2a', '2b']);
    expect(labels(new Set(['["South"]']), { by: 'label', descending: false })).toEqual([
      '1North',
      '1South',
      '2a',
      '2b',
      '1West',
    ]);
  });

  test('sorted by a column, what has nothing there stays last either way', () => {
    const column = table.columns[0]?.key ?? '';
    const sparse = pivotOf(answer([...all, fact({ region: 'East', week: WEEKS[1] })], layout), layout);
    for (const descending of [true, false]) {
      const rows = visibleRows(sparse, new Set(), { by: { column }, descending }, 'en');
      expect(rows.at(-1)?.node.label).toBe('East');
    }
  });

  test('small samples have no rank', () => {
    const rates = { ...layout, metric: 'rate' };
    const small = pivotOf(answer(all, rates), rates);
    const rows = visibleRows(small, new Set(), { by: 'total', descending: true }, 'en');
    expect(rows.map(({ node }) => [node.label, node.total.small])).toEqual([
      ['South', false],
      ['North', false],
      ['West', true],
    ]);
  });

  test('a row or its whole level is opened and closed', () => {
    const [south] = visibleRows(table, new Set(), null, 'en');
    if (!south) throw new Error('no row');
    expect([...toggleRow(table, new Set(), south, true, false)]).toEqual(['["South"]']);
    const level = toggleRow(table, new Set(), south, true, true);
    expect([...level].sort()).toEqual(['["North"]', '["South"]', '["West"]']);
    expect(toggleRow(table, level, south, false, true).size).toBe(0);
    expect(expandableKeys(table)).toHaveLength(3);
  });

  test('a sort goes through the address and back', () => {
    const sorts = [
      { by: 'total', descending: true },
      { by: 'change', descending: false },
      { by: 'label', descending: true },
      { by: { column: table.columns[0]?.key ?? '' }, descending: true },
    ] as const;
    for (const sort of sorts) {
      expect(sortWord(sort)).toMatch(/^-?[a-z][a-z0-9_]{0,62}$/);
      expect(readSort([sortWord(sort)], table)).toEqual(sort);
    }
    expect(readSort(['-c_1999_01_01', 'label'], table)).toEqual({ by: 'label', descending: false });
    expect(nextSort(null, 'total')).toEqual({ by: 'total', descending: true });
    expect(nextSort({ by: 'total', descending: true }, 'total').descending).toBe(false);
  });
});

function of(one: Fact, name: string) {
  return name === 'week' ? one.week : name === 'region' ? one.region : name === 'course' ? one.course : one.language;
}

test('paths keep text, numbers, unknown and empty apart', () => {
  expect(new Set([['1'], [1], [null], [''], ['null']].map(pathKey)).size).toBe(5);
});
