import { useQueryClient } from '@tanstack/react-query';
import { showToast } from '../layout/messages.tsx';
import { postJson, RequestError } from './client.ts';

/** Queries that an action of a person may change. */
const TOUCHED = ['sources', 'run', 'ledger', 'quarantine', 'freshness'];

export type Attempt<T> = { ok: true; answer: T } | { ok: false; message: string };

/** Asks the server to do something and looks at the sources again. For dialogs: a toast would lie behind them. */
export function useAttempt(): <T>(path: string, body: unknown) => Promise<Attempt<T>> {
  const client = useQueryClient();
  return async <T>(path: string, body: unknown): Promise<Attempt<T>> => {
    try {
      return { ok: true, answer: await postJson<T>(path, body) };
    } catch (error) {
      return { ok: false, message: failureWords(error) };
    } finally {
      void client.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
    }
  };
}

/** The same with a toast that says what came of it. Answers null where it failed. */
export function useAsk(): <T>(
  path: string,
  body: unknown,
  done?: string | ((answer: T) => string),
) => Promise<T | null> {
  const attempt = useAttempt();
  return async <T>(path: string, body: unknown, done?: string | ((answer: T) => string)) => {
    const outcome = await attempt<T>(path, body);
    if (!outcome.ok) {
      showToast(outcome.message);
      return null;
    }
    if (done !== undefined) showToast(typeof done === 'string' ? done : done(outcome.answer));
    return outcome.answer;
  };
}

/** What went wrong, with what to do about it where the server says so. */
export function failureWords(error: unknown): string {
  if (!(error instanceof RequestError)) return 'That did not work. Try again.';
  const hints = error.problems.map((problem) => problem.hint ?? problem.message).slice(0, 2);
  return [error.message, ...hints.filter((hint) => !error.message.includes(hint))].join(' ');
}
