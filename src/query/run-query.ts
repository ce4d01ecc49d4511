import { type Problem, TurnoutError } from '../contract/errors.ts';
import type { Query } from '../contract/query.ts';
import type { BatchResult, QueryResult } from '../contract/result.ts';
import type { CheckedModel } from '../model/checked.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { answerBatch } from './answer-batch.ts';
import { answerFunnel } from './answer-funnel.ts';
import { answerMetrics } from './answer-metrics.ts';
import { checkFunnelQuery } from './checks/funnel.ts';
import { checkMetricQuery } from './checks/index.ts';
import type { QueryContext, RunStatement } from './query-context.ts';
import { resolveFunnelQuery, resolveMetricQuery } from './resolve.ts';
import type { ResolvedFunnelQuery, ResolvedMetricQuery } from './resolved.ts';
import { type ServingStatus, StatementCache, type StatementCacheOptions } from './statement-cache.ts';
import { Trace } from './trace.ts';

interface QueryEngineOptions extends Pick<StatementCacheOptions, 'parallelHeavy' | 'maxOverdue' | 'estimateRows'> {
  /** Runs a statement and gives its rows as objects; `Warehouse.query` fits. */
  run: RunStatement;
  model: CheckedModel;
  /** Statements at a time; the engine's pool of readers. Default 4. */
  parallel?: number;
  /** Rows that the cache keeps. Default 200,000. */
  cacheRows?: number;
  /** Hears of our own mistakes in a batch, where the other queries are answered all the same. */
  onBug?: (error: unknown) => void;
}

export interface QueryEngine {
  /** Answers one query. Throws `TurnoutError('invalid_request')` with every problem at once; errors of `run` pass through. */
  run(query: Query, context: QueryContext): Promise<QueryResult>;
  /**
   * Answers several over one data version; one that fails does not take the others with it. What is complete and late depends on
   * the tables that a query reads, so each may have a context of its own.
   */
  runBatch(queries: readonly Query[], context: QueryContext | ((query: Query) => QueryContext)): Promise<BatchResult>;
  /** The statements that `run` would send, commented. Nothing is run. */
  explainSql(query: Query, context: QueryContext): Promise<string>;
  /** How statements are answered. */
  status(): ServingStatus;
}

/** Answers queries of the one grammar over a model. Pure but for the runner that is handed in. */
export function createQueryEngine(options: QueryEngineOptions): QueryEngine {
  const { model, run, onBug } = options;
  const cache = new StatementCache({
    ...options,
    run,
    parallel: options.parallel ?? 4,
    maxRows: options.cacheRows ?? 200_000,
  });

  async function answer(query: Query, context: QueryContext): Promise<QueryResult> {
    const resolved = resolveQuery(query, model, context);
    const trace = new Trace((statement, traits) => cache.run(statement, traits, context));
    return answerResolved(resolved, trace, context);
  }

  return {
    status: () => cache.status(),
    run: answer,
    runBatch: (queries, context) => answerBatch(queries, context, answer, onBug),
    async explainSql(query, context) {
      const statements: RenderedSql[] = [];
      const trace = new Trace(async (statement) => {
        statements.push(statement);
        return { rows: [], rowsRead: 0, cached: false };
      });
      await answerResolved(resolveQuery(query, model, context), trace, context);
      return statements.join(';\n\n');
    },
  };
}

type ResolvedQuery = ResolvedMetricQuery | ResolvedFunnelQuery;

function resolveQuery(query: Query, model: CheckedModel, context: QueryContext): ResolvedQuery {
  if ('change' in query) throw new Error('changes are answered by explain/');
  if ('funnel' in query) {
    const { query: resolved, problems } = resolveFunnelQuery(query, model, context);
    return refuse(resolved, [...problems, ...(resolved === undefined ? [] : checkFunnelQuery(resolved))]);
  }
  const { query: resolved, problems } = resolveMetricQuery(query, model, context);
  return refuse(resolved, [...problems, ...(resolved === undefined ? [] : checkMetricQuery(resolved))]);
}

function refuse<T>(resolved: T | undefined, problems: Problem[]): T {
  if (problems.length > 0 || resolved === undefined)
    throw new TurnoutError('invalid_request', problems.map((problem) => problem.message).join(' '), problems);
  return resolved;
}

function answerResolved(query: ResolvedQuery, trace: Trace, context: QueryContext): Promise<QueryResult> {
  return query.kind === 'funnel' ? answerFunnel(query, trace, context) : answerMetrics(query, trace, context);
}
