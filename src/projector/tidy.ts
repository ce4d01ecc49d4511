import { runAll } from '../warehouse/run-all.ts';
import { countParts, mergePartsStatements } from '../warehouse/schema.ts';
import type { TableName } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** Tables whose rows are all read by most pages: many parts make each of their queries two or three times as slow. */
const READ_WHOLE: readonly TableName[] = ['participations', 'stays'];
/** Parts that are let be: the engine merges by itself, in its own time. */
const FEW_PARTS = 6;
const LIMIT = { timeoutMs: 300_000 };

/** Merges what many inserts have left in pieces; for moments without a backlog. Failing is no harm. */
export async function tidy(warehouse: Warehouse): Promise<void> {
  for (const table of READ_WHOLE) {
    const { rows } = await warehouse.query<{ parts: number }>(countParts(table, warehouse.layout));
    if ((rows[0]?.parts ?? 0) > FEW_PARTS)
      await runAll(warehouse, mergePartsStatements(table, warehouse.layout), LIMIT);
  }
}
