import { Link } from '@tanstack/react-router';
import type { SourceInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useNow } from '../api/use-now.ts';
import { formatAgo, formatInstant, formatRows, formatValue, NO_DATA } from '../format/index.ts';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { scheduleWords } from './schedule-words.ts';
import { SourceMenu } from './source-menu.tsx';
import { StateDot } from './state-dot.tsx';
import { SyncButton } from './sync-button.tsx';

/** All sources, whether they send, are read or get files; each row leads to its page. */
export function SourceTable({ sources, workspace }: { sources: SourceInfo[]; workspace: WorkspaceInfo }) {
  return (
    <TableFrame label="Sources">
      <PlainTable
        className="source-table card-table"
        headings={[
          'Source',
          'Brings',
          'State',
          'Last complete',
          'Expected',
          { number: 'Rows 24 h' },
          { number: 'Quarantined' },
          'Next',
          { hidden: 'Actions' },
        ]}
      >
        {sources.map((source) => (
          <SourceRow key={source.name} source={source} workspace={workspace} />
        ))}
      </PlainTable>
    </TableFrame>
  );
}

function SourceRow({ source, workspace }: { source: SourceInfo; workspace: WorkspaceInfo }) {
  const { locale } = workspace;
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const running = source.state === 'running' ? source.last_run : undefined;
  return (
    <tr>
      <th scope="row">
        <Link to="/sources/$name" params={{ name: source.name }}>
          {source.label}
        </Link>
        <span className="cell-line faint">{modeWords(source, locale)}</span>
      </th>
      <td data-label="Brings" data-empty={(source.streams ?? []).length === 0 || undefined}>
        {streamWords(source)}
      </td>
      <td data-label="State" className="state-cell">
        <StateDot state={source.state} />
        <span className="cell-line faint">
          {running ? `${formatRows(running.rows, locale)} so far` : source.detail}
        </span>
      </td>
      <td data-label="Last complete">
        <LastComplete source={source} workspace={workspace} />
      </td>
      <td data-label="Expected" data-empty={source.expected === undefined || undefined}>
        {source.expected ?? <span className="faint">{NO_DATA}</span>}
      </td>
      <td data-label="Rows 24 h" className="number">
        {count(source.received_24h)}
      </td>
      <td data-label="Quarantined" className="number">
        {source.quarantined === 0 ? (
          count(0)
        ) : (
          <Link to="/quarantine" search={{ text: `?source=${source.name}` }}>
            {count(source.quarantined)}
          </Link>
        )}
      </td>
      <td data-label="Next" data-empty={source.mode === 'push' || undefined}>
        <NextRun source={source} workspace={workspace} />
      </td>
      <td className="row-actions">
        <div>
          <SyncButton source={source} />
          {source.mode === 'file' && (
            <Link to="/import" className="button">
              Upload
            </Link>
          )}
          <SourceMenu source={source} />
        </div>
      </td>
    </tr>
  );
}

/** How a source brings what it has: "postgres, read every day at 06:00". */
function modeWords(source: SourceInfo, locale: string): string {
  switch (source.mode) {
    case 'push':
      return `${source.connector}, sends by itself`;
    case 'pull':
      return `${source.connector}, read ${scheduleWords(source.schedule, locale)}${source.hook ? '; sends as well' : ''}`;
    case 'file':
      return `${source.connector}, files`;
  }
}

function streamWords({ streams = [] }: SourceInfo) {
  if (streams.length === 0) return <span className="faint">{NO_DATA}</span>;
  const names = streams.map((stream) => stream.name);
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  return <span title={names.join(', ')}>{shown.join(', ')}</span>;
}

/** For services that send there is no end of a run: what came last stands for it. */
export function LastComplete({ source, workspace }: { source: SourceInfo; workspace: WorkspaceInfo }) {
  const now = useNow();
  const { locale, time_zone: timeZone } = workspace;
  const at = source.mode === 'pull' ? source.complete_through : source.last_received_at;
  if (!at) return <span className="faint">{source.mode === 'push' ? 'nothing received yet' : 'never yet'}</span>;
  return (
    <time dateTime={at} title={formatInstant(at, locale, timeZone)}>
      {formatAgo(at, now, locale)}
    </time>
  );
}

export function NextRun({ source, workspace }: { source: SourceInfo; workspace: WorkspaceInfo }) {
  const now = useNow();
  const { locale, time_zone: timeZone } = workspace;
  if (source.mode !== 'pull')
    return <span className="faint">{source.mode === 'file' ? 'when you upload' : NO_DATA}</span>;
  if (source.state === 'running') return 'now';
  if (source.state === 'paused') return <span className="faint">paused</span>;
  if (!source.next_run_at) {
    const blocked = source.state === 'failed' && source.schedule !== 'manual';
    return <span className="faint">{blocked ? 'once it is mended' : 'when you start it'}</span>;
  }
  const retry = (source.failures ?? 0) > 0;
  return (
    <time dateTime={source.next_run_at} title={formatInstant(source.next_run_at, locale, timeZone)}>
      {retry && 'retry '}
      {Date.parse(source.next_run_at) <= Date.parse(now) ? 'any moment' : formatAgo(source.next_run_at, now, locale)}
    </time>
  );
}
