import type { Catalog } from '../../src/contract/api.ts';
import type { Dashboard, Tile } from '../../src/contract/dashboard.ts';
import type { DateRange } from '../../src/contract/period.ts';
import type { MetricQuery, Query } from '../../src/contract/query.ts';
import type { ViewState } from '../../src/contract/url.ts';
import type { Grain } from '../../src/contract/words.ts';

/** One query of a page; `key` is `<tile id>/<part>`. */
export interface PageQuery {
  key: string;
  query: Query;
}

export interface PageQueryInput {
  dashboard: Dashboard;
  view: Pick<ViewState, 'filters' | 'grain' | 'parameters' | 'matured' | 'metrics' | 'by' | 'x'>;
  period: DateRange;
  compare: DateRange | null;
  catalog: Catalog;
}

/** What every query of the page shares. */
export interface QueryFrame {
  range: [string, string];
  filters: ViewState['filters'];
  compare: DateRange | null;
  /** Numbers that the reader moved. */
  parameters: Readonly<Record<string, number>>;
  /** Only cohorts that have settled. */
  matured: boolean;
}

/** Keys of a tile's parts; page-queries writes them and the tiles read them. */
export const partKey = {
  totals: (tile: Tile) => `${tile.id}/totals`,
  trend: (tile: Tile) => `${tile.id}/trend`,
  series: (tile: Tile) => `${tile.id}/series`,
  bars: (tile: Tile) => `${tile.id}/bars`,
  funnel: (tile: Tile) => `${tile.id}/funnel`,
  rows: (tile: Tile) => `${tile.id}/rows`,
  change: (tile: Tile) => `${tile.id}/change`,
  heat: (tile: Tile, metric: string, part: HeatPart) => `${tile.id}/${metric}/${part}`,
  /** Of its layout, so that an answer is never read as that of another one. */
  pivot: (tile: Tile, { metric, rows, column }: { metric: string; rows: readonly string[]; column: string }) =>
    `${tile.id}/${metric}/${rows.join()}/${column}`,
};

export type HeatPart = 'cells' | 'weekdays' | 'hours';

/** What a query has from its page. */
export function sharedParts(
  frame: QueryFrame,
  grain?: Grain,
): Pick<MetricQuery, 'time' | 'filters' | 'compare' | 'parameters' | 'matured'> {
  return {
    time: { range: frame.range, ...(grain ? { grain } : {}) },
    ...(frame.filters.length > 0 ? { filters: frame.filters } : {}),
    ...(frame.compare ? { compare: { range: [frame.compare.start, frame.compare.end] } } : {}),
    ...(Object.keys(frame.parameters).length > 0 ? { parameters: { ...frame.parameters } } : {}),
    ...(frame.matured ? { matured: true } : {}),
  };
}

export function metricQuery(frame: QueryFrame, parts: MetricQuery, grain?: Grain): MetricQuery {
  return { ...parts, ...sharedParts(frame, grain) };
}
