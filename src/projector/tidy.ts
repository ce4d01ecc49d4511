import { runAll } from '../warehouse/run-all.ts';
import { listParts, mergePartsStatements } from '../warehouse/schema.ts';
import type { TableName } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/**
 * Tables whose rows are all read by most pages. Parts with rows of the same webinars must be merged by each query: already two of
 * them make it half as slow again, many two or three times as slow.
 */
const READ_WHOLE: readonly TableName[] = ['participations', 'stays'];
/** Of which the latest months are read all the time. */
const READ_LATELY: readonly TableName[] = ['messages'];
/** Parts that are let be beside a stream: the engine merges by itself, in its own time. */
const FEW_PARTS = 6;
const FEW_PARTS_LATELY = 20;
/** More is not merged at once by us: it would take the cores for too long. */
const MOST_ROWS = 5_000_000;
const LIMIT = { timeoutMs: 300_000 };

/** The parts of a table, or of a month of it. */
interface PartCount {
  table: string;
  /** `202401`; `tuple()` where the table has no months. */
  partition: string;
  parts: number;
  rows: number;
}

/** Those that have more than one, most parts first. */
export async function loadParts(warehouse: Warehouse): Promise<PartCount[]> {
  return (await warehouse.query<PartCount>(listParts(warehouse.layout))).rows;
}

/**
 * Merges what many inserts have left in pieces, never much at a time. Failing is no harm.
 *
 * @param thorough whether tables that are read whole become one part, which only a quiet moment has time for
 */
export async function tidy(warehouse: Warehouse, thorough: boolean): Promise<void> {
  for (const { table, partition, parts, rows } of await loadParts(warehouse)) {
    const whole = READ_WHOLE.some((name) => name === table) && parts > (thorough ? 1 : FEW_PARTS);
    const lately = READ_LATELY.some((name) => name === table) && parts > FEW_PARTS_LATELY;
    if (!(whole || lately) || rows > MOST_ROWS) continue;
    const month = /^\d{6}$/.test(partition) ? Number(partition) : undefined;
    await runAll(warehouse, mergePartsStatements(table, warehouse.layout, month), LIMIT);
  }
}

/** Parts of the table, or month of one, that has most of them; 0 where that cannot be known. */
export async function mostParts(warehouse: Warehouse): Promise<number> {
  const [most] = await loadParts(warehouse).catch((): PartCount[] => []);
  return most?.parts ?? 0;
}
