import { useQueryClient } from '@tanstack/react-query';
import { showToast } from '../layout/messages.tsx';
import { postJson, RequestError } from './client.ts';

/** Queries that an action of a person may change. */
const TOUCHED = ['sources', 'run', 'ledger', 'quarantine', 'freshness'];

/**
 * Asks the server to do something, says what came of it, and looks at the sources again. Answers null where it failed; the
 * reason was then shown.
 */
export function useAsk(): <T>(
  path: string,
  body: unknown,
  done?: string | ((answer: T) => string),
) => Promise<T | null> {
  const client = useQueryClient();
  return async <T>(path: string, body: unknown, done?: string | ((answer: T) => string)) => {
    try {
      const answer = await postJson<T>(path, body);
      if (done !== undefined) showToast(typeof done === 'string' ? done : done(answer));
      return answer;
    } catch (error) {
      showToast(failureWords(error));
      return null;
    } finally {
      void client.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
    }
  };
}

/** What went wrong, with what to do about it where the server says so. */
export function failureWords(error: unknown): string {
  if (!(error instanceof RequestError)) return 'That did not work. Try again.';
  const hints = error.problems.map((problem) => problem.hint ?? problem.message).slice(0, 2);
  return [error.message, ...hints.filter((hint) => !error.message.includes(hint))].join(' ');
}
