import { describeColumns } from '../connectors/mapping/describe-columns.ts';
import { guessMapping } from '../connectors/mapping/guess-mapping.ts';
import { headerFingerprint } from '../connectors/mapping/header-fingerprint.ts';
import type { ImportCheck, ImportInfo, RunInfo } from '../contract/api.ts';
import type { FileFormat, RowMapping } from '../contract/mapping.ts';
import type { TableCell } from '../contract/table-page.ts';
import type { FileReader } from '../files/file-reader.ts';
import type { StoredImport } from '../store/imports.ts';
import type { ImportWorkspace } from './import-workspace.ts';

/** What a look at a file gave; kept as JSON with the import. */
export interface LookedAt {
  info: Pick<ImportInfo, 'guesses' | 'sheets' | 'sections' | 'columns' | 'preview' | 'skipped_rows' | 'saved'>;
  /** As the file will be read. */
  format: FileFormat;
  header: string;
  /** The saved mapping where the header is known, else the guess. */
  mapping: RowMapping;
  confidence: Record<string, number>;
}

/** Reads the first rows of a file, under what was chosen, and guesses the rest. */
export async function lookAt(
  reader: FileReader,
  path: string,
  chosen: FileFormat,
  workspace: ImportWorkspace,
): Promise<LookedAt> {
  const look = await reader.look(path, chosen);
  const header = headerFingerprint(look.columns);
  const columns = describeColumns(look.preview);
  const saved = await workspace.savedMapping(header);
  const guess = guessMapping(columns, undefined, workspace.guessContext());
  return {
    info: {
      guesses: look.guesses,
      sheets: look.sheets,
      sections: look.sections,
      columns,
      preview: {
        rows: look.preview.rows.map((row) => row.map(asText)),
        row_numbers: look.preview.rows.map(
          (_, index) => look.preview.row_numbers?.[index] ?? look.preview.first_row + index,
        ),
      },
      skipped_rows: look.skippedRows,
      saved: saved === null ? null : { source: saved.source, label: saved.label },
    },
    format: look.format,
    header,
    mapping: saved?.mapping ?? guess.mapping,
    confidence: saved === null ? guess.confidence : {},
  };
}

const NOTHING: LookedAt['info'] = {
  guesses: [],
  sheets: [],
  sections: [],
  columns: [],
  preview: { rows: [], row_numbers: [] },
  skipped_rows: 0,
  saved: null,
};

/** An import as the API tells it. @param reading true while its file is being read */
export function describeImport(row: StoredImport, run: RunInfo | null, reading: boolean): ImportInfo {
  const look = row.look === null ? null : (JSON.parse(row.look) as LookedAt);
  const checked = row.checked === null ? null : (JSON.parse(row.checked) as ImportCheck);
  const interrupted = row.state === 'running' && !reading && run !== null && run.state !== 'running';
  return {
    id: row.id,
    file: row.file,
    bytes: row.bytes,
    uploaded_at: new Date(row.uploaded_at).toISOString(),
    state: interrupted ? 'failed' : row.state,
    error: interrupted
      ? 'Turnout ended during this import. What was read is kept: upload the file again, rows that are here already count once.'
      : row.error,
    format: look?.format ?? {},
    ...(look?.info ?? NOTHING),
    mapping: row.mapping === null ? { record: 'row', columns: [] } : (JSON.parse(row.mapping) as RowMapping),
    confidence: look?.confidence ?? {},
    check: checked,
    run,
    total_rows: checked?.rows ?? null,
    result: row.result === null ? null : (JSON.parse(row.result) as ImportInfo['result']),
  };
}

const asText = (cell: TableCell | undefined): string => (cell === null || cell === undefined ? '' : String(cell));
