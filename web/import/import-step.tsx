import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImportInfo } from '../../src/contract/api.ts';
import { formatRows } from '../format/index.ts';
import { countedRows } from './file-words.ts';
import { useImportAction, useImports } from './import-api.ts';
import type { StepProps } from './step-props.ts';
import { tableToMake } from './table-target.ts';
import { UndoButton } from './undo-button.tsx';

export interface RunChoices {
  /** Empty: the mapping is not remembered. */
  saveAs: string;
  dashboard: boolean;
}

interface ImportStepProps extends StepProps {
  choices: RunChoices;
  onChoices(choices: RunChoices): void;
}

/** Step 6 before the import: what is kept of the answers. The button stands in the foot of the page. */
export function ImportStep({
  info,
  kinds,
  mapping,
  workspace,
  choices,
  onChoices,
  proposed,
}: ImportStepProps & {
  /** The name under which the mapping is offered to be saved. */
  proposed: string;
}) {
  const table = tableToMake(info.file, mapping, kinds.tables);
  const counted = countedRows(info) ?? 0;
  return (
    <>
      <p className="import-lead">
        {formatRows(counted, workspace.locale)} of {info.file} {counted === 1 ? 'is' : 'are'} counted
        {mapping.record === 'row' && (
          <>
            {' '}
            in the table <strong>{table ?? mapping.table}</strong>
          </>
        )}
        . You can take all of it back afterwards.
      </p>
      {info.saved === null && (
        <div className="import-part">
          <label className="check">
            <input
              type="checkbox"
              checked={choices.saveAs !== ''}
              onChange={({ currentTarget }) => onChoices({ ...choices, saveAs: currentTarget.checked ? proposed : '' })}
            />
            Remember how this file is read
          </label>
          {choices.saveAs !== '' && (
            <label className="import-setting import-indent">
              <span>as</span>
              <input
                className="field import-select"
                maxLength={100}
                value={choices.saveAs}
                onChange={({ currentTarget }) => onChoices({ ...choices, saveAs: currentTarget.value })}
              />
            </label>
          )}
          <p className="faint import-indent">
            The next file with the same header is recognised and takes two clicks: choose it, import it.
          </p>
        </div>
      )}
      {table !== null && (
        <div className="import-part">
          <label className="check">
            <input
              type="checkbox"
              checked={choices.dashboard}
              onChange={({ currentTarget }) => onChoices({ ...choices, dashboard: currentTarget.checked })}
            />
            Make a dashboard of it
          </label>
          <p className="faint import-indent">
            Figures, a line over time, a breakdown and a table, written as a file that you can change.
          </p>
        </div>
      )}
    </>
  );
}

/** While the rows go in, and afterwards. */
export function ImportOutcome({ info, workspace, act }: Pick<StepProps, 'info' | 'workspace' | 'act'>) {
  const { locale } = workspace;
  if (info.state === 'running') return <Progress info={info} locale={locale} />;
  if (info.state === 'failed') {
    return (
      <>
        <div className="import-problem" role="alert">
          <p>{info.error ?? info.run?.error ?? 'The reason is in the log of its run.'}</p>
        </div>
        <p>What went in before is kept. Bring the file again: rows that are here already count once.</p>
        <p className="import-row">
          <Link to="/import" className="button-main">
            Bring the file again
          </Link>
          <UndoButton info={info} act={act} locale={locale} />
        </p>
      </>
    );
  }
  if (info.state === 'undone') {
    return (
      <div className="import-done">
        <p>Everything that this file brought was taken back. The numbers are as they were before.</p>
        <p>
          <Link to="/import" className="button-main">
            Import another file
          </Link>
        </p>
      </div>
    );
  }
  return <Done info={info} act={act} workspace={workspace} />;
}

