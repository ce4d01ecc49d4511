import { lazy, Suspense } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import { assertNever } from '../../src/contract/errors.ts';
import { BarTile } from './bar-tile.tsx';
import { useDashboard } from './dashboard-context.ts';
import { FunnelTile } from './funnel-tile.tsx';
import { HeatmapTile } from './heatmap-tile.tsx';
import { LineTile } from './line-tile.tsx';
import { ScorecardsTile } from './scorecards-tile.tsx';
import { TableTile } from './table-tile.tsx';
import { TextTile } from './text-tile.tsx';
import { TileBoundary } from './tile-boundary.tsx';
import { TileFrame } from './tile-frame.tsx';

/** Loaded with the first page that has one. */
const PivotTile = lazy(() => import('./pivot-tile.tsx').then((module) => ({ default: module.PivotTile })));
const ScheduleTile = lazy(() => import('./schedule-tile.tsx').then((module) => ({ default: module.ScheduleTile })));
const ChangeTile = lazy(() => import('./change-tile.tsx').then((module) => ({ default: module.ChangeTile })));

/** One tile of any kind. What breaks in it stays in it. */
export function DashboardTile({ tile }: { tile: Tile }) {
  const { results } = useDashboard();
  return (
    <TileBoundary title={tile.title} resetOn={results}>
      <Suspense fallback={<TileFrame tile={tile} content={{ state: 'waiting' }} />}>
        <TileOfKind tile={tile} />
      </Suspense>
    </TileBoundary>
  );
}

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
