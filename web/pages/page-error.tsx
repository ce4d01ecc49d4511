import { Link } from '@tanstack/react-router';
import { RequestError } from '../api/client.ts';

/** A page that cannot be shown: what failed, what to do, details to copy. */
export function PageError({ error, onRetry }: { error: Error; onRetry?: (() => void) | undefined }) {
  const known = error instanceof RequestError;
  const missing = known && error.code === 'not_found';
  return (
    <div className="page-message">
      <h1>{missing ? 'Not found' : 'This page could not be loaded'}</h1>
      <p>{known ? error.message : 'Something on this page failed. The numbers on the server are not touched.'}</p>
      {onRetry && !missing && (
        <button type="button" className="button-main" onClick={onRetry}>
          Try again
        </button>
      )}
      {missing && (
        <p>
          <Link to="/">Go to the first dashboard</Link>
        </p>
      )}
      <details>
        <summary>Details</summary>
        <pre>{detailsOf(error)}</pre>
      </details>
    </div>
  );
}

function detailsOf(error: Error): string {
  if (!(error instanceof RequestError)) return `${error.name}: ${error.message}`;
  const problems = error.problems.map((problem) => `${problem.path}: ${problem.message} ${problem.hint ?? ''}`);
  return [`code: ${error.code}`, ...(error.requestId ? [`request: ${error.requestId}`] : []), ...problems].join('\n');
}
