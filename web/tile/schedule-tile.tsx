import type { Tile } from '../../src/contract/dashboard.ts';
import { TileFrame } from './tile-frame.tsx';

export function ScheduleTile({ tile }: { tile: Extract<Tile, { kind: 'schedule' }> }) {
  return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
}
