import type { Catalog, DimensionInfo } from '../../src/contract/api.ts';
import type { Cell, QueryResult, ResultColumn, Row } from '../../src/contract/result.ts';
import { formats, metricColumn, queryResult, resultMeta } from '../charts/test-results.ts';
import { columnOf, grainOf, type PivotLayout, type PivotTileSpec, pivotSets } from './pivot-layout.ts';
import { type PivotTable, toPivotTable } from './pivot-table.ts';

/** Pivots for tests, answered by hand from facts: every set is grouped on its own, as the engine does. */

/** One thing that happened to a person; `done` is the numerator of the rate. */
export interface Fact {
  region: Cell;
  course: Cell;
  language: Cell;
  week: string;
  person: number;
  done: boolean;
}

export const WEEKS = ['2024-10-28', '2024-11-04', '2024-11-11'] as const;

export const tile: PivotTileSpec = {
  kind: 'pivot',
  id: 'regions',
  title: 'Region by week',
  width: 12,
  height: 'auto',
  metrics: ['rate', 'people', 'signups'],
  rows: ['region', 'course', 'language'],
  columns: 'week',
  heat: 'table',
};

const dimension = (name: string, parts: Partial<DimensionInfo> = {}): DimensionInfo => ({
  name,
  label: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  type: 'categorical',
  labels: {},
  colors: {},
  drill: [],
  ...parts,
});

export const catalog: Catalog = {
  dimensions: [dimension('region'), dimension('course'), dimension('language')],
  metrics: tile.metrics.map((name) => ({
    name,
    label: name,
    type: 'simple',
    format: 'integer',
    good: 'up',
    min_sample: 30,
    dimensions: ['region', 'course', 'language'],
  })),
  funnels: [],
  parameters: [],
};

const COLUMNS: Record<string, ResultColumn> = {
  rate: metricColumn('rate', { label: 'Rate', format: 'percent', min_sample: 2, proportion: true }),
  people: metricColumn('people', { label: 'People' }),
  signups: metricColumn('signups', { label: 'Sign-ups' }),
};

/** Slow and plain: sign-ups, distinct people, or the share that is done. */
export function measure(facts: readonly Fact[], metric: string): { value: number | null; n: number } {
  if (metric === 'people') return { value: new Set(facts.map(({ person }) => person)).size, n: facts.length };
  if (metric === 'signups') return { value: facts.length, n: facts.length };
  const done = facts.filter((fact) => fact.done).length;
  return { value: facts.length === 0 ? null : done / facts.length, n: facts.length };
}

export function factsOf(facts: readonly Fact[], names: readonly string[], path: readonly Cell[]): Fact[] {
  return facts.filter((fact) => names.every((name, index) => valueIn(fact, name) === (path[index] ?? null)));
}

function valueIn(fact: Fact, name: string): Cell {
  if (grainOf(name) !== null || name === 'time') return fact.week;
  if (name === 'region') return fact.region;
  return name === 'course' ? fact.course : fact.language;
}

/** The answer to a pivot's query. Groups without facts have no row. */
export function answer(facts: readonly Fact[], layout: PivotLayout, parts: Partial<QueryResult> = {}): QueryResult {
  const names = [...layout.rows, layout.column].map(columnOf);
  const metric = COLUMNS[layout.metric] ?? metricColumn(layout.metric);
  const rows: Row[] = pivotSets(layout).flatMap((set, index) => {
    const groups = new Map<string, Fact[]>();
    if (set.length === 0) groups.set('[]', [...facts]);
    for (const fact of facts) {
      const key = JSON.stringify(set.map((name) => valueIn(fact, name)));
      if (set.length > 0) groups.set(key, [...(groups.get(key) ?? []), fact]);
    }
    return [...groups].map(([key, group]): Row => {
      const path = JSON.parse(key) as Cell[];
      const { value, n } = measure(group, layout.metric);
      return {
        __set: index,
        ...Object.fromEntries(
          names.map((name) => [name, set.includes(name) ? (path[set.indexOf(name)] ?? null) : null]),
        ),
        [layout.metric]: value,
        ...(layout.metric === 'rate' ? { rate__n: n } : {}),
      };
    });
  });
  const result = queryResult([metric], rows, parts);
  result.meta = {
    ...resultMeta({
      complete_through: '2024-11-18T00:00:00+07:00',
      range: { start: '2024-10-28T00:00:00+07:00', end: '2024-11-18T00:00:00+07:00' },
      ...(layout.metric === 'rate' ? { sample_columns: { rate: 'rate__n' } } : {}),
    }),
    ...parts.meta,
  };
  return result;
}

export function pivotOf(result: QueryResult, layout: PivotLayout): PivotTable {
  const table = toPivotTable({
    result,
    layout,
    filters: [],
    dimensions: catalog.dimensions,
    formats,
    weekStart: 'monday',
  });
  if (!table) throw new Error('no such measure');
  return table;
}

export { formats };
