import { type ReactNode, useEffect } from 'react';
import type { RollupInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useCatalog, useWorkspace } from '../api/queries.ts';
import { failureWords } from '../api/use-ask.ts';
import { useNow } from '../api/use-now.ts';
import { formatAgo, formatBytes, formatValue } from '../format/index.ts';
import { Figures } from '../layout/figures.tsx';
import { useRollups } from '../rollups/rollup-queries.ts';
import { RollupSets } from '../rollups/rollup-sets.tsx';
import { RollupTable } from '../rollups/rollup-table.tsx';
import { rollupTotals } from '../rollups/rollup-words.ts';
import { SectionNav } from '../sources/section-nav.tsx';
import { StorageReport } from '../storage/storage-report.tsx';
import { useStorage } from '../storage/use-storage.ts';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';
import '../rollups/rollups.css';

/** Answers that are kept ready, how far they are, and what everything takes on disk. */
export function RollupsPage() {
  const workspace = useWorkspace();
  const rollups = useRollups();
  const storage = useStorage();
  useEffect(() => {
    document.title = 'Roll-ups and storage – Turnout';
  }, []);
  if (workspace.error && !workspace.data) {
    return <PageError error={workspace.error} onRetry={() => void workspace.refetch()} />;
  }
  if (!workspace.data) return <PageSkeleton />;
  const shown = workspace.data;
  return (
    <>
      <div className="page-head">
        <h1>Roll-ups and storage</h1>
        <p className="faint">Answers kept ready, and what everything takes on disk.</p>
      </div>
      <SectionNav />
      <h2 id="rollups">Roll-ups</h2>
      <p className="faint rollups-about">
        A roll-up keeps counts and people by hour and by day, so that a page need not read every record; an index finds
        what one of them did. Hours whose records change are computed anew; until then pages read the records
        themselves, so numbers are never behind.
      </p>
      <Loaded query={rollups}>{(all) => <Rollups rollups={all} workspace={shown} />}</Loaded>
      <h2 id="storage">Storage</h2>
      <Loaded query={storage}>{(measured) => <StorageReport storage={measured} workspace={shown} />}</Loaded>
    </>
  );
}

/** Each part stands alone: what cannot be read does not take the other with it. */
function Loaded<T>({
  query: { data, error, refetch },
  children,
}: {
  query: { data: T | undefined; error: Error | null; refetch(): unknown };
  children: (data: T) => ReactNode;
}) {
  if (data !== undefined) return children(data);
  if (!error) return <div className="skeleton-tile" data-size="m" aria-busy="true" />;
  return (
    <div className="panel" role="alert">
      <p>{failureWords(error)}</p>
      <button type="button" className="button" onClick={() => void refetch()}>
        Try again
      </button>
    </div>
  );
}

function Rollups({ rollups, workspace }: { rollups: RollupInfo[]; workspace: WorkspaceInfo }) {
  const dimensions = useCatalog().data?.dimensions ?? [];
  if (rollups.length === 0) {
    return (
      <p className="panel">
        No roll-ups are declared: every number is read from the records. The files of the model can declare some.
      </p>
    );
  }
  return (
    <>
      <RollupFigures rollups={rollups} workspace={workspace} />
      <RollupTable rollups={rollups} workspace={workspace} labelledBy="rollups" />
      <h3 className="rollups-answers">What they answer</h3>
      <RollupSets rollups={rollups} dimensions={dimensions} />
    </>
  );
}

function RollupFigures({ rollups, workspace }: { rollups: RollupInfo[]; workspace: WorkspaceInfo }) {
  const now = useNow();
  const { locale } = workspace;
  const totals = rollupTotals(rollups);
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const current = rollups.filter(({ state }) => state === 'current').length;
  const since = totals.pendingSince === null ? '' : `since ${formatAgo(totals.pendingSince, now, locale)}`;
  return (
    <Figures
      figures={[
        { label: 'Current', value: `${count(current)} of ${count(rollups.length)}`, note: 'roll-ups' },
        { label: 'Hours waiting', value: count(totals.pendingHours), note: since || 'every hour is computed' },
        { label: 'Rows kept', value: formatValue(totals.rows, { locale, format: 'compact' }, 'card'), note: '' },
        { label: 'Size', value: formatBytes(totals.bytes, locale), note: '' },
      ]}
    />
  );
}
