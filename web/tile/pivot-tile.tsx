import type { Tile } from '../../src/contract/dashboard.ts';
import { TileFrame } from './tile-frame.tsx';

export function PivotTile({ tile }: { tile: Extract<Tile, { kind: 'pivot' }> }) {
  return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
}
