import type { Tile } from '../../src/contract/dashboard.ts';
import { assertNever } from '../../src/contract/errors.ts';
import { BarTile } from './bar-tile.tsx';
import { ChangeTile } from './change-tile.tsx';
import { useDashboard } from './dashboard-context.ts';
import { FunnelTile } from './funnel-tile.tsx';
import { HeatmapTile } from './heatmap-tile.tsx';
import { LineTile } from './line-tile.tsx';
import { PivotTile } from './pivot-tile.tsx';
import { ScheduleTile } from './schedule-tile.tsx';
import { ScorecardsTile } from './scorecards-tile.tsx';
import { TableTile } from './table-tile.tsx';
import { TextTile } from './text-tile.tsx';
import { TileBoundary } from './tile-boundary.tsx';

/** One tile of any kind. What breaks in it stays in it. */
export function DashboardTile({ tile }: { tile: Tile }) {
  const { results } = useDashboard();
  return (
    <TileBoundary title={tile.title} resetOn={results}>
      <TileOfKind tile={tile} />
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
