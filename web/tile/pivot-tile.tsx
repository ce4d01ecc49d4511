import { useMemo, useRef, useState } from 'react';
import type { HeatScope, Tile } from '../../src/contract/dashboard.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { cellActions, cellTooltip } from '../pivot/pivot-cell-words.ts';
import { PivotGrid } from '../pivot/pivot-grid.tsx';
import { pivotHeat } from '../pivot/pivot-heat.ts';
import { grainOf, layoutPatch, type PivotLayout, pivotLayout } from '../pivot/pivot-layout.ts';
import { PivotLegend, scopeOf } from '../pivot/pivot-legend.tsx';
import { expandableKeys, nextSort, readSort, sortWord, toggleRow, visibleRows } from '../pivot/pivot-rows.ts';
import { headingWords, pivotShownSheet, pivotTidySheet, pivotView } from '../pivot/pivot-sheet.ts';
import { isRate, type PivotTable, toPivotTable } from '../pivot/pivot-table.ts';
import { PivotTools, useFieldName } from '../pivot/pivot-tools.tsx';
import { useDashboard } from './dashboard-context.ts';
import { emptyState, hasNothing } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

type PivotTileSpec = Extract<Tile, { kind: 'pivot' }>;

/** Rows by columns with heat. Measure, rows, columns and sort are in the address; colours and open rows are the reader's own. */
export function PivotTile({ tile }: { tile: PivotTileSpec }) {
  const state = useDashboard();
  const { view, catalog } = state;
  const layout = useMemo(() => pivotLayout(tile, view, catalog), [tile, view, catalog]);
  const data = gatherResults(state.results, { cells: partKey.pivot(tile, layout) });
  // Another measure or other rows: the old picture stays until the new one is there.
  const last = useRef<{ layout: PivotLayout; result: QueryResult } | null>(null);
  if (data.kind === 'ready') last.current = { layout, result: data.results.cells };
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  if (last.current === null) return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  const { result } = last.current;
  if (hasNothing(result, [last.current.layout.metric])) {
    const empty = emptyState(result, [last.current.layout.metric], state);
    return <TileFrame tile={tile} content={{ state: 'empty', meta: result.meta, empty }} />;
  }
  return <Pivot tile={tile} asked={layout} layout={last.current.layout} result={result} />;
}

