import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { guessMapping } from '../connectors/mapping/guess-mapping.ts';
import { IMPORT_KINDS } from '../connectors/mapping/import-kinds.ts';
import type { ImportInfo, ImportKind } from '../contract/api.ts';
import { TurnoutError } from '../contract/errors.ts';
import type { FileFormat, RowMapping } from '../contract/mapping.ts';
import type { FileReader } from '../files/file-reader.ts';
import type { StoredImport } from '../store/imports.ts';
import { deleteImport, loadImport, loadImports, saveImport } from '../store/imports.ts';
import type { ControlDatabase } from '../store/tables.ts';
import { checkFile } from './check-file.ts';
import { describeImport, type LookedAt, lookAt } from './describe-import.ts';
import { importFile } from './import-file.ts';
import type { ImportWorkspace } from './import-workspace.ts';
import { receiveFile } from './receive-file.ts';

export interface ImportsOptions {
  control: ControlDatabase;
  /** Folder of the uploaded files; made where missing. */
  folder: string;
  clock: () => number;
  /** A reader for one file at a time; closed after each use. */
  openReader: () => FileReader;
  workspace: ImportWorkspace;
  log: { error(fields: object, message: string): void };
}

export interface RunOptions {
  save_as?: string | undefined;
  table?: string | undefined;
  dashboard: boolean;
}

/** Files that people bring, from the upload to the undo. Everything rejects with `TurnoutError` and a sentence. */
export interface Imports {
  kinds(): { kinds: ImportKind[]; tables: { name: string; label: string }[] };
  list(): Promise<ImportInfo[]>;
  get(id: string): Promise<ImportInfo>;
  /** Streams the body to disk and looks at it. A file that cannot be read is kept with its sentence. */
  upload(file: string, body: Readable, actor: string): Promise<ImportInfo>;
  setFormat(id: string, format: FileFormat): Promise<ImportInfo>;
  setKind(id: string, record: RowMapping['record']): Promise<ImportInfo>;
  setMapping(id: string, mapping: RowMapping): Promise<ImportInfo>;
  /** Waits for a short while; a longer check goes on and is told by `get`. */
  check(id: string): Promise<ImportInfo>;
  rejected(id: string): Promise<{ name: string; stream: Readable }>;
  /** Returns once the import has begun. */
  run(id: string, options: RunOptions, actor: string): Promise<ImportInfo>;
  undo(id: string, actor: string): Promise<ImportInfo>;
  discard(id: string): Promise<void>;
  /** Ends what is under way; resolves when nothing is. */
  close(): Promise<void>;
}

const LISTED = 100;
const EVERY = 1_000_000;
/** Uploads and rejected rows are kept so long. */
const KEPT_MS = 30 * 86_400_000;
/** A check that takes longer goes on without the request. */
const ANSWER_AFTER_MS = 10_000;

export function createImports(options: ImportsOptions): Imports {
  return new FileImports(options);
}

class FileImports implements Imports {
  readonly #options: ImportsOptions;
  /** What is under way, by import. */
  readonly #jobs = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: ImportsOptions) {
    this.#options = options;
    this.#jobs.set(
      '',
      this.#forgetOld()
        .catch((error: unknown) => this.#complain(error))
        .finally(() => this.#jobs.delete('')),
    );
  }

  kinds() {
    const tables = this.#options.workspace.tables().map(({ table, label }) => ({ name: table, label: label ?? table }));
    return { kinds: [...IMPORT_KINDS], tables };
  }

