import type { Tile } from '../../src/contract/dashboard.ts';
import type { MetricQuery } from '../../src/contract/query.ts';
import { columnOf, grainOf, type PivotLayout, pivotLayout, pivotSets } from '../pivot/pivot-layout.ts';
import { metricQuery, type PageQuery, type PageQueryInput, partKey, type QueryFrame } from './query-frame.ts';

/** One query for the measure shown: every level of the rows, with and without the columns, re-aggregated by the engine. */
export function pivotQueries(
  tile: Extract<Tile, { kind: 'pivot' }>,
  { view, catalog }: PageQueryInput,
  frame: QueryFrame,
): PageQuery[] {
  const layout = pivotLayout(tile, view, catalog);
  return [{ key: partKey.pivot(tile, layout), query: pivotQuery(layout, frame) }];
}

/** Columns are compared with each other, so the page's comparison takes no part. */
export function pivotQuery(layout: PivotLayout, frame: QueryFrame): MetricQuery {
  const names = [...layout.rows, layout.column];
  const grain = names.map(grainOf).find((found) => found !== null);
  const dimensions = names.map(columnOf).filter((name) => name !== 'time');
  return metricQuery(
    { ...frame, compare: null },
    {
      metrics: [layout.metric],
      ...(dimensions.length > 0 ? { dimensions } : {}),
      grouping_sets: pivotSets(layout),
    },
    grain,
  );
}
