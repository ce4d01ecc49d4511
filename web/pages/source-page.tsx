import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { RunInfo, SourceDetail, WorkspaceInfo } from '../../src/contract/api.ts';
import { useWorkspace } from '../api/queries.ts';
import { useNow } from '../api/use-now.ts';
import { formatBytes, formatInstant, formatRows, formatValue, NO_DATA } from '../format/index.ts';
import { BackfillDialog } from '../sources/backfill-dialog.tsx';
import { ConfirmDialog } from '../sources/confirm-dialog.tsx';
import { declarationText } from '../sources/declaration-text.ts';
import { HookAddress } from '../sources/hook-address.tsx';
import { RunList } from '../sources/run-list.tsx';
import { RunTimeline } from '../sources/run-timeline.tsx';
import { scheduleWords } from '../sources/schedule-words.ts';
import { SchemaChanges } from '../sources/schema-changes.tsx';
import { usePause } from '../sources/source-menu.tsx';
import { sourcePath } from '../sources/source-path.ts';
import { useRuns, useSource } from '../sources/source-queries.ts';
import { LastComplete, NextRun } from '../sources/source-table.tsx';
import { StateDot } from '../sources/state-dot.tsx';
import { SyncButton } from '../sources/sync-button.tsx';
import { TestDialog } from '../sources/test-dialog.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import '../sources/source.css';
import '../sources/runs.css';

/** One source: its state, its runs, its declaration, and what can be done with it. */
export function SourcePage() {
  const { name } = useParams({ from: '/sources/$name' });
  const workspace = useWorkspace();
  const source = useSource(name);
  const title = source.data?.label ?? name;
  useEffect(() => {
    document.title = `${title} – Turnout`;
  }, [title]);
  const failed = [source, workspace].find((query) => query.isError && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !source.data) return <PageSkeleton />;
  return <LoadedSource key={name} source={source.data} workspace={workspace.data} />;
}

const FIRST_LISTED = 10;
const MORE_LISTED = 30;

type OpenDialog = { kind: 'test' } | { kind: 'backfill' } | { kind: 'full' } | { kind: 'undo'; run: RunInfo };

