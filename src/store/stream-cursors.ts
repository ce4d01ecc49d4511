import type { Selectable } from 'kysely';
import type { StreamCursorsTable } from './sync-tables.ts';
import type { ControlDatabase } from './tables.ts';

export type StreamCursorRow = Selectable<StreamCursorsTable>;

/** All of one source, or of every source. */
export async function loadStreamCursors(database: ControlDatabase, source?: string): Promise<StreamCursorRow[]> {
  const query = database.selectFrom('stream_cursors').selectAll();
  return (source === undefined ? query : query.where('source', '=', source)).execute();
}

/** Notes the cursor that entry `seq` carried, unless a later entry has been noted. `fullRows` where a full read ended with it. */
export async function saveStreamCursor(
  database: ControlDatabase,
  at: { source: string; stream: string; seq: number; cursor: string | null; fullRows?: number },
): Promise<void> {
  const { source, stream, seq, cursor } = at;
  const change = { cursor, seq, ...(at.fullRows === undefined ? {} : { full_rows: at.fullRows }) };
  await database
    .insertInto('stream_cursors')
    .values({ source, stream, complete_through: null, full_rows: null, ...change })
    .onConflict((conflict) =>
      conflict.columns(['source', 'stream']).doUpdateSet(change).where('stream_cursors.seq', '<', seq),
    )
    .execute();
}

/** A read of the stream that began at `through` has come to its end. */
export async function saveCompleteThrough(
  database: ControlDatabase,
  at: { source: string; stream: string; through: number },
): Promise<void> {
  const { source, stream, through } = at;
  await database
    .insertInto('stream_cursors')
    .values({ source, stream, cursor: null, complete_through: through, full_rows: null })
    .onConflict((conflict) => conflict.columns(['source', 'stream']).doUpdateSet({ complete_through: through }))
    .execute();
}

/** Another service stands behind the name now: what was known of its streams says nothing any more. */
export async function forgetStreams(database: ControlDatabase, source: string): Promise<void> {
  await database.deleteFrom('stream_cursors').where('source', '=', source).execute();
  await database.deleteFrom('stream_columns').where('source', '=', source).execute();
}
