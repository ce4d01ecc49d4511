import { sql, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { accountRecord } from './batch.ts';
import type { Key } from './hash.ts';
import { keySet } from './sets.ts';

/**
 * Of whom it is noted already that they acted as an account: nothing about them is to be written again.
 * @param people numbers by which they go now
 * @param through what a batch that was not finished has noted later does not count
 */
export async function loadAccounts(
  warehouse: Warehouse,
  people: readonly number[],
  through: number,
): Promise<number[]> {
  if (people.length === 0) return [];
  const byRecord = new Map(people.map((person) => [accountRecord(person), person]));
  const { rows } = await warehouse.query<{ id: Key }>(
    renderSql(sql`SELECT toString(r.record) AS id
FROM (SELECT record, version FROM ${tableName('person_records')} FINAL PREWHERE record IN ${keySet(byRecord.keys())}) AS r
WHERE r.version <= ${uint64(BigInt(through))}`),
  );
  return rows.flatMap(({ id }) => byRecord.get(id) ?? []);
}
