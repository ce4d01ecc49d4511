import type { Tile } from '../../src/contract/dashboard.ts';
import { type PageQuery, type PageQueryInput, partKey, type QueryFrame, sharedParts } from './query-frame.ts';

/** Segments that a level shows before the rest is one. */
const MOST_SEGMENTS = 60;

/** The metric's change over the tile's hierarchy; against the previous period where the page compares with nothing. */
export function changeQueries(
  tile: Extract<Tile, { kind: 'change' }>,
  _input: PageQueryInput,
  frame: QueryFrame,
): PageQuery[] {
  return [
    {
      key: partKey.change(tile),
      query: { change: tile.metric, dimensions: tile.by, limit: MOST_SEGMENTS, ...sharedParts(frame) },
    },
  ];
}
