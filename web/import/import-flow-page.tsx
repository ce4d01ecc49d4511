import './import.css';
import './flow.css';
import './file-step.css';
import './match-step.css';
import './check-step.css';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ImportInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { useWorkspace } from '../api/queries.ts';
import { formatAgo, formatBytes, formatRows } from '../format/index.ts';
import { PageError } from '../pages/page-error.tsx';
import { PageSkeleton } from '../pages/page-skeleton.tsx';
import { laterOf } from './file-words.ts';
import { type ImportKinds, useImport, useImportKinds } from './import-api.ts';
import { ImportFlow } from './import-flow.tsx';
import { formatStep, parseStep, type Step } from './steps.ts';

/** `/import/$id`: one file on its way, the step in the address. */
export function ImportFlowPage() {
  const { id } = useParams({ from: '/import/$id' });
  const workspace = useWorkspace();
  const kinds = useImportKinds();
  const [watched, setWatched] = useState(false);
  const info = useImport(id, watched);

  const failed = [workspace, kinds, info].find((query) => query.isError && query.data === undefined);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !kinds.data || !info.data) return <PageSkeleton />;
  return <OneImport key={id} info={info.data} kinds={kinds.data} workspace={workspace.data} onWatched={setWatched} />;
}

interface OneImportProps {
  info: ImportInfo;
  kinds: ImportKinds;
  workspace: WorkspaceInfo;
  onWatched(watched: boolean): void;
}

function OneImport({ info, kinds, workspace, onWatched }: OneImportProps) {
  const { locale } = workspace;
  const search = useSearch({ from: '/import/$id' }).text;
  const navigate = useNavigate();
  const go = useCallback(
    (step: Step) =>
      void navigate({
        to: '/import/$id',
        params: { id: info.id },
        search: { text: formatStep(step) },
        resetScroll: true,
      }),
    [navigate, info.id],
  );
  const step = parseStep(search);
  const scrolledFor = useRef(step);
  useEffect(() => {
    document.title = `${info.file} – Turnout`;
  }, [info.file]);
  useEffect(() => {
    if (scrolledFor.current !== step) window.scrollTo(0, 0);
    scrolledFor.current = step;
  }, [step]);

  return (
    <div className="import">
      <div className="page-head import-head">
        <h1>{info.file}</h1>
        <p className="faint">
          {formatBytes(info.bytes, locale)}
          {info.total_rows !== null && `, ${formatRows(info.total_rows, locale)}`}
          {info.columns.length > 0 && `, ${info.columns.length} columns`}, brought{' '}
          {formatAgo(info.uploaded_at, laterOf(workspace.now, info.uploaded_at), locale)}
        </p>
        <Link to="/import" className="import-other">
          Another file
        </Link>
      </div>
      <ImportFlow info={info} kinds={kinds} workspace={workspace} step={step} go={go} onWatched={onWatched} />
    </div>
  );
}
