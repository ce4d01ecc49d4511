import { number, sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { FIRST_ACCOUNT, FIRST_NUMBERS, type NextNumbers } from './people.ts';
import { encodeTable, type TableRow } from './rows.ts';

export interface Progress {
  /** Every entry up to here is counted. */
  seq: number;
  next: NextNumbers;
  /** Receipt time of the newest entry, UTC milliseconds; 0 while there is none. */
  receivedAt: number;
  /** See settingsHash; '' where facts were made before it was kept. */
  settings: string;
}

export const PROGRESS_NAME = 'projector';

/** How far the facts are; the beginning where there are none. */
export async function loadProgress(warehouse: Warehouse): Promise<Progress> {
  const { rows } = await warehouse.query<Omit<Progress, 'next'> & NextNumbers>(
    renderSql(sql`SELECT p.seq AS seq, p.people AS people, greatest(p.accounts, ${number(FIRST_ACCOUNT)}) AS accounts, p.model AS settings,
  (SELECT toUnixTimestamp64Milli(max(received_at)) FROM ${tableName('entries')}) AS receivedAt
FROM (
  SELECT * FROM ${tableName('progress')} FINAL WHERE name = 'projector'
) AS p`),
  );
  const [row] = rows;
  if (row === undefined) return { seq: 0, next: FIRST_NUMBERS, receivedAt: 0, settings: '' };
  const { people, accounts, ...rest } = row;
  return { ...rest, next: { people, accounts } };
}

/** The highest entry by which any row of a message's event was written: above the progress it is from an unfinished batch. */
export async function loadLeftoverSeq(warehouse: Warehouse): Promise<number> {
  const { rows } = await warehouse.query<{ seq: number }>(
    renderSql(sql`SELECT max(version) AS seq FROM ${tableName('message_events')}`),
  );
  return rows[0]?.seq ?? 0;
}

/** Something else that is remembered beside the progress, under a name of its own. */
export async function saveNote(
  warehouse: Warehouse,
  note: Pick<TableRow<'progress'>, 'name' | 'seq' | 'model'>,
): Promise<void> {
  const { columns, lines } = encodeTable('progress', [{ ...note, people: 0, accounts: 0 }]);
  await warehouse.insert('progress', columns, lines);
}

const PARTICIPATIONS_NAME = 'participations';

/** Hash of the rules by which every participation was computed; undefined where they never were. */
export async function loadParticipationRules(warehouse: Warehouse): Promise<string | undefined> {
  const { rows } = await warehouse.query<{ model: string }>(
    renderSql(sql`SELECT model FROM ${tableName('progress')} FINAL WHERE name = ${string(PARTICIPATIONS_NAME)}`),
  );
  return rows[0]?.model;
}

/** @param seq entries counted by then */
export async function saveParticipationRules(warehouse: Warehouse, model: string, seq: number): Promise<void> {
  await saveNote(warehouse, { name: PARTICIPATIONS_NAME, seq, model });
}

const ORDER_NAME = 'order';

/** The last order that was taken in hand; above the progress it is being carried out. */
export async function loadOrderInHand(warehouse: Warehouse): Promise<number> {
  const { rows } = await warehouse.query<{ seq: number }>(
    renderSql(sql`SELECT max(seq) AS seq FROM ${tableName('progress')} WHERE name = ${string(ORDER_NAME)}`),
  );
  return rows[0]?.seq ?? 0;
}

export async function saveOrderInHand(warehouse: Warehouse, seq: number): Promise<void> {
  await saveNote(warehouse, { name: ORDER_NAME, seq, model: '' });
}
