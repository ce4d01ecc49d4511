import type { TableChange } from '../contract/changes.ts';
import { FACT_TIMES, type FactTable } from '../contract/facts.ts';
import { sql, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import { EVERY_HOUR } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** What entries changed of one table. */
export interface Touched {
  /** The newest entry that changed these hours; above the progress it is of a batch that is not finished yet, or never was. */
  seq: number;
  change: TableChange;
}

/**
 * What was changed by entries after this one, oldest first. Each hour of a column is told once, with its newest entry. The columns
 * of `FACT_TIMES` are always there; of tables that people brought only those of which an hour was touched.
 */
export async function loadTouches(warehouse: Warehouse, after: number): Promise<Touched[]> {
  const { rows } = await warehouse.query<{ at: number; table_name: string; told: [string, number[]][] }>(
    renderSql(sql`SELECT at, table_name, groupArray(tuple(column_name, hours)) AS told
FROM (
  SELECT at, table_name, column_name, arraySort(groupArray(hour)) AS hours
  FROM (
    SELECT table_name, column_name, hour, max(seq) AS at FROM ${tableName('touches')}
    WHERE seq > ${uint64(BigInt(after))} GROUP BY table_name, column_name, hour
  )
  GROUP BY at, table_name, column_name
)
GROUP BY at, table_name ORDER BY at, table_name`),
  );
  return rows.map(({ at, table_name: table, told }) => {
    const whole = told.some(([column, hours]) => column === '' && hours.includes(EVERY_HOUR));
    return { seq: at, change: whole ? { table } : { table, hours: { ...noHours(table), ...hoursOf(told) } } };
  });
}

const hoursOf = (told: readonly [string, number[]][]): Record<string, number[]> =>
  Object.fromEntries(told.filter(([column]) => column !== ''));

const noHours = (table: string): Record<string, number[]> =>
  Object.hasOwn(FACT_TIMES, table)
    ? Object.fromEntries(FACT_TIMES[table as FactTable].map((column) => [column, []]))
    : {};
