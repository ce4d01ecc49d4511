import type { Tile } from '../../src/contract/dashboard.ts';
import type { PageQuery, PageQueryInput, QueryFrame } from './query-frame.ts';

export function scheduleQueries(
  _tile: Extract<Tile, { kind: 'schedule' }>,
  _input: PageQueryInput,
  _frame: QueryFrame,
): PageQuery[] {
  return [];
}
