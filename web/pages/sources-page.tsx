import { useEffect } from 'react';
import type { LedgerRow, QuarantineItem, SourceInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useLedger, useQuarantine, useSources, useUnpriced, useWorkspace } from '../api/queries.ts';
import { formatAgo, formatDay, formatInstant, formatValue, NO_DATA } from '../format/index.ts';
import { showToast } from '../layout/messages.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

/** What sends, what arrived, and what could not be counted. */
export function SourcesPage() {
  const workspace = useWorkspace();
  const sources = useSources();
  const ledger = useLedger();
  const quarantine = useQuarantine();
  useEffect(() => {
    document.title = 'Sources – Turnout';
  }, []);
  const failed = [workspace, sources, ledger, quarantine].find((query) => query.isError);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !sources.data) return <PageSkeleton />;
  return (
    <>
      <div className="page-head">
        <h1>Sources</h1>
        <p className="faint">
          Services send to a source’s address. Everything that was acknowledged is safe, and each record is counted
          once.
        </p>
      </div>
      <SourceTable sources={sources.data} workspace={workspace.data} />
      <Unpriced workspace={workspace.data} />
      <LedgerTable rows={ledger.data ?? []} workspace={workspace.data} sources={sources.data} />
      <QuarantineList items={quarantine.data ?? []} workspace={workspace.data} />
    </>
  );
}

function Unpriced({ workspace: { locale } }: { workspace: WorkspaceInfo }) {
  const messages = useUnpriced().data ?? 0;
  if (messages === 0) return null;
  return (
    <p role="note">
      <span className="dot" data-tone="warn" aria-hidden="true" /> {formatValue(messages, { locale }, 'table')} billable
      messages have no price and count as 0 in the charges. Add lines for their channel, category or country to a file
      under <code>rates/</code> in your workspace folder; at the next start they are priced.
    </p>
  );
}

const STATE_TONES: Record<SourceInfo['state'], string> = {
  ok: 'good',
  waiting: 'muted',
  running: 'good',
  paused: 'muted',
  late: 'warn',
  failed: 'bad',
};

function SourceTable({ sources, workspace }: { sources: SourceInfo[]; workspace: WorkspaceInfo }) {
  const { locale, now, time_zone: timeZone } = workspace;
  if (sources.length === 0) {
    return (
      <section className="panel" aria-labelledby="sources-none">
        <h2 id="sources-none">No source yet</h2>
        <p>
          Add a file under <code>sources/</code> in your workspace folder and start Turnout again. The README shows the
          first one.
        </p>
      </section>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="panel table-scroll" aria-label="Sources" tabIndex={0}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Connector</th>
            <th scope="col">State</th>
            <th scope="col">Last received</th>
            <th scope="col" className="number">
              Last 24 hours
            </th>
            <th scope="col" className="number">
              Quarantined
            </th>
            <th scope="col">Address</th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.name}>
              <th scope="row">{source.label}</th>
              <td>{source.connector}</td>
              <td>
                <span className="dot" data-tone={STATE_TONES[source.state]} aria-hidden="true" /> {source.detail}
              </td>
              <td>
                {source.last_received_at ? (
                  <span title={formatInstant(source.last_received_at, locale, timeZone)}>
                    {formatAgo(source.last_received_at, now, locale)}
                  </span>
                ) : (
                  NO_DATA
                )}
              </td>
              <td className="number">{formatValue(source.received_24h, { locale }, 'table')}</td>
              <td className="number">{formatValue(source.quarantined, { locale }, 'table')}</td>
              <td>{source.hook ? <HookAddress path={source.hook} label={source.label} /> : NO_DATA}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function HookAddress({ path, label }: { path: string; label: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(new URL(path, window.location.origin).href);
      showToast('Address copied.');
    } catch {
      showToast('The browser did not allow copying. Select the address and copy it yourself.');
    }
  };
  return (
    <span className="hook">
      <code>{path}</code>
      <button
        type="button"
        className="button-text"
        aria-label={`Copy the address of ${label}`}
        onClick={() => void copy()}
      >
        Copy
      </button>
    </span>
  );
}

const LEDGER_COLUMNS = ['received', 'counted', 'duplicate', 'quarantined', 'expired', 'erased'] as const;

interface LedgerProps {
  rows: LedgerRow[];
  sources: SourceInfo[];
  workspace: WorkspaceInfo;
}

function LedgerTable({ rows, sources, workspace }: LedgerProps) {
  const { locale } = workspace;
  const labels = new Map(sources.map((source) => [source.name, source.label]));
  const newestFirst = rows
    .toSorted((a, b) => b.day.localeCompare(a.day) || a.source.localeCompare(b.source))
    .slice(0, 500);
  return (
    <>
      <h2 id="ledger">Ledger by source and day of receipt</h2>
      <p className="faint">Received = counted + duplicate + quarantined + expired + erased, always.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="panel table-scroll ledger" aria-labelledby="ledger" tabIndex={0}>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Source</th>
              {LEDGER_COLUMNS.map((column) => (
                <th key={column} scope="col" className="number">
                  {column.charAt(0).toUpperCase() + column.slice(1)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {newestFirst.map((row) => (
              <tr key={`${row.source} ${row.day}`}>
                <th scope="row">{formatDay(row.day, locale)}</th>
                <td>{labels.get(row.source) ?? row.source}</td>
                {LEDGER_COLUMNS.map((column) => (
                  <td key={column} className="number">
                    {formatValue(row[column], { locale }, 'table')}
                  </td>
                ))}
              </tr>
            ))}
            {rows.length === 0 && (
              <tr>
                <td colSpan={8}>Nothing received yet.</td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </>
  );
}

function QuarantineList({ items, workspace }: { items: QuarantineItem[]; workspace: WorkspaceInfo }) {
  return (
    <>
      <h2 id="quarantine">Quarantine</h2>
      <p className="faint">Authenticated, kept, but not counted: each with its reason. The newest 100.</p>
      <section className="panel" aria-labelledby="quarantine">
        {items.length === 0 && <p>Nothing is quarantined.</p>}
        <ul className="quarantine">
          {items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: equal pieces may arrive at the same moment
            <li key={`${item.source} ${item.received_at} ${index}`}>
              <strong>{item.reason}</strong>
              <div className="faint">
                {item.source}, {formatInstant(item.received_at, workspace.locale, workspace.time_zone)}
              </div>
              <details>
                <summary>What was sent</summary>
                <pre>{item.raw}</pre>
              </details>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
