import { useMemo } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { type Bar, barChartHeight, hasWhiskers, toBars } from '../charts/bar-options.ts';
import { BarPlot } from '../charts/bar-plot.tsx';
import { numberOf } from '../charts/series.ts';
import { selectedValues, toggleSelection } from '../dashboard/filter-selection.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { barsSheet } from '../export/chart-sheets.ts';
import { barsTable } from '../table/table-view.ts';
import { useDashboard, useDimension } from './dashboard-context.ts';
import { emptyState, hasNothing } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

type BarTileSpec = Extract<Tile, { kind: 'bar' }>;

export function BarTile({ tile }: { tile: BarTileSpec }) {
  const state = useDashboard();
  const data = gatherResults(state.results, { bars: partKey.bars(tile) });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  const result = data.results.bars;
  if (hasNothing(result, [tile.metric])) {
    const empty = emptyState(result, [tile.metric], state);
    return <TileFrame tile={tile} content={{ state: 'empty', meta: result.meta, empty }} />;
  }
  return <Bars tile={tile} result={result} />;
}

function Bars({ tile, result }: { tile: BarTileSpec; result: QueryResult }) {
  const { formats, view, onView, catalog } = useDashboard();
  const by = useDimension(tile.by);
  const column = result.columns.find((candidate) => candidate.name === tile.metric);
  const intervals = tile.intervals === true;
  const bars = useMemo(
    () => toBars(result, tile.metric, by, tile.by, intervals),
    [result, tile.metric, by, tile.by, intervals],
  );
  const selected = useMemo(() => selectedValues(view.filters, tile.by), [view.filters, tile.by]);
  if (!column) return null;
  const total = numberOf(result.totals?.[tile.metric]);
  const sum = bars.reduce((all, bar) => all + (bar.amount ?? 0), 0);
  const addsUp = total !== null && Math.abs(sum - total) <= Math.abs(total) * 1e-6;
  const labelOf = (name: string): string => catalog.dimensions.find((one) => one.name === name)?.label ?? name;
  const missing = bars.filter((bar) => bar.notApplicable).map((bar) => bar.label);
  const ignored = ignoredDimensions([column], labelOf);
  const natural = barChartHeight(bars.length, !hasWhiskers(bars) && bars.some((bar) => bar.compared !== null));
  const notes = [
    ...(column.label === tile.title ? [] : [column.label]),
    ...(total === null ? [] : [`total ${formats.value(total, column, 'card')}`]),
    ...(ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : []),
    ...(missing.length > 0 ? [`n/a for ${missing.join(', ')}`] : []),
    ...(hasWhiskers(bars) ? [`whiskers: 95 % interval${result.compare ? '; dots: before' : ''}`] : []),
    ...(bars.some((bar) => bar.small) ? [`grey: fewer than ${column.min_sample}`] : []),
  ];
  const select = (bar: Bar, add: boolean): void =>
    onView({ filters: toggleSelection(view.filters, [{ dimension: tile.by, value: bar.value }], add) });
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes,
        table: () => barsTable(tile.title, by?.label ?? tile.by, bars, column, total, formats),
        exports: () => ({ shown: barsSheet(by?.label ?? tile.by, bars, column, total) }),
        body: (height) => (
          <BarPlot
            title={tile.title}
            bars={bars}
            column={column}
            height={Math.min(height ?? natural, bars.length * 110 + 34)}
            total={addsUp ? total : null}
            selected={selected}
            onSelect={select}
          />
        ),
      }}
    />
  );
}
