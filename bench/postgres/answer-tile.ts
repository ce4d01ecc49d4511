import type pg from 'pg';
import { TurnoutError } from '../../src/contract/errors.ts';
import type { Query } from '../../src/contract/query.ts';
import type { Row } from '../../src/contract/result.ts';
import { planChange } from '../../src/explain/plan-change.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import type { QueryContext } from '../../src/query/query-context.ts';
import { resolveFunnelQuery, resolveMetricQuery } from '../../src/query/resolve.ts';
import type { ResolvedMetricQuery } from '../../src/query/resolved.ts';
import type { BenchTile } from '../pages.ts';
import { answerFunnel } from './answer-funnel.ts';
import { answerMetrics, type PgAnswer } from './answer-metrics.ts';
import { Statements } from './statements.ts';

/** What PostgreSQL says to one query; `compare` where the query compares. */
export type PgResult =
  | { kind: 'metrics'; query: ResolvedMetricQuery; sets: PgAnswer[]; compare: PgAnswer[] | undefined }
  | { kind: 'funnel'; steps: Row[]; compare: Row[] | undefined }
  | { kind: 'change'; now: PgResult; before: PgResult };

/** Asks PostgreSQL everything that a tile asks, statement after statement as their charts would. */
export async function answerTile(
  client: pg.Client,
  tile: BenchTile,
  model: CheckedModel,
  context: QueryContext,
): Promise<{ results: PgResult[]; statements: string[] }> {
  const statements = new Statements(client);
  const results: PgResult[] = [];
  for (const { query } of tile.queries) results.push(await answerQuery(query, model, context, statements));
  return { results, statements: statements.texts };
}

async function answerQuery(
  query: Query,
  model: CheckedModel,
  context: QueryContext,
  statements: Statements,
): Promise<PgResult> {
  if ('change' in query) {
    const planned = planChange(query, model, context);
    const now = await answerQuery(planned.now, model, context, statements);
    return { kind: 'change', now, before: await answerQuery(planned.before, model, context, statements) };
  }
  if ('funnel' in query) {
    const { query: resolved } = resolveFunnelQuery(query, model, context);
    if (resolved === undefined) throw new TurnoutError('invalid_request', 'a funnel that cannot be resolved');
    const steps = await answerFunnel(resolved, 'range', statements);
    const compare = resolved.compare === undefined ? undefined : await answerFunnel(resolved, 'compare', statements);
    return { kind: 'funnel', steps, compare };
  }
  const { query: resolved } = resolveMetricQuery(query, model, context);
  if (resolved === undefined) throw new TurnoutError('invalid_request', 'a query that cannot be resolved');
  const ways = resolved.sets ?? [resolved.groups];
  const answer = async (which: 'range' | 'compare'): Promise<PgAnswer[]> => {
    const answers: PgAnswer[] = [];
    for (const groups of ways) answers.push(await answerMetrics(resolved, which, groups, statements));
    return answers;
  };
  const sets = await answer('range');
  return {
    kind: 'metrics',
    query: resolved,
    sets,
    compare: resolved.compare === undefined ? undefined : await answer('compare'),
  };
}
