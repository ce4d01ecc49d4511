import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import type { QuarantinePage as Page, QuarantineItem, SourceInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useSources, useWorkspace } from '../api/queries.ts';
import { useAsk } from '../api/use-ask.ts';
import { formatDay, formatInstant, formatValue } from '../format/index.ts';
import { showToast } from '../layout/messages.tsx';
import { FixDialog } from '../quarantine/fix-dialog.tsx';
import { replayWords, ruleLabel, shortRaw } from '../quarantine/quarantine-words.ts';
import { SectionNav } from '../sources/section-nav.tsx';
import { type QuarantineFilter, useQuarantinePages } from '../sources/source-queries.ts';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import '../quarantine/quarantine.css';

/** What was sent but could not be counted: why, and ways to count it after all. */
export function QuarantinePage() {
  const workspace = useWorkspace();
  const sources = useSources();
  const navigate = useNavigate();
  const search = new URLSearchParams(useSearch({ from: '/quarantine' }).text);
  const filter: QuarantineFilter = {
    source: search.get('source') ?? undefined,
    day: search.get('day') ?? undefined,
    rule: search.get('rule') ?? undefined,
  };
  const pages = useQuarantinePages(filter);
  useEffect(() => {
    document.title = 'Quarantine – Turnout';
  }, []);
  const failed = [workspace, sources, pages].find((query) => query.isError && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !sources.data || !pages.data) return <PageSkeleton />;

  const change = (patch: QuarantineFilter) => {
    const next = new URLSearchParams();
    for (const [key, value] of Object.entries({ ...filter, ...patch })) if (value) next.set(key, value);
    void navigate({ to: '/quarantine', search: { text: next.size > 0 ? `?${next}` : '' } });
  };
  const first = pages.data.pages[0];
  const items = pages.data.pages.flatMap((page) => page.items);

  return (
    <>
      <div className="page-head">
        <h1>Quarantine</h1>
        <p className="faint">Kept whole, not counted, each with its reason.</p>
      </div>
      <SectionNav />
      <Filters filter={filter} onChange={change} sources={sources.data} workspace={workspace.data} />
      {first === undefined || first.total === 0 ? (
        <Nothing filtered={Object.values(filter).some((value) => value !== undefined)} />
      ) : (
        <>
          <Reasons page={first} filter={filter} onChange={change} sources={sources.data} workspace={workspace.data} />
          <Items items={items} sources={sources.data} workspace={workspace.data} />
          {pages.hasNextPage && (
            <p>
              <button
                type="button"
                className="button"
                disabled={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                Show more
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <section className="panel empty-panel" aria-labelledby="nothing-waits">
      <h2 id="nothing-waits">Nothing is waiting here</h2>
      <p>
        {filtered
          ? 'No record under these filters was set aside.'
          : 'Everything that was received is counted or was a repetition.'}{' '}
        The{' '}
        <Link to="/ledger" search={{ text: '' }}>
          ledger
        </Link>{' '}
        shows it day by day.
      </p>
    </section>
  );
}

interface PartProps {
  sources: readonly SourceInfo[];
  workspace: WorkspaceInfo;
}

interface FilterProps extends PartProps {
  filter: QuarantineFilter;
  onChange(patch: QuarantineFilter): void;
}

function Filters({ filter, onChange, sources, workspace }: FilterProps) {
  const id = useId();
  const known = sources.some((source) => source.name === filter.source);
  return (
    <div className="list-filters">
      <label htmlFor={`${id}s`}>Source</label>
      <select
        id={`${id}s`}
        className="field"
        value={filter.source ?? ''}
        onChange={(event) => onChange({ source: event.currentTarget.value || undefined })}
      >
        <option value="">All sources</option>
        {filter.source !== undefined && !known && <option value={filter.source}>{filter.source}</option>}
        {sources.map((source) => (
          <option key={source.name} value={source.name}>
            {source.label}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}d`}>Day</label>
      <input
        id={`${id}d`}
        type="date"
        className="field"
        max={workspace.today}
        value={filter.day ?? ''}
        onChange={(event) => onChange({ day: event.currentTarget.value || undefined })}
      />
      {filter.day !== undefined && (
        <Chip label={`Day: ${formatDay(filter.day, workspace.locale)}`} onRemove={() => onChange({ day: undefined })} />
      )}
      {filter.rule !== undefined && (
        <Chip label={ruleLabel(filter.rule)} onRemove={() => onChange({ rule: undefined })} />
      )}
    </div>
  );
}

function Chip({ label, onRemove }: { label: string; onRemove(): void }) {
  return (
    <span className="list-chip">
      {label}
      <button type="button" className="button-icon" aria-label={`Remove the filter ${label}`} onClick={onRemove}>
        ×
      </button>
    </span>
  );
}

interface ReasonProps extends FilterProps {
  page: Page;
}

function Reasons({ page, filter, onChange, sources, workspace }: ReasonProps) {
  const ask = useAsk();
  const count = (value: number) => formatValue(value, { locale: workspace.locale }, 'table');
  const replay = async (rule: string) => {
    // The order is per source; without a filter it goes to every source that has something here.
    const names =
      filter.source === undefined
        ? sources.filter((source) => source.quarantined > 0).map((source) => source.name)
        : [filter.source];
    const day = filter.day === undefined ? {} : { day: filter.day };
    let records = 0;
    for (const source of names) {
      const answer = await ask<{ replayed: number }>('/api/v1/quarantine/replay', { source, rule, ...day });
      if (answer === null) return;
      records += answer.replayed;
    }
    showToast(replayWords(records));
  };
  return (
    <>
      <h2 id="reasons">
        {count(page.total)} {page.total === 1 ? 'record' : 'records'}, by reason
      </h2>
      <ul className="panel plain-list reasons" aria-labelledby="reasons">
        {page.by_rule.map(({ rule, reason, records }) => (
          <li key={`${rule} ${reason}`}>
            <strong className="reason-count">{count(records)}</strong>
            <span className="reason-words">
              <button
                type="button"
                className="button-text"
                aria-pressed={filter.rule === rule}
                onClick={() => onChange({ rule: filter.rule === rule ? undefined : rule })}
              >
                {ruleLabel(rule)}
              </button>
              <span className="cell-line faint">{records > 1 ? `for example: ${reason}` : reason}</span>
            </span>
            <button
              type="button"
              className="button"
              aria-label={`Replay all of these: ${ruleLabel(rule)}`}
              onClick={() => void replay(rule)}
            >
              Replay all of these
            </button>
          </li>
        ))}
      </ul>
      <p className="faint">Replay after the cause is mended: a mapping, a setting, a value that was missing.</p>
    </>
  );
}

function Items({ items, sources, workspace }: PartProps & { items: readonly QuarantineItem[] }) {
  const ask = useAsk();
  const [fixing, setFixing] = useState<QuarantineItem | null>(null);
  const labels = new Map(sources.map(({ name, label }) => [name, label]));
  return (
    <>
      <h2 id="records">Records, newest first</h2>
      <ul className="quarantine" aria-labelledby="records">
        {items.map((item) => (
          <li key={item.id} className="panel">
            <div className="quarantine-head">
              <div>
                <strong>{item.reason}</strong>
                <span className="cell-line faint">
                  {labels.get(item.source) ?? item.source},{' '}
                  {formatInstant(item.received_at, workspace.locale, workspace.time_zone)}
                </span>
              </div>
              <div className="page-actions">
                <button
                  type="button"
                  className="button"
                  aria-label={`Replay ${item.id} as it is`}
                  onClick={() =>
                    void ask<{ replayed: number }>(
                      '/api/v1/quarantine/replay',
                      { items: [{ id: item.id }] },
                      (answer) => replayWords(answer.replayed),
                    )
                  }
                >
                  Replay
                </button>
                <button
                  type="button"
                  className="button"
                  aria-label={`Fix and replay ${item.id}`}
                  onClick={() => setFixing(item)}
                >
                  Fix and replay
                </button>
              </div>
            </div>
            <RawText raw={item.raw} />
          </li>
        ))}
      </ul>
      {fixing && <FixDialog item={fixing} onClose={() => setFixing(null)} />}
    </>
  );
}

function RawText({ raw }: { raw: string }) {
  const [whole, setWhole] = useState(false);
  const short = shortRaw(raw);
  return (
    <>
      <pre tabIndex={whole ? 0 : undefined}>{whole ? raw : short}</pre>
      {short !== raw && (
        <button type="button" className="button-text" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show all of it'}
        </button>
      )}
    </>
  );
}
