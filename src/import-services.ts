import { isDeepStrictEqual } from 'node:util';
import type { Source } from './connectors/sources.ts';
import { snakeCase } from './contract/column-name.ts';
import { TurnoutError } from './contract/errors.ts';
import type { FileFormat, RowMapping } from './contract/mapping.ts';
import type { SourceDeclaration } from './contract/source.ts';
import type { DataSide } from './data-side.ts';
import type { DeclaredFile, DeclaredPlace, ImportWorkspace } from './imports/import-workspace.ts';
import type { Journal } from './journal/entry.ts';
import { uniqueTableName } from './model/proposal/names.ts';
import { proposeTable, takenTableNames } from './model/propose-table.ts';
import { recordAudit } from './store/audit.ts';
import { loadHeaderSource, saveHeader } from './store/imports.ts';
import type { ControlDatabase } from './store/tables.ts';
import type { Sync } from './sync/sync.ts';
import { newSourceFile } from './workspace/source-files.ts';
import { changeWorkspace, type WorkspaceFile } from './workspace/write-files.ts';
import type { WorkspaceFiles } from './workspace-files.ts';

export interface ImportServicesOptions {
  sync: Sync;
  journal: Pick<Journal, 'append'>;
  data: Pick<DataSide, 'caughtUp'>;
  control: ControlDatabase;
  clock: () => number;
  current(): WorkspaceFiles;
  workspaceFolder: string;
  reload(): Promise<void>;
  undoRun(run: number, actor: string): Promise<void>;
}

/** Settings of a source of files, as far as imports read them. */
interface FileSettings {
  mapping: RowMapping;
  format?: FileFormat;
}

const FILE_CONNECTOR = 'csv';
const MAX_NAME = 50;

/** What imports need of the open workspace. */
export function createImportWorkspace(options: ImportServicesOptions): ImportWorkspace {
  const { sync, journal, data, control, clock, current } = options;
  const workspace = () => current().loaded.workspace;
  const country = () => (workspace().country === undefined ? {} : { country: workspace().country as string });
  const fileSource = (name: string): Source | undefined =>
    current().sources.find((source) => source.name === name && source.connector.name === FILE_CONNECTOR);

  return {
    tables: () => current().loaded.tables,
    guessContext: () => ({ timeZone: workspace().time_zone, ...country(), tables: current().loaded.tables }),
    mappingContext: () => ({ timeZone: workspace().time_zone, ...country() }),
    async savedMapping(header) {
      const name = await loadHeaderSource(control, header);
      const source = name === null ? undefined : fileSource(name);
      if (source === undefined) return null;
      const { mapping, format } = source.settings as FileSettings;
      return { source: source.name, label: source.label, mapping, format: format ?? {} };
    },
    async declare(file): Promise<DeclaredPlace> {
      const known = await this.savedMapping(file.header);
      if (known !== null && isDeepStrictEqual(known.mapping, file.mapping))
        return { source: known.source, dashboard: dashboardOf(current(), file.mapping), files: [] };

      const { mapping, files, table } = describeFile(file, current());
      const label = file.saveAs ?? file.file.replace(/\.[^.]*$/, '');
      const declaration: SourceDeclaration = {
        name: uniqueSourceName(label, current()),
        connector: FILE_CONNECTOR,
        label,
        settings: { format: lastingFormat(file.format), mapping },
        defaults: {},
        schedule: 'manual',
      };
      const written: WorkspaceFile[] = [...files, newSourceFile(declaration)];
      await changeWorkspace(options, written, {
        check() {
          if (fileSource(declaration.name) === undefined)
            throw new TurnoutError(
              'invalid_request',
              'The columns are not matched in a way that can be saved. Go back one step.',
            );
        },
      });
      if (file.saveAs !== undefined) await saveHeader(control, file.header, declaration.name);
      await recordAudit(control, {
        at: clock(),
        actor: file.actor,
        action: 'import.declare',
        detail: `The file "${file.file}" is read as ${declaration.name}${table === null ? '' : ` into the table ${table}`}.`,
      });
      return {
        source: declaration.name,
        dashboard: dashboardOf(current(), mapping),
        files: written.map(({ path }) => path),
      };
    },
    async startRun({ source, file }) {
      const run = await sync.startRun({ source, trigger: 'import', file });
      run.log('info', `Importing ${file}.`);
      return {
        id: run.id,
        page: (rows, bytes, seq) => run.page({ stream: 'files', rows, bytes, seq }),
        async end(state, error) {
          await run.stream('files', state === 'ok' ? 'ok' : 'failed');
          run.log(state === 'ok' ? 'info' : 'error', error ?? `Every row of ${file} is in the journal.`);
          await run.end({ state, error: error ?? null });
        },
      };
    },
    run: (id) => sync.run(id),
    append: (entry) => journal.append(entry),
    counted: () => data.caughtUp(),
    undoRun: options.undoRun,
  };
}

/** The mapping with its table, and the model files of a table that is new. */
function describeFile(
  file: DeclaredFile,
  { loaded }: WorkspaceFiles,
): { mapping: RowMapping; files: WorkspaceFile[]; table: string | null } {
  const { mapping } = file;
  if (mapping.record !== 'row') return { mapping, files: [], table: null };
  const wanted = file.table ?? mapping.table;
  const declared = loaded.tables.find(({ table }) => table === wanted);
  if (declared !== undefined)
    return { mapping: { ...mapping, table: declared.table }, files: [], table: declared.table };
  const label = file.saveAs ?? file.file.replace(/\.[^.]*$/, '');
  const name = uniqueTableName(wanted ?? label, takenTableNames(loaded));
  const { time_zone: timeZone, currency } = loaded.workspace;
  const proposal = proposeTable({
    name,
    label,
    columns: mapping.columns.map(({ field, column, type }) => ({
      name: field,
      label: column ?? field,
      type: type ?? 'text',
      samples: file.samples.get(column ?? '') ?? [],
    })),
    timeZone,
    currency,
    model: loaded.model,
  });
  const files = file.dashboard ? proposal.files : proposal.files.filter(({ path }) => !path.startsWith('dashboards/'));
  // A name that tables keep for themselves was replaced.
  const columns = mapping.columns.map((one, index) => ({
    ...one,
    field: proposal.tableSpec.columns[index]?.name ?? one.field,
  }));
  return { mapping: { ...mapping, columns, table: name }, files, table: name };
}

/** The next file is looked at anew; only what cannot be seen from it is kept. */
const lastingFormat = ({ sheet, section }: FileFormat): FileFormat => ({
  ...(sheet === undefined ? {} : { sheet }),
  ...(section === undefined ? {} : { section }),
});

/** Where to look at the result: the table's own dashboard, else the first one. */
function dashboardOf({ loaded }: WorkspaceFiles, mapping: RowMapping): string | null {
  const own = loaded.dashboards.find(({ name }) => name === mapping.table);
  const shown = own ?? (mapping.record === 'row' ? undefined : loaded.dashboards[0]);
  return shown === undefined ? null : `/d/${shown.name}`;
}

function uniqueSourceName(label: string, { sources, unusable }: WorkspaceFiles): string {
  const taken = new Set([...sources.map(({ name }) => name), ...unusable]);
  const base = snakeCase(label).replaceAll('_', '-').slice(0, MAX_NAME).replace(/-+$/, '') || 'file';
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}
