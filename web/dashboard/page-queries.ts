import type { Catalog } from '../../src/contract/api.ts';
import type { Tile } from '../../src/contract/dashboard.ts';
import { assertNever } from '../../src/contract/errors.ts';
import type { DateRange } from '../../src/contract/period.ts';
import { resolveCompare } from '../../src/contract/period-compare.ts';
import { daysBetween } from '../../src/contract/plain-date.ts';
import type { MetricQuery } from '../../src/contract/query.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { GRAINS, type Grain } from '../../src/contract/words.ts';
import { changeQueries } from './change-queries.ts';
import { pivotQueries } from './pivot-queries.ts';
import {
  type HeatPart,
  metricQuery,
  type PageQuery,
  type PageQueryInput,
  partKey,
  type QueryFrame,
  sharedParts,
} from './query-frame.ts';
import { scheduleQueries } from './schedule-queries.ts';

const MOST_POINTS = 750;
const MOST_POINTS_DECLARED = 1_500;
const DAYS_PER: Record<Grain, number> = { hour: 1 / 24, day: 1, week: 7, month: 30, quarter: 91, year: 365 };

/** The wanted grain, or the next coarser one that keeps a chart under 750 points. */
export function fittingGrain(wanted: string | null | undefined, period: DateRange): Grain {
  const days = daysBetween(period.start, period.end);
  const automatic: Grain = days <= 2 ? 'hour' : days <= 92 ? 'day' : days <= 400 ? 'week' : 'month';
  const asked = GRAINS.find((grain) => grain === wanted) ?? automatic;
  const from = GRAINS.indexOf(asked);
  return GRAINS.slice(from).find((grain) => days / DAYS_PER[grain] <= MOST_POINTS) ?? 'year';
}

/** A grain that the author gave to a line belongs to its meaning (trailing windows end with each day); other lines take the page's. */
function lineGrain(declared: string | undefined, { view, dashboard, period }: PageQueryInput): Grain {
  const own = GRAINS.find((grain) => grain === declared);
  if (own !== undefined && daysBetween(period.start, period.end) / DAYS_PER[own] <= MOST_POINTS_DECLARED) return own;
  return fittingGrain(view.grain ?? declared ?? dashboard.defaults.grain, period);
}

/** A sparkline has 28 to 91 points where the period allows it. */
export function sparklineGrain(period: DateRange): Grain {
  const days = daysBetween(period.start, period.end);
  return days <= 2 ? 'hour' : days <= 91 ? 'day' : days <= 91 * 7 ? 'week' : 'month';
}

/** All queries of a dashboard, in the order of its tiles; sent as one batch. */
export function buildPageQueries(input: PageQueryInput): PageQuery[] {
  return input.dashboard.rows.flatMap((row) => row.tiles.flatMap((tile) => buildTileQueries(tile, input)));
}

