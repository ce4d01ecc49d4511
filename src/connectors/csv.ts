import { lstat } from 'node:fs/promises';
import { z } from 'zod';
import { TurnoutError } from '../contract/errors.ts';
import { fileFormat, rowMapping } from '../contract/mapping.ts';
import {
  type Cursor,
  type PullConnector,
  type PullEffects,
  PullError,
  type PulledPage,
  type StreamReport,
} from '../contract/pull.ts';
import type { TablePage } from '../contract/table-page.ts';
import { DEFAULT_LIMITS } from '../files/file-limits.ts';
import { lookAtFile, readFilePages } from '../files/read-file.ts';
import { csvGuide } from './csv-guide.ts';
import { compileMapping } from './mapping/compile-mapping.ts';
import { describeColumns } from './mapping/describe-columns.ts';
import { mapPage } from './mapping/map-page.ts';
import { feedsOfMapping, mainFeedOfMapping } from './mapping/mapped-feeds.ts';
import { maskPeople } from './mask-people.ts';
import { poison } from './parsed-item.ts';
import { readTablePage } from './read-table-page.ts';
import {
  hashFile,
  hasSameContent,
  isInside,
  listFiles,
  SETTLED_MS,
  type WatchedFile,
  wasRead,
  withFile,
} from './watched-folder.ts';

const settings = z
  .strictObject({
    /** Folder inside the workspace that files are dropped into; without it people upload them. */
    folder: z
      .string()
      .max(500)
      .refine(isInside, 'a folder inside the workspace, such as inbox; link it there if it lies elsewhere')
      .optional(),
    /** Names of the files: `*.csv`. All CSV and XLSX files where absent. */
    pattern: z
      .string()
      .max(200)
      .regex(/^[^/\\]+$/, 'a name with * and ?, without a folder')
      .optional(),
    format: fileFormat.optional(),
    mapping: rowMapping,
  })
  .superRefine(({ mapping }, context) => {
    if (mapping.record === 'row' && mapping.table === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['mapping', 'table'],
        message: 'Rows go into a table of the workspace: name it with table.',
      });
    }
  });

export type FileSettings = z.infer<typeof settings>;

const STREAM = 'files';

/** CSV and XLSX files: uploaded by people, or dropped into a folder of the workspace. */
export const csv: PullConnector<FileSettings> = {
  name: 'csv',
  title: 'Files (CSV, XLSX)',
  guide: csvGuide,
  mode: 'file',
  settings,
  revisable: true,
  feeds: ({ mapping }) => feedsOfMapping(mapping),
  streams: (given) =>
    given.folder === undefined ? [] : [{ name: STREAM, ...mainFeedOfMapping(given.mapping), mode: 'incremental' }],
  targets: () => [],

  async check(given, effects) {
    return given.folder === undefined ? [] : [await checkFolder(given, given.folder, effects)];
  },

  async *read({ settings: given, cursor, range }, effects) {
    if (range !== undefined) {
      throw new PullError(
        'settings',
        'Files are read as a whole: there is no range to read again. Put the file into the folder once more.',
      );
    }
    if (given.folder === undefined)
      throw new PullError('settings', 'This source has no folder to read: files are uploaded to it.');
    const files = await listFiles(workspaceOf(effects), given.folder, given.pattern);
    const present = new Set(files.map(({ name }) => name));
    let position: Cursor | null = cursor;
    const unfit: string[] = [];
    for (const file of files) {
      if (effects.signal.aborted) return;
      if (wasRead(position, file)) continue;
      if (effects.now() - file.modified < SETTLED_MS) {
        effects.log(`${file.name} was changed a moment ago; it is read by the next run.`);
        continue;
      }
      for await (const page of readFile(file, present, position, given, effects, (sentence) => unfit.push(sentence))) {
        yield page;
        position = page.cursor ?? position;
      }
    }
    // The others were read first; these are read once the mapping or the file is mended.
    if (unfit.length > 0) throw new PullError('settings', unfit.join(' '));
  },

  parse(entry, context) {
    const page = readTablePage(entry.body);
    return page === undefined
      ? [poison('This is not a page of rows.', entry.body)]
      : mapPage(page, context.settings.mapping, context);
  },
};

function workspaceOf(effects: PullEffects): string {
  if (effects.folder === undefined) throw new PullError('settings', 'Folders are watched in a workspace only.');
  return effects.folder;
}

