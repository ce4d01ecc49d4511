import type { ResultSet } from '@clickhouse/client';
import type { WarehouseAnswer } from './warehouse.ts';

/** Rows as objects; each object is made of the answer's one list of names. @param startedAt of `performance.now()` */
export async function readAnswer<Row>(
  result: ResultSet<'JSONCompact'>,
  startedAt: number,
): Promise<WarehouseAnswer<Row>> {
  const answer = await result.json<unknown[]>();
  const columns = answer.meta ?? [];
  const names = columns.map((column) => column.name);
  return {
    rows: answer.data.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])) as Row),
    columns,
    rowsRead: answer.statistics?.rows_read ?? 0,
    elapsedMs: performance.now() - startedAt,
  };
}