export function buildTileQueries(tile: Tile, input: PageQueryInput): PageQuery[] {
  const frame: QueryFrame = {
    range: [input.period.start, input.period.end],
    filters: input.view.filters,
    compare: input.compare,
    parameters: input.view.parameters,
    matured: input.view.matured,
  };
  switch (tile.kind) {
    case 'scorecards':
      // The page of one thing has no course of time to show.
      return [
        {
          key: partKey.totals(tile),
          query:
            input.dashboard.subject === undefined
              ? metricQuery(frame, { metrics: tile.metrics, totals: true }, sparklineGrain(input.period))
              : metricQuery(frame, { metrics: tile.metrics }),
        },
      ];
    case 'line': {
      const grain = lineGrain(tile.grain, input);
      const split = tile.by ? { dimensions: [tile.by] } : {};
      return [
        {
          key: partKey.series(tile),
          query: metricQuery(
            { ...frame, compare: comparedWith(tile, grain, input) },
            { metrics: tile.metrics, ...split, totals: true },
            grain,
          ),
        },
      ];
    }
    case 'bar':
      return [
        {
          key: partKey.bars(tile),
          query: metricQuery(frame, {
            metrics: barMetrics(tile),
            dimensions: [tile.by],
            order_by: [tile.sort ?? `-${tile.metric}`],
            limit: tile.limit ?? 12,
            totals: true,
          }),
        },
      ];
    case 'heatmap':
      return tile.metrics.flatMap((metric) =>
        heatQueries(tile, metric, tile.value, { ...frame, filters: slotFree(frame.filters) }),
      );
    case 'funnel':
      return [
        {
          key: partKey.funnel(tile),
          query: { funnel: tile.funnel, ...(tile.by ? { dimensions: [tile.by] } : {}), ...sharedParts(frame) },
        },
      ];
    case 'table': {
      const queries: PageQuery[] = [
        {
          key: partKey.rows(tile),
          query: metricQuery(frame, {
            metrics: tile.metrics,
            dimensions: tile.by,
            order_by: [tile.sort ?? `-${tile.metrics[0] ?? ''}`],
            limit: tile.limit ?? 500,
            totals: tile.totals,
            ...tableMarks(tile),
          }),
        },
      ];
      const trend = trendMetric(tile, input.catalog);
      if (trend) {
        queries.push({
          key: partKey.trend(tile),
          query: metricQuery(
            { ...frame, compare: null },
            { metrics: [trend], dimensions: tile.by },
            sparklineGrain(input.period),
          ),
        });
      }
      return queries;
    }
    case 'pivot':
      return pivotQueries(tile, input, frame);
    case 'schedule':
      return scheduleQueries(tile, input, frame);
    case 'change':
      return changeQueries(tile, input, frame);
    case 'text':
      return [];
    default:
      return assertNever(tile);
  }
}

/** Bars may stand in the order of another metric than the one shown. */
function barMetrics({ metric, by, sort }: Extract<Tile, { kind: 'bar' }>): string[] {
  const order = sort?.replace(/^-/, '') ?? metric;
  return order === metric || order === by ? [metric] : [metric, order];
}

/** A line may compare with something of its own; weekdays matter below the month. */
function comparedWith(
  tile: Extract<Tile, { kind: 'line' }>,
  grain: Grain,
  { period, compare }: PageQueryInput,
): DateRange | null {
  if (tile.compare === undefined) return compare;
  return resolveCompare(tile.compare, period, { matchWeekday: DAYS_PER[grain] < 30 });
}

/** Filters without the slot that a heat-map's own cell set: the tile that was clicked highlights and does not filter itself. */
export function slotFree(filters: ViewState['filters']): ViewState['filters'] {
  return filters.filter((filter) => filter.dimension !== 'weekday' && filter.dimension !== 'hour_of_day');
}

/** The three queries of one heat-map: slots, and the totals of days and hours, which for people are not sums of slots. */
export function heatQueries(tile: Tile, metric: string, value: 'per_day' | 'total', frame: QueryFrame): PageQuery[] {
  const per: Partial<MetricQuery> = value === 'per_day' ? { per: 'day' } : {};
  const part = (name: HeatPart, dimensions: string[], compare: DateRange | null): PageQuery => ({
    key: partKey.heat(tile, metric, name),
    query: metricQuery({ ...frame, compare }, { metrics: [metric], dimensions, totals: name === 'cells', ...per }),
  });
  return [
    part('cells', ['weekday', 'hour_of_day'], frame.compare),
    part('weekdays', ['weekday'], null),
    part('hours', ['hour_of_day'], null),
  ];
}

/** Rows that stand out, each held against the rows of the same `marks_within`. Only metrics that are shown can be marked. */
function tableMarks(tile: Extract<Tile, { kind: 'table' }>): Pick<MetricQuery, 'marks'> {
  const metrics = (tile.marks ?? []).filter((metric) => tile.metrics.includes(metric));
  if (metrics.length === 0) return {};
  return { marks: { metrics, ...(tile.marksWithin === undefined ? {} : { within: tile.marksWithin }) } };
}

/** A table gets sparklines where its one dimension has few, declared values: channels, not campaigns. */
export function trendMetric(tile: Extract<Tile, { kind: 'table' }>, catalog: Catalog): string | null {
  const [by, ...more] = tile.by;
  const dimension = catalog.dimensions.find((candidate) => candidate.name === by);
  const values = Object.keys(dimension?.labels ?? {}).length;
  return more.length === 0 && values >= 1 && values <= 12 ? (tile.metrics[0] ?? null) : null;
}
