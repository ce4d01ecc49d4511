import { useState } from 'react';
import { TABLE_COLUMN_TYPES, type TableColumnType } from '../../src/contract/facts.ts';
import type { StreamReport } from '../../src/contract/pull.ts';
import { postJson } from '../api/client.ts';
import { failureWords } from '../api/use-ask.ts';
import { COLUMN_TYPE_WORDS } from '../table/column-types.ts';
import { sourcePath } from './source-path.ts';

const asType = (type: string): TableColumnType => TABLE_COLUMN_TYPES.find((one) => one === type) ?? 'text';

/** Rows of this stream go into a table that nobody has declared: its types as found, to be changed, and one button for its files. */
export function MakeTable({ source, table, report }: { source: string; table: string; report: StreamReport }) {
  const [types, setTypes] = useState<Record<string, TableColumnType>>({});
  const [outcome, setOutcome] = useState<
    { is: 'asked' | 'working' } | { is: 'failed'; words: string } | { is: 'made'; dashboard: string; files: string[] }
  >({ is: 'asked' });
  const typeOf = (column: { name: string; type: string }) => types[column.name] ?? asType(column.type);

  const make = async () => {
    setOutcome({ is: 'working' });
    try {
      const made = await postJson<{ dashboard: string; files: string[] }>(`${sourcePath(source)}/tables`, {
        stream: report.stream,
        columns: report.columns.map((column) => ({ name: column.name, type: typeOf(column) })),
      });
      setOutcome({ is: 'made', ...made });
    } catch (error) {
      setOutcome({ is: 'failed', words: failureWords(error) });
    }
  };

  if (outcome.is === 'made')
    return (
      <p role="status">
        Written:{' '}
        {outcome.files.map((file) => (
          <code key={file}>{file} </code>
        ))}
        <a href={outcome.dashboard}>Open the dashboard</a>
      </p>
    );
  return (
    <section className="make-table" aria-label={`Table ${table}`}>
      <h3>
        The table <code>{table}</code> is not declared yet
      </h3>
      <p className="faint">
        Its rows are kept, and counted as soon as it is. These types were found; change what is wrong. A dataset with
        metrics and a dashboard are written beside it, as files that you can change.
      </p>
      <ul className="make-table-columns">
        {report.columns.map((column) => (
          <li key={column.name}>
            <label>
              <code>{column.name}</code>{' '}
              <select
                className="field"
                value={typeOf(column)}
                onChange={({ currentTarget }) => setTypes({ ...types, [column.name]: asType(currentTarget.value) })}
              >
                {TABLE_COLUMN_TYPES.map((type) => (
                  <option key={type} value={type}>
                    {COLUMN_TYPE_WORDS[type]}
                  </option>
                ))}
              </select>
            </label>
          </li>
        ))}
      </ul>
      {outcome.is === 'failed' && (
        <p role="alert" className="run-error">
          {outcome.words}
        </p>
      )}
      <button type="button" className="button-main" disabled={outcome.is === 'working'} onClick={() => void make()}>
        {outcome.is === 'working' ? 'Writing …' : 'Make the table and a dashboard'}
      </button>
    </section>
  );
}
