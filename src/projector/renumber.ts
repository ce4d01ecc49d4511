import { commas, identifier, number, sql, uint64 } from '../sql/build.ts';
import type { Fragment, SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { tableName } from '../warehouse/schema.ts';
import { columnsOf } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { personSet } from './sets.ts';

/** The same of loaded messages: they have no events of which they could be merged again. */
export function renumberLoaded(roots: ReadonlyMap<number, number>, version: number): RenderedSql {
  const numbers = sql`[${commas([...roots.keys()].map(number))}], [${commas([...roots.values()].map(number))}]`;
  const columns = columnsOf('messages');
  const cells = columns.map((column) => {
    if (column === 'version') return uint64(BigInt(version));
    return column === 'account' || column === 'recipient'
      ? sql`transform(f.${identifier(column)}, ${numbers}, f.${identifier(column)})`
      : sql`f.${identifier(column)}`;
  });
  return renderSql(sql`INSERT INTO ${tableName('messages')} (${commas(columns.map(identifier))})
SELECT ${commas(cells)}
FROM (SELECT * FROM ${tableName('messages')} FINAL WHERE ${loadedOf(personSet(roots.keys()))}) AS f`);
}

export async function someLoaded(warehouse: Warehouse): Promise<boolean> {
  const statement = renderSql(sql`SELECT 1 AS found FROM ${tableName('loads')} LIMIT 1`);
  return (await warehouse.query(statement)).rows.length > 0;
}

/** Loaded messages that name one of these people. */
const loadedOf = (people: SqlNode): Fragment =>
  sql`source IN (SELECT source FROM ${tableName('loads')}) AND (account IN ${people} OR recipient IN ${people})`;

/**
 * Writes the facts of people whose number has become another one anew. `messages` is not among them: their messages are merged
 * again instead.
 * @param roots old number → number by which the person goes now
 */
export function renumberFacts(
  table: 'invitations' | 'activities',
  roots: ReadonlyMap<number, number>,
  version: number,
): RenderedSql {
  const columns = columnsOf(table);
  const cells = columns.map((column) => {
    if (column === 'version') return uint64(BigInt(version));
    if (column !== 'person') return sql`f.${identifier(column)}`;
    return sql`transform(f.person, [${commas([...roots.keys()].map(number))}], [${commas([...roots.values()].map(number))}], f.person)`;
  });
  return renderSql(sql`INSERT INTO ${tableName(table)} (${commas(columns.map(identifier))})
SELECT ${commas(cells)}
FROM (SELECT * FROM ${tableName(table)} FINAL WHERE person IN ${personSet(roots.keys())}) AS f`);
}
