import { memo, Suspense } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import { assertNever } from '../../src/contract/errors.ts';
import { Chart } from '../charts/chart-part.ts';
import { type Part, part } from '../layout/part.tsx';
import { BarTile } from './bar-tile.tsx';
import { useDashboard } from './dashboard-context.ts';
import { FunnelTile } from './funnel-tile.tsx';
import { HeatmapTile } from './heatmap-tile.tsx';
import { LineTile } from './line-tile.tsx';
import { ScorecardsTile } from './scorecards-tile.tsx';
import { DataTable, TableTile } from './table-tile.tsx';
import { TextTile } from './text-tile.tsx';
import { TileBoundary } from './tile-boundary.tsx';
import { TileFrame } from './tile-frame.tsx';

/** Loaded with the first page that has one. */
const PivotTile = part(() => import('./pivot-tile.tsx').then((module) => module.PivotTile));
const ScheduleTile = part(() => import('./schedule-tile.tsx').then((module) => module.ScheduleTile));
const ChangeTile = part(() => import('./change-tile.tsx').then((module) => module.ChangeTile));

const PARTS: Partial<Record<Tile['kind'], Pick<Part<never>, 'preload'>>> = {
  line: Chart,
  bar: Chart,
  table: DataTable,
  pivot: PivotTile,
  schedule: ScheduleTile,
  change: ChangeTile,
};

/** Fetches the code that a tile is drawn with. */
export function preloadTile({ kind }: Tile): Promise<unknown> {
  return PARTS[kind]?.preload() ?? Promise.resolve();
}

/** One tile of any kind. What breaks in it stays in it. */
export const DashboardTile = memo(function DashboardTile({ tile }: { tile: Tile }) {
  const { results } = useDashboard();
  return (
    <TileBoundary title={tile.title} resetOn={results}>
      <Suspense fallback={<TileFrame tile={tile} content={{ state: 'waiting' }} />}>
        <TileOfKind tile={tile} />
      </Suspense>
    </TileBoundary>
  );
});

function TileOfKind({ tile }: { tile: Tile }) {
  switch (tile.kind) {
    case 'scorecards':
      return <ScorecardsTile tile={tile} />;
    case 'line':
      return <LineTile tile={tile} />;
    case 'bar':
      return <BarTile tile={tile} />;
    case 'heatmap':
      return <HeatmapTile tile={tile} />;
    case 'funnel':
      return <FunnelTile tile={tile} />;
    case 'table':
      return <TableTile tile={tile} />;
    case 'pivot':
      return <PivotTile tile={tile} />;
    case 'schedule':
      return <ScheduleTile tile={tile} />;
    case 'change':
      return <ChangeTile tile={tile} />;
    case 'text':
      return <TextTile tile={tile} />;
    default:
      return assertNever(tile);
  }
}
