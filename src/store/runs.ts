import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { RunLogTable, RunStreamsTable, RunsTable } from './sync-tables.ts';
import type { ControlDatabase } from './tables.ts';

export type RunRow = Selectable<RunsTable>;
export type RunStreamRow = Selectable<RunStreamsTable>;
export type RunLogRow = Selectable<RunLogTable>;

export async function insertRun(database: ControlDatabase, run: Insertable<RunsTable>): Promise<number> {
  const row = await database.insertInto('runs').values(run).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

export async function updateRun(database: ControlDatabase, id: number, change: Updateable<RunsTable>): Promise<void> {
  await database.updateTable('runs').set(change).where('id', '=', id).execute();
}

export async function loadRun(database: ControlDatabase, id: number): Promise<RunRow | undefined> {
  return database.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Newest first; `before` is the id of the last one of the page before. */
export async function loadRuns(
  database: ControlDatabase,
  source: string,
  page: { limit: number; before?: number | undefined },
): Promise<RunRow[]> {
  const query = database.selectFrom('runs').selectAll().where('source', '=', source).orderBy('id', 'desc');
  return (page.before === undefined ? query : query.where('id', '<', page.before)).limit(page.limit).execute();
}

/** The newest run of every source. */
export async function loadLastRuns(database: ControlDatabase): Promise<RunRow[]> {
  const newest = database
    .selectFrom('runs')
    .select(({ fn }) => fn.max('id').as('id'))
    .groupBy('source');
  return database.selectFrom('runs').selectAll().where('id', 'in', newest).execute();
}

/** When the last file of every source that came whole, and was not taken back, was brought. */
export async function loadLastFiles(database: ControlDatabase): Promise<Map<string, number>> {
  const rows = await database
    .selectFrom('runs')
    .select(({ fn }) => ['source', fn.max('started_at').as('at')])
    .where('file', 'is not', null)
    .where('state', '=', 'ok')
    .where('undone', '=', 0)
    .groupBy('source')
    .execute();
  return new Map(rows.map((row) => [row.source, row.at]));
}

export async function loadRunningRuns(database: ControlDatabase): Promise<RunRow[]> {
  return database.selectFrom('runs').selectAll().where('state', '=', 'running').orderBy('id').execute();
}

/**
 * Adds a page to what a run has brought, unless an entry as late as this one has been added before: entries of one run rise.
 * @returns false where it was known already
 */
export async function addPageToRun(
  database: ControlDatabase,
  page: { run: number; stream: string; seq: number; rows: number; bytes: number },
): Promise<boolean> {
  const { run, stream, seq, rows, bytes } = page;
  const result = await database
    .updateTable('runs')
    .set(({ eb, fn, val }) => ({
      rows: eb('rows', '+', rows),
      pages: eb('pages', '+', 1),
      bytes: eb('bytes', '+', bytes),
      first_seq: fn.coalesce('first_seq', val(seq)),
      last_seq: seq,
    }))
    .where('id', '=', run)
    .where(({ eb, fn, val }) => eb(fn.coalesce('last_seq', val(0)), '<', seq))
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await database
    .insertInto('run_streams')
    .values({ run, stream, rows, pages: 1, state: 'running' })
    .onConflict((conflict) =>
      conflict.columns(['run', 'stream']).doUpdateSet(({ eb }) => ({
        rows: eb('run_streams.rows', '+', rows),
        pages: eb('run_streams.pages', '+', 1),
      })),
    )
    .execute();
  return true;
}

/** Makes the stream's line of the run, or changes its state. */
export async function saveRunStream(
  database: ControlDatabase,
  stream: { run: number; stream: string; state: RunStreamRow['state'] },
): Promise<void> {
  await database
    .insertInto('run_streams')
    .values(stream)
    .onConflict((conflict) => conflict.columns(['run', 'stream']).doUpdateSet({ state: stream.state }))
    .execute();
}

export async function loadRunStreams(database: ControlDatabase, run: number): Promise<RunStreamRow[]> {
  return database.selectFrom('run_streams').selectAll().where('run', '=', run).orderBy(sql`rowid`).execute();
}

export async function appendRunLog(database: ControlDatabase, line: Insertable<RunLogTable>): Promise<void> {
  await database.insertInto('run_log').values(line).execute();
}

export async function loadRunLog(database: ControlDatabase, run: number): Promise<RunLogRow[]> {
  return database.selectFrom('run_log').selectAll().where('run', '=', run).orderBy('id').execute();
}

/** Forgets what is older than the newest `keep` runs of a source, but for files that can still be taken back. */
export async function forgetOldRuns(database: ControlDatabase, source: string, keep: number): Promise<void> {
  const edge = await database
    .selectFrom('runs')
    .select('id')
    .where('source', '=', source)
    .orderBy('id', 'desc')
    .offset(keep)
    .limit(1)
    .executeTakeFirst();
  if (edge === undefined) return;
  const old = database
    .selectFrom('runs')
    .select('id')
    .where('source', '=', source)
    .where('id', '<=', edge.id)
    .where('file', 'is', null);
  await database.deleteFrom('run_log').where('run', 'in', old).execute();
  await database.deleteFrom('run_streams').where('run', 'in', old).execute();
  await database.deleteFrom('runs').where('id', 'in', old).execute();
}
