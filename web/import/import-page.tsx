import './import.css';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ImportInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { postJson } from '../api/client.ts';
import { useWorkspace } from '../api/queries.ts';
import { PageError } from '../pages/page-error.tsx';
import { PageSkeleton } from '../pages/page-skeleton.tsx';
import { DropZone } from './drop-zone.tsx';
import { PastImports } from './past-imports.tsx';
import { UploadList } from './upload-list.tsx';
import { useUploads } from './use-uploads.ts';

/** `/import`: bring files, and see those that were brought before. */
export function ImportPage() {
  const workspace = useWorkspace();
  if (workspace.error) return <PageError error={workspace.error} onRetry={() => void workspace.refetch()} />;
  if (!workspace.data) return <PageSkeleton />;
  return <Bring workspace={workspace.data} />;
}

function Bring({ workspace }: { workspace: WorkspaceInfo }) {
  const navigate = useNavigate();
  /** Files that wait for the sample to go. */
  const [held, setHeld] = useState<File[]>([]);
  const leftSample = useRef(false);

  const open = ([first]: ImportInfo[]) => {
    if (!first) return;
    const path = `/import/${first.id}`;
    // Another workspace answers now: everything that the page knows is of the sample.
    if (leftSample.current) window.location.assign(path);
    else void navigate({ to: '/import/$id', params: { id: first.id }, search: { text: '' } });
  };
  const { uploads, send, cancel } = useUploads(open);
  const busy = uploads.some((one) => one.state === 'sending' || one.state === 'waiting');

  const onFiles = (files: File[]) => {
    if (files.length === 0) return;
    if (workspace.sample && !leftSample.current) setHeld(files);
    else void send(files);
  };

  useEffect(() => {
    document.title = 'Import a file – Turnout';
  }, []);

  return (
    <div className="import">
      <div className="page-head">
        <h1>Import a file</h1>
        <p className="faint">
          An export of an operator, a list, any table: from the file to a chart in a minute or two.
        </p>
      </div>
      {held.length > 0 ? (
        <LeaveSample
          files={held}
          onStay={() => setHeld([])}
          onLeft={() => {
            leftSample.current = true;
            const files = held;
            setHeld([]);
            void send(files);
          }}
        />
      ) : (
        <DropZone disabled={busy} onFiles={onFiles} />
      )}
      {uploads.length > 0 && <UploadList uploads={uploads} locale={workspace.locale} onCancel={cancel} />}
      {!workspace.sample && <PastImports workspace={workspace} />}
    </div>
  );
}

/** Sample data and real data are never mixed. */
function LeaveSample({ files, onStay, onLeft }: { files: File[]; onStay(): void; onLeft(): void }) {
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const leave = async () => {
    setWorking(true);
    setError(null);
    try {
      await postJson('/api/v1/sample/remove', {});
      onLeft();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : 'The sample data could not be removed. Try again.');
      setWorking(false);
    }
  };

  return (
    <section className="panel import-sample">
      <h2 ref={heading} tabIndex={-1}>
        Your own workspace starts without the sample data
      </h2>
      <p>
        What you see now is made up. {files.length === 1 ? files[0]?.name : `${files.length} files`} can only be
        imported into a workspace of your own, so that real and made-up numbers are never mixed.
      </p>
      {error && (
        <p className="import-problem" role="alert">
          {error}
        </p>
      )}
      <p className="import-row">
        <button type="button" className="button-main" disabled={working} onClick={() => void leave()}>
          {working ? 'Removing …' : 'Remove the sample and go on'}
        </button>
        <button type="button" className="button" disabled={working} onClick={onStay}>
          Keep the sample
        </button>
      </p>
    </section>
  );
}
