import type { Tile } from '../../src/contract/dashboard.ts';
import { TileFrame } from './tile-frame.tsx';

export function ChangeTile({ tile }: { tile: Extract<Tile, { kind: 'change' }> }) {
  return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
}
