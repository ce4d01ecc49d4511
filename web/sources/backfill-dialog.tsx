import { useId, useState } from 'react';
import type { SourceInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { addDays } from '../../src/contract/plain-date.ts';
import { useAttempt } from '../api/use-ask.ts';
import { formatRows } from '../format/index.ts';
import { startOfLocalDay } from '../format/local-time.ts';
import { Dialog } from '../layout/dialog.tsx';
import { showToast } from '../layout/messages.tsx';
import { sourcePath } from './source-path.ts';

interface BackfillProps {
  source: SourceInfo;
  workspace: WorkspaceInfo;
  onClose(): void;
}

/** Reads a range of days again: counts first, so that nobody starts hours of work by accident. */
export function BackfillDialog({ source, workspace, onClose }: BackfillProps) {
  const { today, time_zone: timeZone, locale } = workspace;
  const attempt = useAttempt();
  const id = useId();
  const [stream, setStream] = useState('');
  const [from, setFrom] = useState(addDays(today, -7));
  const [to, setTo] = useState(today);
  const [counted, setCounted] = useState<{ rows: number | null } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [working, setWorking] = useState(false);
  const wrong = from === '' || to === '' ? 'Choose both days.' : from > to ? 'The first day is after the last.' : null;

  const send = async (dryRun: boolean) => {
    setWorking(true);
    setFailure(null);
    const outcome = await attempt<{ rows?: number | null; run?: number }>(`${sourcePath(source.name)}/backfill`, {
      ...(stream === '' ? {} : { stream }),
      from: startOfLocalDay(from, timeZone),
      to: startOfLocalDay(addDays(to, 1), timeZone),
      dry_run: dryRun,
    });
    setWorking(false);
    if (!outcome.ok) return setFailure(outcome.message);
    if (dryRun) return setCounted({ rows: outcome.answer.rows ?? null });
    showToast(`${source.label} is being read again.`);
    onClose();
  };
  const changed = (set: (value: string) => void) => (value: string) => {
    set(value);
    setCounted(null);
    setFailure(null);
  };

  return (
    <Dialog title={`Read ${source.label} again`} onClose={onClose}>
      <p>
        Rows of these days are asked for once more. What is here already is counted once; what changed or was missing is
        put right. The schedule goes on where it stands.
      </p>
      <form
        className="form-grid"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === null && !working) void send(counted === null);
        }}
      >
        <label htmlFor={`${id}s`}>Stream</label>
        <select
          id={`${id}s`}
          className="field"
          value={stream}
          onChange={(event) => changed(setStream)(event.currentTarget.value)}
        >
          <option value="">All streams</option>
          {(source.streams ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}f`}>From</label>
        <input
          id={`${id}f`}
          type="date"
          className="field"
          value={from}
          max={today}
          onChange={(event) => changed(setFrom)(event.currentTarget.value)}
        />
        <label htmlFor={`${id}t`}>To, that day included</label>
        <input
          id={`${id}t`}
          type="date"
          className="field"
          value={to}
          max={today}
          aria-describedby={`${id}w`}
          onChange={(event) => changed(setTo)(event.currentTarget.value)}
        />
        <p id={`${id}w`} className="form-wide" role="status">
          {wrong ?? countWords(counted, locale) ?? `Days are those of ${timeZone}.`}
        </p>
        {failure && (
          <p className="run-error form-wide" role="alert">
            {failure}
          </p>
        )}
        <div className="layer-actions form-wide">
          <button
            type="button"
            className={counted === null ? 'button-main' : 'button'}
            disabled={wrong !== null || working}
            onClick={() => void send(true)}
          >
            {working ? 'One moment' : 'Count first'}
          </button>
          <button
            type="button"
            className={counted === null ? 'button' : 'button-main'}
            disabled={wrong !== null || working}
            onClick={() => void send(false)}
          >
            Read again
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function countWords(counted: { rows: number | null } | null, locale: string): string | null {
  if (counted === null) return null;
  if (counted.rows === null) return 'The service does not tell how many rows these days have.';
  return `${formatRows(counted.rows, locale)} would be read.`;
}
