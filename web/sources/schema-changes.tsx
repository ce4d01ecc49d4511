import type { SchemaChange, SourceInfo } from '../../src/contract/api.ts';
import { useAsk } from '../api/use-ask.ts';
import { formatInstant } from '../format/index.ts';
import { sourcePath } from './source-path.ts';

interface ChangesProps {
  source: SourceInfo;
  changes: readonly SchemaChange[];
  locale: string;
  timeZone: string;
}

/** Columns of the service that came, went or changed, until somebody has seen it. */
export function SchemaChanges({ source, changes, locale, timeZone }: ChangesProps) {
  const ask = useAsk();
  if (changes.length === 0) return null;
  return (
    <section className="panel notice-panel" aria-labelledby="schema-changes">
      <h2 id="schema-changes">The service’s columns have changed</h2>
      <ul className="plain-list">
        {changes.map((change) => (
          <li key={change.id}>
            <span>
              {change.detail}{' '}
              <span className="faint">
                {change.stream}, {formatInstant(change.at, locale, timeZone)}
              </span>
            </span>
            <button
              type="button"
              className="button"
              aria-label={`Got it: ${change.column} of ${change.stream}`}
              onClick={() => void ask(`${sourcePath(source.name)}/changes/${change.id}/acknowledge`, {})}
            >
              Got it
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
