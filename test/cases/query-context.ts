import type { FunnelQuery, MetricQuery } from '../../src/contract/query.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import type { QueryContext } from '../../src/query/query-context.ts';
import { createQueryEngine } from '../../src/query/run-query.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

/** Asked at `now` (UTC milliseconds), when everything before is complete. */
export function completeContext(now: number, more: Partial<QueryContext> = {}): QueryContext {
  return { now, asOf: now, completeThrough: now, dataVersion: '1', data: { first: null, last: null }, ...more };
}

/** Asks about the rows of this moment; `now` in UTC milliseconds. */
export function askerAt(
  now: number,
  { warehouse, model }: { warehouse: Warehouse; model: CheckedModel },
): (query: MetricQuery | FunnelQuery) => Promise<QueryResult> {
  const queries = createQueryEngine({ model, run: (statement, options) => warehouse.query(statement, options) });
  return (query) => queries.run(query, completeContext(now));
}
