import { sql } from '../sql/build.ts';
import type { SqlNode } from '../sql/nodes.ts';
import type { TableName } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Batch } from './batch.ts';
import { invitationRows } from './invitation-facts.ts';
import { type MergeRules, type MergeScope, mergeMessages, messagesOf } from './messages.ts';
import { placesOf, removeEmptyMessages } from './moved-messages.ts';
import type { People } from './people.ts';
import { personRows } from './person-facts.ts';
import { PROGRESS_NAME } from './progress.ts';
import { renumberFacts, renumberLoaded, someLoaded } from './renumber.ts';
import { defaultRow, encodeTable, type TableRow } from './rows.ts';
import { keySet, personSet } from './sets.ts';
import { touchMessages, touchPeople, touchRows } from './touched-rows.ts';
import type { Touches } from './touches.ts';

/** Milliseconds for statements that work through a whole batch. */
const STATEMENT_LIMIT_MS = 300_000;

/** What changed besides the rows themselves. */
export interface WrittenFacts {
  /** Rows of `people`. */
  people: number;
  /** People of whom nothing is left, and those whose row stands (again). */
  gone: number[];
  standing: number[];
  /** People who are no account any more. */
  accountsLost: number[];
}

export type WriteScope = Omit<MergeScope, 'messages' | 'places'>;

const inserter =
  (warehouse: Warehouse) =>
  async <Table extends TableName>(table: Table, rows: readonly TableRow<Table>[]): Promise<void> => {
    if (rows.length === 0) return;
    const { columns, lines } = encodeTable(table, rows);
    await warehouse.insert(table, columns, lines);
  };

/** The ledger of a batch whose facts are durable, then the progress. */
export async function closeBatch(
  warehouse: Warehouse,
  people: People,
  batch: Pick<Batch, 'receipts' | 'quarantine' | 'entries'>,
  touches: Touches,
  { through, settings }: Pick<WriteScope, 'through'> & { settings: string },
): Promise<void> {
  const put = inserter(warehouse);
  await allWritten([
    put('receipts', batch.receipts),
    put('quarantine', batch.quarantine),
    put('entries', batch.entries),
    touches.close(),
  ]);
  await put('progress', [{ name: PROGRESS_NAME, seq: through, ...people.next, model: settings }]);
}

/**
 * What a batch says and the facts that follow from it.
 * @param touches gets what changes; durable is of it what was overwritten, until the batch is closed
 */