function Progress({ info, locale }: { info: ImportInfo; locale: string }) {
  const rows = info.run?.rows ?? 0;
  const total = info.check?.rows ?? info.total_rows;
  const known = total !== null && total > 0;
  return (
    <div className="import-waiting">
      <div
        role="progressbar"
        aria-label="Rows imported"
        aria-valuemin={0}
        {...(known ? { 'aria-valuemax': total, 'aria-valuenow': Math.min(rows, total) } : {})}
        className="import-progress"
        data-endless={known ? undefined : true}
      >
        <span style={known ? { width: `${Math.min(100, (rows / total) * 100)}%` } : undefined} />
      </div>
      <p>
        {known && rows >= total
          ? `All ${formatRows(rows, locale)} are in and are being counted. `
          : `${formatRows(rows, locale)}${known ? ` of ${new Intl.NumberFormat(locale).format(total)}` : ''} so far. `}
        You can leave this page; the import goes on.
      </p>
    </div>
  );
}

function Done({ info, act, workspace }: Pick<StepProps, 'info' | 'workspace' | 'act'>) {
  const { check, result, run } = info;
  const { locale } = workspace;
  const first = workspace.dashboards[0];
  const page = result?.dashboard ?? (first && info.mapping.record !== 'row' ? `/d/${first.name}` : null);
  const counted = countedRows(info) ?? 0;
  const rest: string[] = [];
  if (check && check.rejected > 0) rest.push(`${formatRows(check.rejected, locale)} rejected`);
  if (check && check.repeated > 0) rest.push(`${formatRows(check.repeated, locale)} repeated`);
  return (
    <div className="import-done">
      <p className="import-counted" role="status">
        <span className="dot" data-tone="good" aria-hidden="true" /> {formatRows(counted, locale)} imported
        {rest.length > 0 && <span className="faint">, {rest.join(', ')}</span>}
      </p>
      {run?.notices.map((notice) => (
        <p key={notice}>{notice}</p>
      ))}
      <p className="import-row">
        {page !== null && <DashboardLink path={page} />}
        <Link to="/import" className={page === null ? 'button-main' : 'button'}>
          Import another file
        </Link>
        {result && (
          <Link to="/sources/$name" params={{ name: result.source }} className="button">
            Open its source
          </Link>
        )}
        <UndoButton info={info} act={act} locale={locale} />
      </p>
      {result && result.files.length > 0 && (
        <details>
          <summary>Files that were written in your workspace folder</summary>
          <ul>
            {result.files.map((file) => (
              <li key={file}>
                <code>{file}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Waiting info={info} />
    </div>
  );
}

function DashboardLink({ path }: { path: string }): ReactNode {
  const name = /^\/d\/([^/?#]+)$/.exec(path)?.[1];
  const words = 'Open the dashboard';
  if (name === undefined) {
    return (
      <a className="button-main" href={path}>
        {words}
      </a>
    );
  }
  return (
    <Link to="/d/$name" params={{ name: decodeURIComponent(name) }} search={{ text: '' }} className="button-main">
      {words}
    </Link>
  );
}

/** Several files were brought at once: the next one. */
function Waiting({ info }: { info: ImportInfo }) {
  const navigate = useNavigate();
  const waiting = (useImports().data ?? []).filter((one) => one.state === 'uploaded' && one.id !== info.id);
  // Newest first: the last one that came after this file, or the oldest.
  const next =
    waiting.findLast((one) => sameHeader(one, info)) ??
    waiting.findLast((one) => one.uploaded_at > info.uploaded_at) ??
    waiting.at(-1);
  const act = useImportAction(next?.id ?? '');
  if (!next) return null;

  const open = async () => {
    // With the header of this file it was read before the mapping was there to be recognised.
    if (sameHeader(next, info)) await act({ action: 'format', format: next.format }).catch(() => undefined);
    await navigate({ to: '/import/$id', params: { id: next.id }, search: { text: '' } });
  };
  return (
    <p>
      {waiting.length === 1 ? 'One more file waits: ' : `${waiting.length} more files wait. Next: `}
      <button type="button" className="button-text" onClick={() => void open()}>
        {next.file}
      </button>
    </p>
  );
}

function sameHeader(a: ImportInfo, b: ImportInfo): boolean {
  return a.columns.length === b.columns.length && a.columns.every(({ name }, index) => name === b.columns[index]?.name);
}