  async list(): Promise<ImportInfo[]> {
    const rows = await loadImports(this.#options.control, LISTED);
    return Promise.all(rows.map((row) => this.#describe(row, { preview: false })));
  }

  async get(id: string): Promise<ImportInfo> {
    return this.#describe(await this.#load(id));
  }

  async upload(file: string, body: Readable): Promise<ImportInfo> {
    const { control, clock, folder } = this.#options;
    await mkdir(folder, { recursive: true });
    const id = randomBytes(12).toString('base64url');
    const bytes = await receiveFile(body, this.#path(id));
    const row: StoredImport = {
      id,
      file: displayName(file),
      bytes,
      uploaded_at: clock(),
      state: 'uploaded',
      error: null,
      look: null,
      mapping: null,
      checked: null,
      source: null,
      run: null,
      result: null,
    };
    await saveImport(control, row);
    return this.#look(row, {});
  }

  async setFormat(id: string, format: FileFormat): Promise<ImportInfo> {
    const row = await this.#load(id);
    // What could not be read as guessed may be readable as a person says.
    return this.#look(row.state === 'failed' && row.look === null ? row : await this.#loadOpen(id), format);
  }

  async setKind(id: string, record: RowMapping['record']): Promise<ImportInfo> {
    const row = await this.#loadOpen(id);
    const look = lookOf(row);
    const guess = guessMapping(look.info.columns, record, this.#options.workspace.guessContext());
    return this.#save({
      ...row,
      look: JSON.stringify({ ...look, confidence: guess.confidence }),
      mapping: JSON.stringify(guess.mapping),
      checked: null,
    });
  }

  async setMapping(id: string, mapping: RowMapping): Promise<ImportInfo> {
    const row = await this.#loadOpen(id);
    return this.#save({ ...row, mapping: JSON.stringify(mapping), checked: null });
  }

  async check(id: string): Promise<ImportInfo> {
    const row = await this.#loadOpen(id);
    const format = lookOf(row).format;
    const mapping = mappingOf(row);
    if (row.checked !== null || row.error !== null) await this.#save({ ...row, checked: null, error: null });
    /** Only while the file is still to be read as it was when the check began. */
    const save = async (change: Partial<StoredImport>) => {
      const now = await this.#load(id);
      if (now.mapping === row.mapping && now.look === row.look) await this.#save({ ...now, ...change });
    };
    const job = this.#start(id, async () => {
      const reader = this.#options.openReader();
      try {
        const checked = await checkFile(reader, {
          path: this.#path(id),
          format,
          mapping,
          rejectedPath: this.#rejectedPath(id),
          context: this.#options.workspace.mappingContext(),
          signal: this.#stop.signal,
        });
        await save({ checked: JSON.stringify(checked), error: null });
      } catch (error) {
        await save({ error: this.#sentence(error) });
      } finally {
        await reader.close();
      }
    });
    await within(job, ANSWER_AFTER_MS);
    return this.get(id);
  }

  async rejected(id: string): Promise<{ name: string; stream: Readable }> {
    const row = await this.#load(id);
    if (row.checked === null)
      throw new TurnoutError('not_found', 'This file was not checked yet, so no row is known to be rejected.');
    return {
      name: `${row.file.replace(/\.[^.]*$/, '')} - rejected rows.csv`,
      stream: await openToRead(this.#rejectedPath(id)),
    };
  }

  async run(id: string, options: RunOptions, actor: string): Promise<ImportInfo> {
    const row = await this.#loadOpen(id);
    const look = lookOf(row);
    const { workspace } = this.#options;
    const place = await workspace.declare({
      file: row.file,
      format: look.format,
      mapping: mappingOf(row),
      samples: samplesOf(look.info),
      header: look.header,
      saveAs: options.save_as,
      table: options.table,
      dashboard: options.dashboard,
      actor,
    });
    const run = await workspace.startRun({ source: place.source, file: row.file });
    await this.#save({
      ...row,
      state: 'running',
      source: place.source,
      run: run.id,
      result: JSON.stringify({ dashboard: place.dashboard, files: place.files, source: place.source }),
    });
    this.#start(id, async () => {
      const reader = this.#options.openReader();
      try {
        await importFile(reader, {
          path: this.#path(id),
          format: look.format,
          source: place.source,
          run,
          append: workspace.append,
          clock: this.#options.clock,
          signal: this.#stop.signal,
        });
        await workspace.counted();
        await this.#save({ ...(await this.#load(id)), state: 'done' });
        // Its rows are in the journal now; a second copy of them would only be one more thing to lose.
        await rm(this.#path(id), { force: true });
      } catch (error) {
        const sentence = this.#sentence(error);
        await this.#save({ ...(await this.#load(id)), state: 'failed', error: sentence });
      } finally {
        await reader.close();
      }
    });
    return this.get(id);
  }

  async undo(id: string, actor: string): Promise<ImportInfo> {
    const row = await this.#load(id);
    if (row.run === null || row.state === 'running' || row.state === 'undone')
      throw new TurnoutError(
        'conflict',
        row.state === 'running'
          ? 'The import is still running. Wait until it has ended.'
          : row.state === 'undone'
            ? 'This import was taken back already.'
            : 'This file was not imported, so there is nothing to take back.',
      );
    await this.#options.workspace.undoRun(row.run, actor);
    return this.#save({ ...row, state: 'undone' });
  }

  async discard(id: string): Promise<void> {
    const row = await this.#load(id);
    if (this.#jobs.has(id)) throw new TurnoutError('conflict', 'The file is being read. Wait until that has ended.');
    if (row.run === null) await deleteImport(this.#options.control, id);
    await rm(this.#path(id), { force: true });
    await rm(this.#rejectedPath(id), { force: true });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#jobs.values());
  }

  /** Files that nobody imported, and rejected rows that nobody fetched, are contact data without a purpose. */
  async #forgetOld(): Promise<void> {
    const { control, clock } = this.#options;
    for (const row of await loadImports(control, EVERY)) {
      if (clock() - row.uploaded_at < KEPT_MS) continue;
      await rm(this.#path(row.id), { force: true });
      await rm(this.#rejectedPath(row.id), { force: true });
      if (row.run === null) await deleteImport(control, row.id);
    }
  }

  #complain(error: unknown): void {
    this.#options.log.error({ err: error }, 'an import failed');
  }

  #start(id: string, work: () => Promise<void>): Promise<void> {
    if (this.#jobs.has(id)) throw new TurnoutError('conflict', 'The file is being read. Wait until that has ended.');
    const job = work()
      .catch((error: unknown) => this.#complain(error))
      .finally(() => this.#jobs.delete(id));
    this.#jobs.set(id, job);
    return job;
  }

  async #look(row: StoredImport, chosen: FileFormat): Promise<ImportInfo> {
    const reader = this.#options.openReader();
    try {
      const look = await lookAt(reader, this.#path(row.id), chosen, this.#options.workspace);
      return await this.#save({
        ...row,
        state: 'uploaded',
        error: null,
        look: JSON.stringify(look),
        mapping: JSON.stringify(look.mapping),
        checked: null,
      });
    } catch (error) {
      // What was chosen wrongly can be chosen anew, as long as the file could be read before.
      const sentence = this.#sentence(error);
      if (row.look !== null) throw new TurnoutError('invalid_request', sentence);
      return await this.#save({ ...row, state: 'failed', error: sentence });
    } finally {
      await reader.close();
    }
  }

  async #load(id: string): Promise<StoredImport> {
    const row = await loadImport(this.#options.control, id);
    if (row === null) throw new TurnoutError('not_found', 'There is no such file. It may have been discarded.');
    return row;
  }

  async #loadOpen(id: string): Promise<StoredImport> {
    const row = await this.#load(id);
    if (row.state === 'uploaded' || (row.state === 'failed' && row.run === null && row.look !== null)) return row;
    throw new TurnoutError(
      'conflict',
      row.state === 'failed' && row.look === null
        ? `This file cannot be read: ${row.error ?? ''}`
        : 'This file was imported already. Upload it again to import it in another way.',
    );
  }

  async #save(row: StoredImport): Promise<ImportInfo> {
    await saveImport(this.#options.control, row);
    return this.#describe(row);
  }

  async #describe(row: StoredImport, { preview = true } = {}): Promise<ImportInfo> {
    const run = row.run === null ? null : await this.#options.workspace.run(row.run);
    const described = describeImport(row, run, this.#jobs.has(row.id));
    return preview ? described : { ...described, preview: { rows: [], row_numbers: [] } };
  }

  #sentence(error: unknown): string {
    if (error instanceof TurnoutError) return error.message;
    this.#options.log.error({ err: error }, 'a file could not be read');
    return 'The file could not be read because of a mistake in Turnout. It is kept; see the log.';
  }

  #path(id: string): string {
    return join(this.#options.folder, id);
  }

  #rejectedPath(id: string): string {
    return join(this.#options.folder, `${id}.rejected.csv`);
  }
}

async function openToRead(path: string): Promise<Readable> {
  const stream = createReadStream(path);
  try {
    await once(stream, 'open');
  } catch {
    throw new TurnoutError('not_found', 'The rejected rows are not kept any more: they are forgotten after 30 days.');
  }
  return stream;
}

function lookOf(row: StoredImport): LookedAt {
  if (row.look === null) throw new TurnoutError('conflict', `This file cannot be read: ${row.error ?? ''}`);
  return JSON.parse(row.look) as LookedAt;
}

function mappingOf(row: StoredImport): RowMapping {
  if (row.mapping === null) throw new TurnoutError('conflict', 'The columns of this file are not matched yet.');
  return JSON.parse(row.mapping) as RowMapping;
}

/** All that the first rows tell: what looks like an id in three rows is a category in fifty. */
function samplesOf({ columns, preview }: LookedAt['info']): Map<string, string[]> {
  return new Map(
    columns.map(({ name }, index) => [name, preview.rows.map((row) => row[index] ?? '').filter((cell) => cell !== '')]),
  );
}

/** The name without folders, for people only: on disk the file has an id. */
function displayName(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to go
  return name.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 200) || 'file';
}

async function within(job: Promise<void>, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = setTimeout(resolve, limitMs);
  await Promise.race([job, promise]);
  clearTimeout(limit);
}