export async function writeFacts(
  warehouse: Warehouse,
  people: People,
  batch: Batch,
  rules: MergeRules,
  touches: Touches,
  scope: WriteScope,
): Promise<WrittenFacts> {
  const version = scope.through;
  const { changes } = people;
  const put = inserter(warehouse);
  const run = (statement: Parameters<Warehouse['command']>[0]) =>
    warehouse.command(statement, { timeoutMs: STATEMENT_LIMIT_MS });

  const renumbered = new Map(changes.renumbered.map((person) => [person, people.root(person)]));

  // First: by them the check of the ledger sees that facts are being changed.
  await allWritten([put('record_versions', batch.versions), touchRows(warehouse, touches, batch, renumbered.keys())]);
  await allWritten([
    put('message_events', batch.messageEvents),
    put('person_records', batch.statements),
    put(
      'identities',
      changes.identities.map(([kind, value, person, seq, revisable]) => ({
        kind,
        value,
        person,
        revisable,
        version: seq,
        is_deleted: 0,
      })),
    ),
    put('person_roots', lastRoots(changes.roots)),
    touches.write(),
  ]);

  const writeMessages = async () => {
    const messages = touchedMessages(batch, renumbered);
    if (messages !== undefined) await run(mergeMessages(rules, { ...scope, messages }));
    const moved = batch.movedMessages;
    if (moved.size > 0) {
      const places = placesOf(moved);
      await run(mergeMessages(rules, { ...scope, messages: keySet(moved.keys()), redo: true, places }));
      await run(removeEmptyMessages(moved, version));
    }
    if (renumbered.size > 0 && (await someLoaded(warehouse))) await run(renumberLoaded(renumbered, version));
    if (messages !== undefined || moved.size > 0) await touchMessages(warehouse, touches, scope.after);
  };
  const writePeople = async () => {
    const { statements, changedPersons, revisedPersons, touched, shaken } = batch;
    const news = { statements, changed: changedPersons, revised: revisedPersons, touched, shaken };
    const { rows, gone, accountsLost } = await personRows(warehouse, people, news, version);
    const unsaid = accountsLost.flatMap((account) => account.statements);
    await put(
      'person_records',
      unsaid.map((record) => ({ ...defaultRow('person_records'), record, seq: version, version, is_deleted: 1 })),
    );
    await touchPeople(warehouse, touches, people, rows);
    await touches.write();
    await put('people', rows);
    const standing = rows.flatMap((row) => (row.is_deleted === 0 ? [Number(row.person)] : []));
    return { people: rows.length, gone, standing, accountsLost: accountsLost.map(({ person }) => person) };
  };
  const writeInvitations = async () => {
    const { changedInvitations: changed, shaken } = batch;
    const standing = await invitationRows(warehouse, people, batch.invitations, changed, shaken, version);
    const revised = batch.revisedInvitations.map(({ record, person, ...fields }) => ({
      ...fields,
      invitation: record,
      person: people.root(person),
      version,
    }));
    await put('invitations', [...standing, ...revised]);
    if (renumbered.size > 0) await run(renumberFacts('invitations', renumbered, version));
  };
  const writeActivities = async () => {
    await put(
      'activities',
      batch.activities.map((row) => ({ ...row, person: people.root(Number(row.person)), version })),
    );
    if (renumbered.size > 0) await run(renumberFacts('activities', renumbered, version));
  };
  const writeTables = async () => {
    for (const { table, columns, lines } of batch.userRows.inserts(version))
      await warehouse.insert(table, columns, lines);
  };
  const writeWebinars = async () => {
    const { webinar_records, registrations, attendances, recording_views } = batch.webinars.rows;
    await put(
      'webinar_records',
      webinar_records.map((row) => ({ ...row, version })),
    );
    await put(
      'registrations',
      registrations.map((row) => ({ ...row, version })),
    );
    await put(
      'attendances',
      attendances.map((row) => ({ ...row, version })),
    );
    await put(
      'recording_views',
      recording_views.map((row) => ({ ...row, version })),
    );
  };
  const others = () =>
    allWritten([writeMessages(), writeInvitations(), writeActivities(), writeTables(), writeWebinars()]);
  if (batch.shaken.size === 0 && batch.changedInvitations.size === 0) {
    const [written] = await allWritten([writePeople(), others()]);
    return written;
  }
  // Whether anybody is still known is asked of the facts.
  await others();
  return writePeople();
}

/** The last root of each number: a number can change twice within one entry. */
function lastRoots(roots: People['changes']['roots']): TableRow<'person_roots'>[] {
  const last = new Map(roots.map((change) => [change[0], change]));
  return [...last.values()].map(([person, root, seq]) => ({ person, root, seq }));
}

function touchedMessages(batch: Batch, renumbered: ReadonlyMap<number, number>): SqlNode | undefined {
  const parts: SqlNode[] = [];
  if (batch.messages.size > 0) parts.push(keySet(batch.messages));
  if (renumbered.size > 0) parts.push(messagesOf(personSet(renumbered.keys())));
  return parts.length === 2
    ? sql`(SELECT * FROM ${parts[0] as SqlNode} UNION ALL SELECT * FROM ${parts[1] as SqlNode})`
    : parts[0];
}

/** Waits for all, even when one fails: nothing may still be under way when the batch is done again. */
export async function allWritten<const Writes extends readonly Promise<unknown>[]>(
  writes: Writes,
): Promise<{ -readonly [Index in keyof Writes]: Awaited<Writes[Index]> }> {
  const settled = await Promise.allSettled(writes);
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return Promise.all(writes) as Promise<{ -readonly [Index in keyof Writes]: Awaited<Writes[Index]> }>;
}
