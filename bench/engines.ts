import type { Query } from '../src/contract/query.ts';
import type { BatchItem, QueryResult } from '../src/contract/result.ts';
import { createExplainEngine } from '../src/explain/create-explain-engine.ts';
import { loadDataSpan } from '../src/projector/ledger.ts';
import type { KeptRollup, QueryContext } from '../src/query/query-context.ts';
import { createQueryEngine, type QueryEngine } from '../src/query/run-query.ts';
import type { Warehouse } from '../src/warehouse/warehouse.ts';
import { ZONE } from './store/calendar.ts';
import type { BenchStore } from './store/open-store.ts';

export type Rollups = ReadonlyMap<string, KeptRollup>;

/** The moment at which everything is asked: the morning after the last day, all data there. */
export async function contextOf(warehouse: Warehouse, { calendar }: BenchStore): Promise<QueryContext> {
  const { now } = calendar;
  const data = await loadDataSpan(warehouse, ZONE);
  return { now, asOf: now, completeThrough: now, dataVersion: 'bench', data };
}

/** An engine that has answered nothing yet, with the whole width of the warehouse for every statement. */
export function freshEngine({ files }: BenchStore, warehouse: Warehouse): QueryEngine {
  const { model } = files.loaded;
  const engine = createQueryEngine({
    model,
    parallelHeavy: 4,
    run: (statement, { signal }) =>
      warehouse.query<Record<string, unknown>>(statement, {
        timeoutMs: 600_000,
        ...(signal === undefined ? {} : { signal }),
      }),
  });
  return createExplainEngine({ engine, model });
}

/** Milliseconds of a batch and its answers; throws where one of them failed. */
export async function timeBatch(
  engine: QueryEngine,
  queries: readonly Query[],
  context: QueryContext,
): Promise<{ ms: number; results: QueryResult[] }> {
  const started = performance.now();
  const { results } = await engine.runBatch(queries, context);
  const ms = performance.now() - started;
  return { ms, results: results.map(succeeded) };
}

function succeeded(item: BatchItem): QueryResult {
  if ('error' in item) throw new Error(`${item.error.message} ${JSON.stringify(item.error.problems)}`);
  return item;
}
