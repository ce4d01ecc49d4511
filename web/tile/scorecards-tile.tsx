import type { Tile } from '../../src/contract/dashboard.ts';
import type { QueryResult, ResultColumn } from '../../src/contract/result.ts';
import { Scorecard } from '../charts/scorecard.tsx';
import { toSeries } from '../charts/series.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { cardsSheet } from '../export/chart-sheets.ts';
import { NO_DATA } from '../format/index.ts';
import type { TableView } from '../table/table-view.ts';
import { type CellValue, cellChange, cellValue } from './cell-value.ts';
import { useDashboard } from './dashboard-context.ts';
import { emptyState, hasNothing } from './empty-state.ts';
import { gatherResults } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

interface Card {
  column: ResultColumn;
  now: CellValue;
  before: CellValue | null;
}

/** Big numbers with their change and a sparkline. */
export function ScorecardsTile({ tile }: { tile: Extract<Tile, { kind: 'scorecards' }> }) {
  const state = useDashboard();
  const { results, catalog, view, formats, workspace, period } = state;
  const hasTrend = state.dashboard.subject === undefined;
  const data = gatherResults<string>(results, { totals: partKey.totals(tile) });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;

  const { totals } = data.results;
  if (!totals) return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  const { first, last } = workspace.data;
  const outside = hasTrend && (first === null || last === null || last < period.start || first >= period.end);
  if (outside && hasNothing(totals, tile.metrics)) {
    const empty = emptyState(totals, tile.metrics, state);
    return <TileFrame tile={tile} content={{ state: 'empty', meta: totals.meta, empty }} />;
  }
  const trends = hasTrend ? toSeries(totals, { metrics: tile.metrics, timeZone: formats.timeZone }) : null;
  const cards = tile.metrics.flatMap((metric): Card[] => {
    const column = totals.columns.find((candidate) => candidate.name === metric);
    if (!column) return [];
    const row = rowOf(totals);
    const compared = totals.compare?.totals ?? totals.compare?.rows[0] ?? null;
    return [
      {
        column,
        now: cellValue(row, column, totals.meta, view.filters, formats, 'card'),
        before: compared ? cellValue(compared, column, totals.meta, view.filters, formats, 'card') : null,
      },
    ];
  });
  const labelOf = (dimension: string): string =>
    catalog.dimensions.find((candidate) => candidate.name === dimension)?.label ?? dimension;

  const table = (): TableView => ({
    caption: tile.title,
    columns: [
      { label: 'Metric', numeric: false },
      { label: 'Value', numeric: true },
      { label: 'Before', numeric: true },
      { label: 'Change', numeric: true },
    ],
    rows: cards.map(({ column, now, before }) => [
      column.label,
      now.amount === null ? now.text : formats.value(now.amount, column, 'table'),
      before?.amount == null ? NO_DATA : formats.value(before.amount, column, 'table'),
      cellChange(now, before, column, formats)?.longText ?? NO_DATA,
    ]),
  });
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: totals.meta,
        table,
        exports: () => ({ shown: cardsSheet(cards) }),
        body: () => (
          <ul className="cards" data-count={cards.length}>
            {cards.map(({ column, now, before }) => (
              <li key={column.name}>
                <Scorecard
                  column={column}
                  info={catalog.metrics.find((metric) => metric.name === column.name)}
                  now={now}
                  before={before}
                  trend={trends}
                  ignores={(column.ignores ?? []).map(labelOf)}
                  completeThrough={totals.meta.complete_through}
                />
              </li>
            ))}
          </ul>
        ),
      }}
    />
  );
}

function rowOf(result: QueryResult) {
  return result.totals ?? result.rows[0] ?? null;
}