function LoadedSource({ source, workspace }: { source: SourceDetail; workspace: WorkspaceInfo }) {
  const { locale, time_zone: timeZone } = workspace;
  const now = useNow();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [opened, setOpened] = useState<number | null>(null);
  const [listed, setListed] = useState(FIRST_LISTED);
  const hasRuns = source.mode !== 'push';
  const running = source.state === 'running';
  const pages = useRuns(source.name, running, hasRuns);
  const runs = pages.data?.pages.flat() ?? source.runs;
  const close = () => setDialog(null);

  const openRun = (id: number) => {
    setOpened(id);
    setListed((count) => Math.max(count, runs.findIndex((run) => run.id === id) + 1));
    requestAnimationFrame(() => document.getElementById(`run-${id}`)?.scrollIntoView({ block: 'nearest' }));
  };

  return (
    <>
      <div className="page-head">
        <h1>{source.label}</h1>
        <StateDot state={source.state} />
        <Actions source={source} onDialog={setDialog} />
      </div>
      <p className="source-detail">{source.detail}</p>
      {running && source.last_run && <Progress run={source.last_run} locale={locale} />}
      <Facts source={source} workspace={workspace} />
      <SchemaChanges source={source} changes={source.schema_changes} locale={locale} timeZone={timeZone} />
      {hasRuns && runs.length > 0 && (
        <RunTimeline runs={runs} now={now} locale={locale} timeZone={timeZone} onOpen={openRun} />
      )}
      {hasRuns && (
        <>
          <h2 id="runs">Runs</h2>
          {runs.length === 0 ? (
            <p className="panel">{noRuns(source)}</p>
          ) : (
            <RunList
              runs={runs.slice(0, listed)}
              now={now}
              locale={locale}
              timeZone={timeZone}
              opened={opened}
              onOpen={setOpened}
              onUndo={(run) => setDialog({ kind: 'undo', run })}
            />
          )}
          {(listed < runs.length || pages.hasNextPage) && (
            <p>
              <button
                type="button"
                className="button"
                disabled={pages.isFetchingNextPage}
                onClick={() => {
                  setListed(listed + MORE_LISTED);
                  if (listed + MORE_LISTED > runs.length && pages.hasNextPage) void pages.fetchNextPage();
                }}
              >
                Older runs
              </button>
            </p>
          )}
        </>
      )}
      <Declaration source={source} />
      {dialog?.kind === 'test' && <TestDialog source={source} locale={locale} onClose={close} />}
      {dialog?.kind === 'backfill' && <BackfillDialog source={source} workspace={workspace} onClose={close} />}
      {dialog?.kind === 'full' && (
        <ConfirmDialog
          title={`Read all of ${source.label} anew`}
          action="Read everything"
          onClose={close}
          path={`${sourcePath(source.name)}/full-refresh`}
          done={`${source.label} is being read from the beginning.`}
        >
          <p>
            Every stream is read from its beginning. What changed is put right, and what the service no longer has is
            deleted here once the run has come to its end.
          </p>
          <p>
            Nothing disappears while it runs, and a run that breaks off deletes nothing. It may take long and asks much
            of the service; for a few days “Read a range again” is gentler.
          </p>
        </ConfirmDialog>
      )}
      {dialog?.kind === 'undo' && (
        <ConfirmDialog
          title="Undo this import"
          action={`Take back ${formatRows(dialog.run.rows, locale)}`}
          onClose={close}
          path={`/api/v1/batches/${dialog.run.id}/undo`}
          done={`${dialog.run.batch?.file ?? 'The import'} is taken back.`}
        >
          <p>
            All {formatRows(dialog.run.rows, locale)} of <strong>{dialog.run.batch?.file}</strong>, imported{' '}
            {formatInstant(dialog.run.started_at, locale, timeZone)}, are taken out of every figure. Rows that another
            file brought as well stay.
          </p>
          <p>The file itself stays safe; importing it again brings the rows back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function noRuns(source: SourceDetail): ReactNode {
  if (source.mode === 'file') {
    return (
      <>
        No file was imported yet. <Link to="/import">Import a file</Link>
      </>
    );
  }
  return source.state === 'paused'
    ? 'Nothing was read yet, and the schedule is paused. “Sync now” reads once all the same.'
    : 'Nothing was read yet. “Sync now” does it at once; otherwise the schedule will.';
}

function Actions({ source, onDialog }: { source: SourceDetail; onDialog(dialog: OpenDialog): void }) {
  const pause = usePause(source);
  return (
    <div className="page-actions">
      {source.mode === 'pull' && (
        <>
          <SyncButton source={source} main />
          <button type="button" className="button" onClick={() => void pause()}>
            {source.state === 'paused' ? 'Resume' : 'Pause'}
          </button>
          <button type="button" className="button" onClick={() => onDialog({ kind: 'test' })}>
            Test
          </button>
          <button type="button" className="button" onClick={() => onDialog({ kind: 'backfill' })}>
            Read a range again
          </button>
          <button type="button" className="button" onClick={() => onDialog({ kind: 'full' })}>
            Full refresh
          </button>
        </>
      )}
      {source.mode === 'file' && (
        <Link to="/import" className="button-main">
          Import a file
        </Link>
      )}
    </div>
  );
}

function Progress({ run, locale }: { run: RunInfo; locale: string }) {
  return (
    <div className="panel run-progress" role="status">
      <span className="progress-line" aria-hidden="true" />
      <strong>{formatRows(run.rows, locale)}</strong> so far in {run.pages} {run.pages === 1 ? 'page' : 'pages'},{' '}
      {formatBytes(run.bytes, locale)}. The pages fill as it goes.
    </div>
  );
}

function Facts({ source, workspace }: { source: SourceDetail; workspace: WorkspaceInfo }) {
  const { locale, time_zone: timeZone } = workspace;
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const pull = source.mode === 'pull';
  const facts: { label: string; value: ReactNode }[] = [
    ...(source.hook
      ? [{ label: 'Address', value: <HookAddress path={source.hook} label={source.label} whole /> }]
      : []),
    ...(pull
      ? [
          { label: 'Read', value: scheduleWords(source.schedule, locale) },
          { label: 'Next run', value: <NextRun source={source} workspace={workspace} /> },
          {
            label: 'Complete to',
            value: source.complete_through ? formatInstant(source.complete_through, locale, timeZone) : 'never yet',
          },
          // What is sent comes between the runs.
          ...(source.hook
            ? [
                {
                  label: 'Last received',
                  value: source.last_received_at
                    ? formatInstant(source.last_received_at, locale, timeZone)
                    : 'nothing received yet',
                },
              ]
            : []),
        ]
      : [{ label: 'Last received', value: <LastComplete source={source} workspace={workspace} /> }]),
    ...(pull || source.expected !== undefined ? [{ label: 'Expected', value: source.expected ?? NO_DATA }] : []),
    { label: 'Rows in 24 h', value: count(source.received_24h) },
    {
      label: 'Quarantined',
      value:
        source.quarantined === 0 ? (
          count(0)
        ) : (
          <Link to="/quarantine" search={{ text: `?source=${source.name}` }}>
            {count(source.quarantined)} to look at
          </Link>
        ),
    },
    {
      label: 'Ledger',
      value: (
        <Link to="/ledger" search={{ text: `?source=${source.name}` }}>
          day by day
        </Link>
      ),
    },
  ];
  return (
    <dl className="panel facts">
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Declaration({ source }: { source: SourceDetail }) {
  const streams = source.streams ?? [];
  return (
    <>
      {streams.length > 0 && (
        <>
          <h2 id="streams">Streams</h2>
          <ul className="panel plain-list stream-list">
            {streams.map((stream) => (
              <li key={stream.name}>
                <strong>{stream.name}</strong>{' '}
                <span className="faint">
                  {stream.record === 'row'
                    ? `rows of the table ${stream.table ?? ''}`
                    : stream.record.replaceAll('_', ' ')}
                  {stream.mode === 'full'
                    ? ', read in full every time: what is gone there is deleted here'
                    : ', only what is new or changed'}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="heading-line">
        <h2 id="declaration">Settings</h2>
        <Link to="/sources/$name/edit" params={{ name: source.name }}>
          Change
        </Link>
      </div>
      <p className="faint">
        {source.connector_title}, declared in <code>{source.file}</code>. Secrets are never shown.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section aria-labelledby="declaration" className="panel declaration" tabIndex={0}>
        <pre>{declarationText(source.declaration)}</pre>
      </section>
    </>
  );
}
