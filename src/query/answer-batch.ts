import { TurnoutError } from '../contract/errors.ts';
import type { Query } from '../contract/query.ts';
import type { BatchItem, BatchResult, QueryResult } from '../contract/result.ts';
import { BusyError } from './lane.ts';
import { ownTurn } from './own-turn.ts';
import type { QueryContext } from './query-context.ts';

/**
 * Answers several queries over one data version; one that fails does not take the others with it. What is complete and late depends
 * on the tables that a query reads, so each may have a context of its own.
 *
 * @throws BusyError where none was answered and one could not even wait: the whole batch should be tried again
 */
export async function answerBatch(
  queries: readonly Query[],
  context: QueryContext | ((query: Query) => QueryContext),
  answer: (query: Query, context: QueryContext) => Promise<QueryResult>,
  /** Hears of our own mistakes. */
  onBug?: (error: unknown) => void,
): Promise<BatchResult> {
  const asked = queries.map((query) => ({ query, context: typeof context === 'function' ? context(query) : context }));
  let busy: BusyError | undefined;
  const answers: Promise<BatchItem>[] = [];
  for (const one of asked) {
    if (answers.length > 0) await ownTurn();
    const item = answer(one.query, one.context).catch((error: unknown): BatchItem => {
      one.context.signal?.throwIfAborted();
      if (error instanceof BusyError) busy = error;
      return describeFailure(error, onBug);
    });
    // It may fail before all of them are waited for.
    item.catch(() => {});
    answers.push(item);
  }
  const results = await Promise.all(answers);
  if (busy !== undefined && results.every((result) => 'error' in result)) throw busy;
  return { results, data_version: asked[0]?.context.dataVersion ?? '' };
}

function describeFailure(error: unknown, onBug: ((error: unknown) => void) | undefined): BatchItem {
  if (error instanceof TurnoutError)
    return { error: { code: error.code, message: error.message, problems: error.problems } };
  onBug?.(error);
  return { error: { code: 'internal', message: 'This query failed because of a mistake in Turnout.', problems: [] } };
}
