import { Suspense, useMemo } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { selectedValues, toggleSelection } from '../dashboard/filter-selection.ts';
import { trendMetric } from '../dashboard/page-queries.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { part } from '../layout/part.tsx';
import {
  metricColumns,
  rowsSheet,
  rowsTable,
  type TableRowsInput,
  toTableRows,
  toTotalCells,
} from '../table/table-rows.ts';
import { useDashboard } from './dashboard-context.ts';
import { emptyState, hasNothing } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

/** Loaded with the first table: pages without one do without the table library. */
export const DataTable = part(() => import('../table/data-table.tsx').then((module) => module.DataTable));

type TableTileSpec = Extract<Tile, { kind: 'table' }>;

export function TableTile({ tile }: { tile: TableTileSpec }) {
  const state = useDashboard();
  const trend = trendMetric(tile, state.catalog);
  const data = gatherResults<string>(state.results, {
    rows: partKey.rows(tile),
    ...(trend ? { trend: partKey.trend(tile) } : {}),
  });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  const { rows: result, trend: trendResult } = data.results;
  if (!result) return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (result.rows.length === 0 || hasNothing(result, tile.metrics)) {
    return (
      <TileFrame
        tile={tile}
        content={{ state: 'empty', meta: result.meta, empty: emptyState(result, tile.metrics, state) }}
      />
    );
  }
  return <Leaderboard tile={tile} result={result} trendResult={trendResult ?? null} trend={trend} />;
}

function Leaderboard({
  tile,
  result,
  trendResult,
  trend,
}: {
  tile: TableTileSpec;
  result: QueryResult;
  trendResult: QueryResult | null;
  trend: string | null;
}) {
  const { catalog, formats, view, onView } = useDashboard();
  const { rows, totals, columns, headings } = useMemo(() => {
    const input: TableRowsInput = {
      result,
      metrics: tile.metrics,
      by: tile.by,
      dimensions: catalog.dimensions,
      filters: view.filters,
      formats,
      ...(trend && trendResult ? { trend: { result: trendResult, metric: trend } } : {}),
      intervals: tile.intervals === true,
    };
    return {
      rows: toTableRows(input),
      totals: toTotalCells(input),
      columns: metricColumns(result, tile.metrics),
      headings: tile.by.map((name) => catalog.dimensions.find((one) => one.name === name)?.label ?? name),
    };
  }, [result, trendResult, trend, tile.metrics, tile.by, tile.intervals, catalog, view.filters, formats]);

  const chosen = tile.by.map((name) => selectedValues(view.filters, name));
  const selected = new Set(
    chosen.some((values) => values.size > 0)
      ? rows
          .filter((row) => row.values.every((value, index) => chosen[index]?.size === 0 || chosen[index]?.has(value)))
          .map((row) => row.key)
      : [],
  );
  const ignored = ignoredDimensions(
    columns,
    (name) => catalog.dimensions.find((one) => one.name === name)?.label ?? name,
  );
  const limit = tile.limit ?? 500;
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes: [
          ...(ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : []),
          ...(tile.intervals ? ['rates with their 95 % interval'] : []),
          ...(rows.length >= limit ? [`first ${limit}; totals are over all rows`] : []),
        ],
        table: () => rowsTable(tile.title, headings, columns, rows, totals),
        exports: () => ({ shown: rowsSheet(headings, columns, rows, totals) }),
        body: (height) => (
          <Suspense fallback={<div style={{ height: Math.min(rows.length, 200) * 33 + (totals ? 123 : 90) }} />}>
            <DataTable
              caption={tile.title}
              headings={headings}
              columns={columns}
              rows={rows}
              totals={totals}
              search={tile.search}
              sort={tile.sort}
              selected={selected}
              height={height}
              onSelect={(row, add) =>
                onView({
                  filters: toggleSelection(
                    view.filters,
                    tile.by.map((dimension, index) => ({ dimension, value: row.values[index] ?? '' })),
                    add,
                  ),
                })
              }
            />
          </Suspense>
        ),
      }}
    />
  );
}
