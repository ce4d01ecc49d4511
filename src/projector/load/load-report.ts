import { number, sql } from '../../sql/build.ts';
import { renderSql } from '../../sql/render.ts';
import { tableName } from '../../warehouse/schema.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Loaded } from './load-order.ts';

/** Where the lines of these orders went, as far as they are counted. */
export async function loadLoaded(warehouse: Warehouse, firstSeq: number, lastSeq: number): Promise<Loaded> {
  const { rows } = await warehouse.query<Loaded>(
    renderSql(sql`SELECT sumIf(records, outcome = 'counted') AS counted, sumIf(records, outcome = 'duplicate') AS duplicate,
  sumIf(records, outcome = 'quarantined') AS quarantined
FROM ${tableName('loads')} FINAL WHERE seq BETWEEN ${number(firstSeq)} AND ${number(lastSeq)}`),
  );
  return rows[0] ?? { counted: 0, duplicate: 0, quarantined: 0 };
}