/**
 * Pages of one file; the last one moves the cursor. A file that cannot be read is a notice, and the others are read; of one that
 * lacks a mapped column nothing is taken, and `unfit` hears which.
 */
async function* readFile(
  file: WatchedFile,
  present: ReadonlySet<string>,
  position: Cursor | null,
  given: FileSettings,
  effects: PullEffects,
  unfit: (sentence: string) => void,
): AsyncGenerator<PulledPage> {
  try {
    const hash = await hashFile(file.path, effects.signal);
    const next = withFile(position, file, hash, present);
    if (hasSameContent(position, file, hash)) {
      effects.log(`${file.name} was touched, but its content is the same.`);
      yield { ...pageOf(file, { columns: [], first_row: 1, rows: [] }), cursor: next };
      return;
    }
    const look = await lookAtFile(file.path, given.format ?? {}, DEFAULT_LIMITS);
    const missing = missingColumn(given, look.columns);
    if (missing !== undefined) return unfit(`${file.name}: ${missing}`);
    const columns = describeColumns(look.preview).map(({ name, type }) => ({ name, type }));
    let rows = 0;
    let held: PulledPage = pageOf(file, { columns: look.columns, first_row: 1, rows: [] });
    for await (const page of readFilePages(file.path, look.format, DEFAULT_LIMITS)) {
      if (rows > 0) yield held;
      held = { ...pageOf(file, page), columns };
      rows += page.rows.length;
    }
    const now = await lstat(file.path);
    if (now.size !== file.size || Math.floor(now.mtimeMs) !== file.modified) {
      effects.notice(`${file.name} was changed while it was read: it is read again by the next run.`);
      if (rows > 0) yield held;
      return;
    }
    effects.log(`${file.name}: ${rows} rows.`);
    yield { ...held, cursor: next };
  } catch (error) {
    if (effects.signal.aborted) return;
    if (error instanceof TurnoutError) effects.notice(`${file.name} was not read: ${error.message}`);
    else if (isMissing(error)) effects.notice(`${file.name} has gone while it was read.`);
    else throw error;
  }
}

function pageOf(file: WatchedFile, page: TablePage): PulledPage {
  const place = page.place === undefined ? file.name : `${file.name}, ${page.place}`;
  return {
    body: Buffer.from(JSON.stringify({ ...page, place })),
    contentType: 'application/json',
    rows: page.rows.length,
  };
}

async function checkFolder(given: FileSettings, folder: string, effects: PullEffects): Promise<StreamReport> {
  const began = effects.now();
  const report = (ok: boolean, detail: string, more: Partial<StreamReport> = {}): StreamReport => ({
    stream: STREAM,
    ok,
    detail,
    elapsed_ms: effects.now() - began,
    rows: null,
    columns: [],
    sample: [],
    ...more,
  });
  try {
    const files = await listFiles(workspaceOf(effects), folder, given.pattern);
    const newest = files.at(-1);
    if (newest === undefined)
      return report(
        true,
        `The folder "${folder}" holds no file yet${given.pattern === undefined ? '' : ` like ${given.pattern}`}.`,
      );
    const look = await lookAtFile(newest.path, given.format ?? {}, DEFAULT_LIMITS);
    const columns = describeColumns(look.preview).map(({ name, type }) => ({ name, type }));
    const missing = missingColumn(given, look.columns);
    if (missing !== undefined) return report(false, `${newest.name}: ${missing}`, { columns });
    const sample = look.preview.rows
      .slice(0, 5)
      .map((row) =>
        maskPeople(Object.fromEntries(look.columns.map((name, index) => [name, row[index] ?? null]))),
      ) as Record<string, unknown>[];
    return report(true, `${files.length === 1 ? 'One file' : `${files.length} files`}; the newest is ${newest.name}.`, {
      columns,
      sample,
    });
  } catch (error) {
    if (error instanceof PullError || error instanceof TurnoutError) return report(false, error.message);
    throw error;
  }
}

/** A sentence on a column that the mapping needs and the file does not have. */
function missingColumn({ mapping }: FileSettings, columns: readonly string[]): string | undefined {
  const { problems } = compileMapping(mapping, { columns, timeZone: 'UTC', defaults: {} });
  const missing = problems.find(({ code }) => code === 'unknown_column');
  return missing === undefined ? undefined : [missing.message, missing.hint].filter(Boolean).join(' ');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}
