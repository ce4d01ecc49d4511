import type { Tile } from '../../src/contract/dashboard.ts';
import { addDays } from '../../src/contract/plain-date.ts';
import { metricQuery, type PageQuery, type PageQueryInput, partKey, type QueryFrame } from './query-frame.ts';

type ScheduleTile = Extract<Tile, { kind: 'schedule' }>;

const MOST_ROWS = 1_000;
/** Days before the period from which a series is known. */
const SERIES_DAYS = 182;
const MOST_PEERS = 5_000;

/** The rows with their marks, and what is usual in each series. */
export function scheduleQueries(tile: ScheduleTile, _input: PageQueryInput, frame: QueryFrame): PageQuery[] {
  const alone = { ...frame, compare: null, matured: false };
  const rows: PageQuery = {
    key: partKey.rows(tile),
    query: metricQuery(alone, {
      metrics: tile.metrics,
      dimensions: [
        tile.entity,
        tile.name,
        tile.starts,
        ...tile.details.filter((name) => !baseDimensions(tile).has(name)),
      ],
      order_by: [`-${tile.starts}`, tile.entity],
      limit: MOST_ROWS,
      totals: true,
      ...(tile.marks.length === 0
        ? {}
        : { marks: { metrics: tile.marks, ...(tile.series === undefined ? {} : { within: tile.series }) } }),
    }),
  };
  if (tile.series === undefined) return [rows];
  const range: [string, string] = [addDays(frame.range[0], -SERIES_DAYS), frame.range[1]];
  return [
    rows,
    {
      key: partKey.series(tile),
      query: metricQuery(
        { ...alone, range },
        { metrics: comparedMetrics(tile), dimensions: [tile.series, tile.entity], limit: MOST_PEERS },
      ),
    },
  ];
}

/** Of one way to group the rows: re-aggregated by the engine. */
export function groupQuery(tile: ScheduleTile, group: string, frame: QueryFrame): PageQuery {
  return {
    key: `${tile.id}/group`,
    query: metricQuery({ ...frame, compare: null, matured: false }, { metrics: tile.metrics, dimensions: [group] }),
  };
}

/** Held against the series: what is marked, else the first metric. */
export function comparedMetrics(tile: ScheduleTile): string[] {
  const marked = tile.marks.filter((name) => tile.metrics.includes(name));
  return marked.length > 0 ? marked : tile.metrics.slice(0, 1);
}

const baseDimensions = (tile: ScheduleTile): ReadonlySet<string> => new Set([tile.entity, tile.name, tile.starts]);
