import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import { useSources, useUnpriced, useWorkspace } from '../api/queries.ts';
import { formatValue } from '../format/index.ts';
import { SectionNav } from '../sources/section-nav.tsx';
import { SourceTable } from '../sources/source-table.tsx';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';
import '../sources/sources.css';

/** Everything that brings data, with its state; ways to bring more. */
export function SourcesPage() {
  const workspace = useWorkspace();
  const sources = useSources();
  useEffect(() => {
    document.title = 'Sources – Turnout';
  }, []);
  const failed = [workspace, sources].find((query) => query.isError && !query.data);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !sources.data) return <PageSkeleton />;
  return (
    <>
      <div className="page-head">
        <h1>Sources</h1>
        <div className="page-actions">
          <Link to="/import" className="button">
            Import a file
          </Link>
          <Link to="/sources/new" className="button-main">
            Connect a source
          </Link>
        </div>
      </div>
      <SectionNav />
      <Unpriced workspace={workspace.data} />
      {sources.data.length === 0 ? <NoSource /> : <SourceTable sources={sources.data} workspace={workspace.data} />}
      <p className="page-note faint">
        Everything that was acknowledged is safe, and each record is counted once. A source that is late or fails ages
        its numbers; it never takes them away.
      </p>
    </>
  );
}

function NoSource() {
  return (
    <section className="panel empty-panel" aria-labelledby="sources-none">
      <h2 id="sources-none">No source yet</h2>
      <p>Turnout shows what your sources bring. Three ways to begin:</p>
      <ul>
        <li>
          <Link to="/sources/new">Connect a source</Link>: a database or a sheet that Turnout reads every morning, or a
          messaging service that sends to it.
        </li>
        <li>
          <Link to="/import">Import a file</Link>: a CSV or Excel file becomes a chart in two minutes.
        </li>
        <li>
          Write a file under <code>sources/</code> in your workspace folder, if you would rather keep it under version
          control.
        </li>
      </ul>
    </section>
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
