import { commas, identifier, number, sql, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { tableName } from '../warehouse/schema.ts';
import { columnsOf } from '../warehouse/tables.ts';
import { personSet } from './sets.ts';

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