function Pivot(props: { tile: PivotTileSpec; asked: PivotLayout; layout: PivotLayout; result: QueryResult }) {
  const { tile, asked, layout, result } = props;
  const { view, onView, catalog, formats, workspace } = useDashboard();
  const [scope, setScope] = useState<HeatScope>(() => scopeOf(tile.heat));
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => new Set());
  const [place, setPlace] = useState<{ row: number | null; column: number | null }>({ row: null, column: null });
  const fieldName = useFieldName();

  const table = useMemo(
    () =>
      toPivotTable({
        result,
        layout,
        filters: view.filters,
        dimensions: catalog.dimensions,
        formats,
        weekStart: workspace.week_start,
      }),
    [result, layout, view.filters, catalog, formats, workspace.week_start],
  );
  const sort = useMemo(() => (table ? readSort(view.sort, table) : null), [view.sort, table]);
  const rows = useMemo(
    () => (table ? visibleRows(table, expanded, sort, formats.locale) : []),
    [table, expanded, sort, formats.locale],
  );
  const heat = useMemo(() => (table ? pivotHeat(table, rows, scope) : null), [table, rows, scope]);
  if (!table || !heat) return null;

  const rowLabels = layout.rows.map(fieldName);
  const closed = expandableKeys(table, 1).filter((key) => !expanded.has(key));
  const deeper = expandableKeys(table, 2).filter((key) => !expanded.has(key));
  const toOpen = closed.length > 0 ? closed : deeper;
  const ignored = ignoredDimensions([table.metric], fieldName);
  const notes = [
    table.metric.label,
    ...(ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : []),
    ...(table.omittedColumns > 0 ? [`first ${table.columns.length} columns; totals are over all`] : []),
  ];
  const say = (amount: number): string =>
    formats.value(amount, table.metric, isRate(table.metric.format) ? 'axis' : 'card');
  const breaksAt = legendPlace(scope, place, table, rows.length);
  const allRows = () => visibleRows(table, new Set(expandableKeys(table)), sort, formats.locale);
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes,
        table: () =>
          pivotView(
            table,
            rows.map(({ node }) => node),
            rowLabels,
            tile.title,
          ),
        exports: () => {
          const all = allRows();
          return {
            shown: pivotShownSheet(table, all, rowLabels, pivotHeat(table, all, scope)),
            tidy: pivotTidySheet(table, rowLabels, fieldName(layout.column)),
            compared: false,
          };
        },
        controls: (
          <PivotTools
            tile={tile}
            layout={asked}
            onLayout={(next) => onView({ ...layoutPatch(next, tile), sort: [] })}
            onExpand={toOpen.length > 0 ? () => setExpanded(new Set([...expanded, ...toOpen])) : null}
            onCollapse={expanded.size > 0 ? () => setExpanded(new Set()) : null}
          />
        ),
        body: () => (
          <div className="pivot">
            <PivotGrid
              title={`${tile.title}: ${table.metric.label}`}
              table={table}
              rows={rows}
              heat={heat}
              rowLabels={rowLabels}
              sort={sort}
              onSort={(by) => onView({ sort: [sortWord(nextSort(sort, by))] })}
              onToggle={(row, open, whole) => setExpanded(toggleRow(table, expanded, row, open, whole))}
              menuItems={(node, column) => cellActions({ table, node, column, view, onView })}
              tooltip={(node, column) => cellTooltip({ table, node, column, formats })}
              onPlace={(row, column) => setPlace({ row, column })}
            />
            <PivotLegend
              scope={scope}
              onScope={setScope}
              breaks={heat.breaks(breaksAt.row, breaksAt.column)}
              of={legendWords(scope, breaksAt, table, rows[breaksAt.row]?.node.label)}
              text={say}
              hatched={hatchedWords(table)}
              small={smallWords(table)}
            />
            {table.overlaps && (
              <p className="tile-note">
                Totals are less than the sum of their parts: what belongs to several parts is counted once.
              </p>
            )}
          </div>
        ),
      }}
    />
  );
}

type LegendPlace = { row: number; column: number };

/** The current cell, or the last settled column and the first row. */
function legendPlace(
  scope: HeatScope,
  place: { row: number | null; column: number | null },
  table: PivotTable,
  rows: number,
): LegendPlace {
  const lastSettled = Math.max(
    0,
    table.columns.findLastIndex((column) => column.state === 'settled'),
  );
  if (scope !== 'row' && scope !== 'column') return { row: 0, column: 0 };
  return { row: Math.min(place.row ?? 0, Math.max(0, rows - 1)), column: place.column ?? lastSettled };
}

function legendWords(scope: HeatScope, at: LegendPlace, table: PivotTable, row: string | undefined): string | null {
  if (scope === 'row') return row ?? null;
  return scope === 'column' ? (table.columns[at.column]?.label ?? null) : null;
}

/** `* W47 is running (to Fri); W46 is maturing: left out of colours, trend and change`. */
function hatchedWords({ columns, layout, nodes }: PivotTable): string | null {
  const depth = layout.rows.findIndex((name) => grainOf(name) !== null) + 1;
  const inRows = [...nodes.values()].filter(({ path }) => depth > 0 && path.length === depth);
  const open = [...columns, ...inRows].filter(({ state }) => state !== 'settled');
  const names = [...new Set(open.map(headingWords))];
  if (names.length === 0) return null;
  const listed = names.length > 3 ? `${names.length} of these times` : names.join('; ');
  return `* ${listed}: not in colours, trend and change`;
}

function smallWords({ metric, nodes }: PivotTable): string | null {
  const some = [...nodes.values()].some((node) => node.total.small || node.cells.some((cell) => cell.small));
  return some ? `grey: fewer than ${metric.min_sample}, not ranked` : null;
}
