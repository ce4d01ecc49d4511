import { useEffect, useState } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import { showToast } from '../layout/messages.tsx';
import { useDashboard } from './dashboard-context.ts';
import type { EmptyState } from './empty-state.ts';
import type { TileError } from './tile-data.ts';

/** Bars in the tile's final geometry, shown only after 150 ms (by CSS). */
export function TileSkeleton({ tile }: { tile: Tile }) {
  if (tile.kind === 'scorecards') {
    return (
      <ul className="cards tile-skeleton-cards" data-count={tile.metrics.length} aria-hidden="true">
        {tile.metrics.map((metric) => (
          <li key={metric}>
            <div className="card" />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className={`tile-skeleton tile-skeleton-${tile.kind}`} aria-hidden="true">
      {[1, 2, 3, 4, 5, 6].map((bar) => (
        <span key={bar} />
      ))}
    </div>
  );
}

/** "Working… 2.4 s" once two seconds have passed. */
export function Working() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const start = performance.now();
    const timer = setInterval(() => setSeconds((performance.now() - start) / 1000), 100);
    return () => clearInterval(timer);
  }, []);
  return seconds < 2 ? null : <p className="tile-working">Working… {seconds.toFixed(1)} s</p>;
}

export function TileEmpty({ state }: { state: EmptyState }) {
  const { onView } = useDashboard();
  const { action } = state;
  const view = action?.view;
  return (
    <div className="tile-message" data-empty={state.kind}>
      <p>{state.text}</p>
      {action && view && (
        <button type="button" className="tile-button" onClick={() => onView(view)}>
          {action.label}
        </button>
      )}
      {action?.href && (
        <a className="tile-button" href={action.href}>
          {action.label}
        </a>
      )}
    </div>
  );
}

const ADVICE: Record<string, string> = {
  forbidden: 'Your role cannot see this. Ask the owner of the workspace for the right.',
  unavailable: 'The figures are safe; the query engine is being restarted. Try again in a few seconds.',
  timeout: 'Choose a shorter period or fewer filters, or try again.',
  invalid_request: 'Check the filters and the period, or the dashboard file that declares this tile.',
  not_found: 'Check the names in the dashboard file that declares this tile.',
};

/** Three lines: what failed, what to do, details to copy. A message of ours is meaningful; anything else "could not be loaded". */
export function TileFailure({ title, error }: { title: string; error: TileError }) {
  const { onRetry } = useDashboard();
  const technical = error.code === 'internal';
  const details = [
    `code: ${error.code}`,
    `tile: ${title}`,
    `message: ${error.message}`,
    ...error.problems.map((problem) => `${problem.path}: ${problem.message}${problem.hint ? ` ${problem.hint}` : ''}`),
  ].join('\n');
  return (
    <div className="tile-message tile-failure" role="alert">
      <p className="tile-failure-what">
        {technical ? `“${title}” could not be loaded.` : `“${title}” cannot be shown: ${error.message}`}
      </p>
      <p>{ADVICE[error.code] ?? 'Try again. If it stays, send the details to whoever runs Turnout.'}</p>
      <div className="tile-failure-actions">
        <button type="button" className="tile-button" onClick={onRetry}>
          Retry
        </button>
        <details>
          <summary>Details</summary>
          <pre>{details}</pre>
          <button
            type="button"
            className="tile-button"
            onClick={() => void navigator.clipboard.writeText(details).then(() => showToast('Details copied'))}
          >
            Copy details
          </button>
        </details>
      </div>
    </div>
  );
}
