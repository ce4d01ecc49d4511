import { useMemo } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { axisTicks } from '../charts/axis-ticks.ts';
import { LinePlot } from '../charts/line-plot.tsx';
import { toSeries } from '../charts/series.ts';
import { toggleSelection } from '../dashboard/filter-selection.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { seriesSheet } from '../export/chart-sheets.ts';
import { seriesTable } from '../table/table-view.ts';
import { useDashboard, useDimension } from './dashboard-context.ts';
import { emptyState, hasNothing } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

type LineTileSpec = Extract<Tile, { kind: 'line' }>;

const COMPARED = {
  off: 'not compared',
  prev: 'against the previous period',
  prev_year: 'against the previous year',
} as const;

export function LineTile({ tile }: { tile: LineTileSpec }) {
  const state = useDashboard();
  const data = gatherResults(state.results, { series: partKey.series(tile) });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  const result = data.results.series;
  if (hasNothing(result, tile.metrics)) {
    return (
      <TileFrame
        tile={tile}
        content={{ state: 'empty', meta: result.meta, empty: emptyState(result, tile.metrics, state) }}
      />
    );
  }
  return <Lines tile={tile} result={result} />;
}

function Lines({ tile, result }: { tile: LineTileSpec; result: QueryResult }) {
  const { formats, view, onView, catalog } = useDashboard();
  const by = useDimension(tile.by);
  const set = useMemo(
    () => toSeries(result, { metrics: tile.metrics, by, timeZone: formats.timeZone }),
    [result, tile.metrics, by, formats.timeZone],
  );
  const axis = axisTicks(
    set.series.flatMap((line) => line.values),
    { zero: false },
  );
  const first = set.series[0];
  const labelOf = (name: string): string => catalog.dimensions.find((one) => one.name === name)?.label ?? name;
  const notApplicable =
    by && first?.column.not_applicable?.dimension === by.name ? first.column.not_applicable.values : [];
  const ignored = ignoredDimensions(
    set.series.map((line) => line.column),
    labelOf,
  );
  const notes = [
    `by ${set.grain}`,
    ...(first && tile.metrics.length > 1 && tile.by ? [first.column.label] : []),
    ...(tile.compare === undefined ? [] : [COMPARED[tile.compare]]),
    ...(axis.broken && first ? [`axis from ${formats.value(axis.min, first.column, 'axis')}`] : []),
    ...(ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : []),
    ...(notApplicable.length > 0
      ? [`n/a for ${notApplicable.map((value) => by?.labels[value] ?? value).join(', ')}`]
      : []),
    ...(set.maturing.includes(true) ? ['hatched: still maturing'] : []),
    ...(set.omitted > 0 ? [`${set.omitted} more in the table of values`] : []),
  ];
  const onSelect = by
    ? (value: string) => onView({ filters: toggleSelection(view.filters, [{ dimension: by.name, value }]) })
    : undefined;
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes,
        table: () => seriesTable(tile.title, set, formats),
        exports: () => ({ shown: seriesSheet(set) }),
        body: (height) => (
          <LinePlot title={tile.title} set={set} height={height ?? 240} {...(onSelect ? { onSelect } : {})} />
        ),
      }}
    />
  );
}
