import type { Tile } from '../../src/contract/dashboard.ts';
import type { PageQuery, PageQueryInput, QueryFrame } from './query-frame.ts';

export function pivotQueries(
  _tile: Extract<Tile, { kind: 'pivot' }>,
  _input: PageQueryInput,
  _frame: QueryFrame,
): PageQuery[] {
  return [];
}
