import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useReachable } from '../api/live.ts';
import { useFreshness, useSources } from '../api/queries.ts';
import { useNow } from '../api/use-now.ts';
import { formatAgo, formatInstant, formatValue } from '../format/index.ts';
import { SOURCE_STATES } from '../sources/source-state.ts';
import { SyncButton } from '../sources/sync-button.tsx';
import { freshnessWords } from './freshness.ts';
import { Layer } from './layer.tsx';

/** How current the numbers are; the panel has a line per source. */
export function FreshnessChip({ workspace }: { workspace: WorkspaceInfo }) {
  const [opened, setOpened] = useState(false);
  const reachable = useReachable();
  const freshness = useFreshness().data;
  const sources = useSources().data;
  const now = useNow();
  const { locale, time_zone: timeZone } = workspace;
  const { tone, text } = freshnessWords(reachable, freshness, { locale, timeZone, now });
  return (
    <Layer
      label="State of the data"
      opened={opened}
      onChange={setOpened}
      align="end"
      buttonClass="button-quiet freshness"
      button={
        <>
          <span className="dot" data-tone={tone} aria-hidden="true" />
          <span className="freshness-text">{text}</span>
        </>
      }
    >
      <p className="layer-title">{text}</p>
      {freshness && (
        <p className="faint">
          Everything received until {formatInstant(freshness.as_of, locale, timeZone)} is counted
          {freshness.pending > 0 ? `; ${freshness.pending.toLocaleString(locale)} entries are safe and waiting.` : '.'}
        </p>
      )}
      <ul className="freshness-list">
        {(sources ?? []).map((source) => (
          <li key={source.name}>
            <span className="dot" data-tone={SOURCE_STATES[source.state].tone} aria-hidden="true" />
            <span className="freshness-source">
              <Link to="/sources/$name" params={{ name: source.name }} onClick={() => setOpened(false)}>
                {source.label}
              </Link>{' '}
              <span className="faint">{lagWords(source, now, locale)}</span>
              {/* Of a source that is as it should be, the line before says it all. */}
              {!(source.mode === 'pull' && source.state === 'ok') && (
                <span className="freshness-detail faint">{source.detail}</span>
              )}
            </span>
            <SyncButton source={source} />
          </li>
        ))}
      </ul>
      {(freshness?.alarms ?? []).map((alarm) => (
        <p key={alarm.at + alarm.message} className="alarm">
          {alarm.message} <span className="faint">{formatInstant(alarm.at, locale, timeZone)}</span>
        </p>
      ))}
      <Link to="/sources" onClick={() => setOpened(false)}>
        All sources
      </Link>
    </Layer>
  );
}

/** Last complete, what it owes, rows of the last run, next run: what is known of them. */
function lagWords(source: SourceInfo, now: string, locale: string): string {
  if (source.mode !== 'pull') {
    return source.last_received_at ? formatAgo(source.last_received_at, now, locale) : 'nothing received yet';
  }
  const parts = [
    source.complete_through ? `complete ${formatAgo(source.complete_through, now, locale)}` : 'never complete yet',
    source.expected ? `expected ${source.expected}` : null,
    source.last_run ? `${formatValue(source.last_run.rows, { locale }, 'table')} rows last run` : null,
    source.next_run_at && source.state !== 'running' ? `next ${formatAgo(source.next_run_at, now, locale)}` : null,
  ];
  return parts.filter(Boolean).join(' · ');
}
