import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceState, WorkspaceInfo } from '../../src/contract/api.ts';
import { useReachable } from '../api/live.ts';
import { useFreshness, useSources } from '../api/queries.ts';
import { formatAgo, formatInstant } from '../format/index.ts';
import { freshnessWords } from './freshness.ts';
import { Layer } from './layer.tsx';

/** How current the numbers are; the panel has a line per source. */
export function FreshnessChip({ workspace }: { workspace: WorkspaceInfo }) {
  const [opened, setOpened] = useState(false);
  const reachable = useReachable();
  const freshness = useFreshness().data;
  const sources = useSources().data;
  const { locale, time_zone: timeZone, now } = workspace;
  const { tone, text } = freshnessWords(reachable, freshness, sources, locale, timeZone);
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
            <span className="dot" data-tone={toneOf(source.state)} aria-hidden="true" />
            <span>
              <strong>{source.label}</strong>{' '}
              <span className="faint">
                {source.last_received_at ? formatAgo(source.last_received_at, now, locale) : 'nothing received yet'}
              </span>
              <br />
              <span className="faint">{source.detail}</span>
            </span>
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

function toneOf(state: SourceState): string {
  return { ok: 'good', waiting: 'muted', running: 'good', paused: 'muted', late: 'warn', failed: 'bad' }[state];
}
