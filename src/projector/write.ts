import { sql } from '../sql/build.ts';
import type { SqlNode } from '../sql/nodes.ts';
import type { TableName } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Batch } from './batch.ts';
import { invitationRows } from './invitation-facts.ts';
import { type MergeRules, type MergeScope, mergeMessages, messagesOf } from './messages.ts';
import type { People } from './people.ts';
import { personRows } from './person-facts.ts';
import { PROGRESS_NAME } from './progress.ts';
import { renumberFacts } from './renumber.ts';
import { encodeTable, type TableRow } from './rows.ts';
import { keySet, personSet } from './sets.ts';

/** Milliseconds for statements that work through a whole batch. */
const STATEMENT_LIMIT_MS = 300_000;

/**
 * Writes a batch: what was said, the facts that follow from it, the receipts, the progress; each step only when the one before it
 * is durable. Stopped anywhere, doing the batch again (whatever its boundaries then are) comes to the same facts: every row is a
 * function of the journal up to its entry, or of rows that are.
 */
export async function writeBatch(
  warehouse: Warehouse,
  people: People,
  batch: Batch,
  rules: MergeRules,
  scope: Omit<MergeScope, 'messages'> & { settings: string },
): Promise<{ people: number }> {
  const version = scope.through;
  const { changes } = people;
  const put = async <Table extends TableName>(table: Table, rows: readonly TableRow<Table>[]) => {
    if (rows.length === 0) return;
    const { columns, lines } = encodeTable(table, rows);
    await warehouse.insert(table, columns, lines);
  };
  const run = (statement: Parameters<Warehouse['command']>[0]) =>
    warehouse.command(statement, { timeoutMs: STATEMENT_LIMIT_MS });

  await allWritten([
    put('message_events', batch.messageEvents),
    put(
      'person_records',
      batch.statements.map((one) => ({ ...one, version: one.observed_at, is_deleted: 0 })),
    ),
    put(
      'identities',
      changes.identities.map(([kind, value, person, seq]) => ({ kind, value, person, version: seq, is_deleted: 0 })),
    ),
    put('person_roots', lastRoots(changes.roots)),
  ]);

  const renumbered = new Map(changes.renumbered.map((person) => [person, people.root(person)]));
  const writeMessages = async () => {
    const messages = touchedMessages(batch, renumbered);
    if (messages !== undefined) await run(mergeMessages(rules, { ...scope, messages }));
  };
  const writePeople = async () => {
    const news = { statements: batch.statements, changed: batch.changedPersons };
    const rows = await personRows(warehouse, people, news, version);
    await put('people', rows);
    return rows.length;
  };
  const writeInvitations = async () => {
    const changed = batch.changedInvitations;
    await put('invitations', await invitationRows(warehouse, people, batch.invitations, changed, version));
    if (renumbered.size > 0) await run(renumberFacts('invitations', renumbered, version));
  };
  const writeActivities = async () => {
    await put(
      'activities',
      batch.activities.map((row) => ({ ...row, person: people.root(Number(row.person)), version })),
    );
    if (renumbered.size > 0) await run(renumberFacts('activities', renumbered, version));
  };
  const [, written] = await allWritten([writeMessages(), writePeople(), writeInvitations(), writeActivities()]);

  await allWritten([
    put('receipts', batch.receipts),
    put('quarantine', batch.quarantine),
    put('entries', batch.entries),
  ]);
  await put('progress', [{ name: PROGRESS_NAME, seq: version, people: people.next, model: scope.settings }]);
  return { people: written };
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
