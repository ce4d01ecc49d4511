import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import type { LedgerRow } from '../../src/contract/api.ts';
import { useLedger, useSources, useWorkspace } from '../api/queries.ts';
import { formatDay, formatValue } from '../format/index.ts';
import {
  balances,
  filterLedger,
  LEDGER_PARTS,
  type LedgerAmounts,
  sumLedger,
  totalsBySource,
} from '../ledger/ledger-rows.ts';
import { SectionNav } from '../sources/section-nav.tsx';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import '../ledger/ledger.css';

const COLUMNS = ['received', ...LEDGER_PARTS] as const;
const LENGTHS = [30, 90, null] as const;
const MOST_SHOWN = 400;

/** Where every received record went, by source and local day. */
export function LedgerPage() {
  const workspace = useWorkspace();
  const sources = useSources();
  const ledger = useLedger();
  const navigate = useNavigate();
  const search = new URLSearchParams(useSearch({ from: '/ledger' }).text);
  const sourceId = useId();
  const [all, setAll] = useState(false);
  useEffect(() => {
    document.title = 'Ledger – Turnout';
  }, []);
  const failed = [workspace, sources, ledger].find((query) => query.isError && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !sources.data || !ledger.data) return <PageSkeleton />;

  const { locale, today } = workspace.data;
  const source = search.get('source');
  const asked = search.get('days');
  const days = asked === 'all' ? null : asked === '90' ? 90 : 30;
  const labels = new Map(sources.data.map(({ name, label }) => [name, label]));
  const names = [...new Set([...labels.keys(), ...ledger.data.map((row) => row.source)])].sort();
  const rows = filterLedger(ledger.data, { source, days }, today);
  const wrong = rows.filter((row) => !balances(row)).length;
  const shown = all ? rows : rows.slice(0, MOST_SHOWN);
  const change = (patch: Record<string, string | null>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) next.delete(key);
      else next.set(key, value);
    }
    void navigate({ to: '/ledger', search: { text: next.size > 0 ? `?${next}` : '' } });
  };
  const common = { labels, locale };

  return (
    <>
      <div className="page-head">
        <h1>Ledger</h1>
        <p className="faint">Received = counted + duplicate + quarantined + expired + erased, by day of receipt.</p>
      </div>
      <SectionNav />
      <div className="list-filters">
        <label htmlFor={sourceId}>Source</label>
        <select
          id={sourceId}
          className="field"
          value={source ?? ''}
          onChange={(event) => change({ source: event.currentTarget.value || null })}
        >
          <option value="">All sources</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {labels.get(name) ?? name}
            </option>
          ))}
        </select>
        <fieldset className="segments" aria-label="Days">
          {LENGTHS.map((length) => (
            <label key={String(length)}>
              <input
                type="radio"
                name="days"
                checked={days === length}
                onChange={() => change({ days: length === 30 ? null : String(length ?? 'all') })}
              />
              {length === null ? 'All' : `${length} days`}
            </label>
          ))}
        </fieldset>
        <p className="balance" role="status">
          <span className="dot" data-tone={wrong === 0 ? 'good' : 'bad'} aria-hidden="true" />{' '}
          {rows.length === 0
            ? 'Nothing was received in these days.'
            : wrong === 0
              ? 'Every row adds up.'
              : `${wrong} ${wrong === 1 ? 'row does' : 'rows do'} not add up. Tell whoever runs Turnout.`}
        </p>
      </div>
      {rows.length > 0 && (
        <>
          <h2 id="ledger-totals">By source</h2>
          <LedgerTable labelledBy="ledger-totals" {...common} rows={[]} totals={totalsBySource(rows)} grand={rows} />
          <h2 id="ledger-days">By day</h2>
          <LedgerTable labelledBy="ledger-days" {...common} rows={shown} />
          {shown.length < rows.length && (
            <p>
              <button type="button" className="button" onClick={() => setAll(true)}>
                Show all {formatValue(rows.length, { locale }, 'table')} rows
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}

interface LedgerTableProps {
  labelledBy: string;
  labels: ReadonlyMap<string, string>;
  locale: string;
  rows: readonly LedgerRow[];
  totals?: { source: string; amounts: LedgerAmounts }[];
  grand?: readonly LedgerAmounts[];
}

function LedgerTable({ labelledBy, labels, locale, rows, totals, grand }: LedgerTableProps) {
  return (
    <TableFrame labelledBy={labelledBy} className="panel ledger-table">
      <PlainTable
        headings={[
          ...(totals ? [] : ['Day']),
          'Source',
          ...COLUMNS.map((column) => ({ number: column.charAt(0).toUpperCase() + column.slice(1) })),
          { number: 'Adds up' },
        ]}
        foot={
          grand && (
            <tr>
              <th scope="row">Total</th>
              <Amounts amounts={sumLedger(grand)} locale={locale} quarantine="" />
            </tr>
          )
        }
      >
        {totals?.map(({ source, amounts }) => (
          <tr key={source} data-wrong={!balances(amounts) || undefined}>
            <th scope="row">{labels.get(source) ?? source}</th>
            <Amounts amounts={amounts} locale={locale} quarantine={`?source=${source}`} />
          </tr>
        ))}
        {rows.map((row) => (
          <tr key={`${row.source} ${row.day}`} data-wrong={!balances(row) || undefined}>
            <th scope="row">{formatDay(row.day, locale)}</th>
            <td>{labels.get(row.source) ?? row.source}</td>
            <Amounts amounts={row} locale={locale} quarantine={`?source=${row.source}&day=${row.day}`} />
          </tr>
        ))}
      </PlainTable>
    </TableFrame>
  );
}

function Amounts({ amounts, locale, quarantine }: { amounts: LedgerAmounts; locale: string; quarantine: string }) {
  return (
    <>
      {COLUMNS.map((column) => {
        const text = formatValue(amounts[column], { locale }, 'table');
        return (
          <td key={column} className="number">
            {column === 'quarantined' && amounts.quarantined > 0 ? (
              <Link to="/quarantine" search={{ text: quarantine }}>
                {text}
              </Link>
            ) : (
              text
            )}
          </td>
        );
      })}
      <td className="number">
        {balances(amounts) ? (
          <>
            <span aria-hidden="true">✓</span>
            <span className="visually-hidden">yes</span>
          </>
        ) : (
          <strong className="bad-text">no</strong>
        )}
      </td>
    </>
  );
}
