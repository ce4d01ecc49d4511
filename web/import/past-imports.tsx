import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ImportInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { formatAgo, formatBytes, formatInstant, NO_DATA } from '../format/index.ts';
import { showToast } from '../layout/messages.tsx';
import { PlainTable, TableFrame } from '../table/plain-table.tsx';
import { countedRows, laterOf, STATE_WORDS } from './file-words.ts';
import { discardImport, useImportAction, useImports } from './import-api.ts';
import { UndoButton } from './undo-button.tsx';

/** Files that were brought before, newest first. */
export function PastImports({ workspace }: { workspace: WorkspaceInfo }) {
  const imports = useImports().data ?? [];
  if (imports.length === 0) return null;
  return (
    <>
      <h2 id="past-imports">Files brought before</h2>
      <TableFrame labelledBy="past-imports">
        <PlainTable
          className="import-past"
          headings={['File', 'State', { number: 'Rows' }, 'When', { hidden: 'Actions' }]}
        >
          {imports.map((info) => (
            <PastImport key={info.id} info={info} workspace={workspace} />
          ))}
        </PlainTable>
      </TableFrame>
    </>
  );
}

function PastImport({ info, workspace }: { info: ImportInfo; workspace: WorkspaceInfo }) {
  const { locale, now, time_zone: timeZone } = workspace;
  const client = useQueryClient();
  const act = useImportAction(info.id);
  const state = STATE_WORDS[info.state];
  const rows = info.run === null ? info.total_rows : countedRows(info);
  const when = info.run?.started_at ?? info.uploaded_at;
  const discard = async () => {
    try {
      await discardImport(client, info.id);
      showToast(`${info.file} was forgotten. Nothing of it was counted.`);
    } catch (error) {
      showToast(error instanceof Error ? error.message : 'The file could not be forgotten. Try again.');
    }
  };
  const open = info.state === 'uploaded' || (info.state === 'failed' && info.run === null);
  return (
    <tr>
      <th scope="row">
        <Link to="/import/$id" params={{ id: info.id }} search={{ text: '' }} className="import-file-link">
          {info.file}
        </Link>{' '}
        <span className="faint import-size">{formatBytes(info.bytes, locale)}</span>
      </th>
      <td title={info.error ?? undefined}>
        <span className="dot" data-tone={state.tone} aria-hidden="true" /> {state.word}
      </td>
      <td className="number">{rows === null ? NO_DATA : new Intl.NumberFormat(locale).format(rows)}</td>
      <td>
        <span title={formatInstant(when, locale, timeZone)}>{formatAgo(when, laterOf(now, when), locale)}</span>
      </td>
      <td className="import-actions">
        {open ? (
          <button
            type="button"
            className="button-text"
            aria-label={`Discard ${info.file}`}
            onClick={() => void discard()}
          >
            Discard
          </button>
        ) : (
          info.state !== 'running' && <UndoButton info={info} act={act} locale={locale} named />
        )}
      </td>
    </tr>
  );
}
