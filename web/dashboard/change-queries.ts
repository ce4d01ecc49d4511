import type { Tile } from '../../src/contract/dashboard.ts';
import type { PageQuery, PageQueryInput, QueryFrame } from './query-frame.ts';

export function changeQueries(
  _tile: Extract<Tile, { kind: 'change' }>,
  _input: PageQueryInput,
  _frame: QueryFrame,
): PageQuery[] {
  return [];
}
