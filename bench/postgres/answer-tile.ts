import type pg from 'pg';
import { TurnoutError } from '../../src/contract/errors.ts';
import type { Query } from '../../src/contract/query.ts';
import type { Row } from '../../src/contract/result.ts';
import { planChange } from '../../src/explain/plan-change.ts';
import type { QueryContext } from '../../src/query/query-context.ts';
import { resolveFunnelQuery, resolveMetricQuery } from '../../src/query/resolve.ts';
import type { ResolvedMetricQuery } from '../../src/query/resolved.ts';
import type { BenchTile } from '../pages.ts';
import type { BenchStore } from '../store/open-store.ts';
import { answerFunnel } from './answer-funnel.ts';
import { answerMetrics, foldRows, isAdditive, type PgAnswer } from './answer-metrics.ts';
import { Statements } from './statements.ts';

/** What PostgreSQL says to one query; `compare` where the query compares. */
export type PgResult =
  | { kind: 'metrics'; query: ResolvedMetricQuery; sets: PgAnswer[]; compare: PgAnswer[] | undefined }
  | { kind: 'funnel'; steps: Row[]; compare: Row[] | undefined }
  | { kind: 'change'; now: PgResult; before: PgResult };

interface Asked {
  store: BenchStore;
  context: QueryContext;
  statements: Statements;
}

/** Asks PostgreSQL everything that a tile asks, statement after statement as their charts would. */
export async function answerTile(
  client: pg.Client,
  tile: BenchTile,
  { store, context }: Omit<Asked, 'statements'>,
): Promise<{ results: PgResult[]; statements: string[] }> {
  const statements = new Statements(client);
  const results: PgResult[] = [];
  for (const { query } of tile.queries) results.push(await answerQuery(query, { store, context, statements }));
  return { results, statements: statements.texts };
}

async function answerQuery(query: Query, asked: Asked): Promise<PgResult> {
  const { store, context, statements } = asked;
  const { model } = store.files.loaded;
  if ('change' in query) {
    const planned = planChange(query, model, context);
    const now = await answerQuery(planned.now, asked);
    return { kind: 'change', now, before: await answerQuery(planned.before, asked) };
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
  const answer = (which: 'range' | 'compare') => answerWays(resolved, which, { calendar: store.calendar, statements });
  const sets = await answer('range');
  const compare = resolved.compare === undefined ? undefined : await answer('compare');
  return { kind: 'metrics', query: resolved, sets, compare };
}

/** Each way to group of a query. Those of what can be added up are added up from the finest, which one statement gives. */
async function answerWays(
  query: ResolvedMetricQuery,
  which: 'range' | 'compare',
  asked: Parameters<typeof answerMetrics>[3],
): Promise<PgAnswer[]> {
  const { sets, groups, metrics } = query;
  if (sets === undefined) return [await answerMetrics(query, which, groups, asked)];
  if (metrics.some(({ name }) => !isAdditive(name))) {
    const answers: PgAnswer[] = [];
    for (const set of sets) answers.push(await answerMetrics(query, which, set, asked));
    return answers;
  }
  const finest = await answerMetrics(query, which, groups, asked);
  return sets.map((set) =>
    foldRows(
      finest,
      set.map(({ name }) => name),
    ),
  );
}
