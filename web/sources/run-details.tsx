import type { RunDetail, RunInfo } from '../../src/contract/api.ts';
import { failureWords } from '../api/use-ask.ts';
import { formatValue } from '../format/index.ts';
import { PlainTable } from '../table/plain-table.tsx';
import { useRun } from './source-queries.ts';

interface RunDetailsProps {
  id: number;
  locale: string;
  timeZone: string;
  onUndo(run: RunInfo): void;
}

/** What happened in a run: the reason where it failed, notices, streams, the log. */
export function RunDetails({ id, locale, timeZone, onUndo }: RunDetailsProps) {
  const query = useRun(id);
  if (query.error && !query.data) return <p role="alert">{failureWords(query.error)}</p>;
  if (!query.data) return <p className="faint">Looking for the log</p>;
  const run = query.data;
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone, hourCycle: 'h23' });
  return (
    <div className="run-details">
      {run.error && (
        <p className="run-error">
          <strong>{run.state === 'stopped' ? 'Stopped' : 'Why it failed'}:</strong> {run.error}
        </p>
      )}
      {run.notices.length > 0 && (
        <ul className="run-notices">
          {run.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
      {run.batch && !run.batch.undone && run.state !== 'running' && (
        <p>
          <button type="button" className="button" onClick={() => onUndo(run)}>
            Undo this import
          </button>{' '}
          <span className="faint">takes back every row that {run.batch.file} brought</span>
        </p>
      )}
      {run.streams.length > 0 && <RunStreams run={run} locale={locale} />}
      {run.log.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="run-log" aria-label="Log" tabIndex={0}>
          <ol>
            {run.log.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
              <li key={index} data-level={line.level}>
                <time dateTime={line.at}>{time.format(new Date(line.at))}</time>
                {line.level !== 'info' && <strong>{line.level === 'warn' ? 'notice' : 'error'}</strong>}
                <span>{line.message}</span>
              </li>
            ))}
          </ol>
        </section>
      ) : (
        <p className="faint">This run wrote nothing into its log.</p>
      )}
    </div>
  );
}

const STREAM_WORDS: Record<RunDetail['streams'][number]['state'], string> = {
  running: 'being read',
  ok: 'complete',
  failed: 'failed',
  waiting: 'not begun',
};

function RunStreams({ run, locale }: { run: RunDetail; locale: string }) {
  const count = (value: number) => formatValue(value, { locale }, 'table');
  return (
    <PlainTable
      className="run-streams"
      caption="Streams of this run"
      headings={['Stream', 'State', { number: 'Rows' }, { number: 'Pages' }]}
    >
      {run.streams.map((stream) => (
        <tr key={stream.name}>
          <th scope="row">{stream.name}</th>
          <td>{STREAM_WORDS[stream.state]}</td>
          <td className="number">{count(stream.rows)}</td>
          <td className="number">{count(stream.pages)}</td>
        </tr>
      ))}
    </PlainTable>
  );
}
