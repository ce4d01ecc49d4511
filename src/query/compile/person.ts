import { assertNever } from '../../contract/errors.ts';
import { amongRows, anyOf, identifier, list, number, sql, string } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { ResolvedFilter } from '../resolved.ts';
import { tableName } from './row-source.ts';

/** People are numbers in the facts; a reader sees and filters the external id, or `#<number>` where there is none. 0 is nobody. */

const people = tableName('people');

export function compilePersonFilter({ op, values }: ResolvedFilter, person: SqlNode): SqlNode {
  const texts = values.map(String);
  switch (op) {
    case 'in':
    case 'eq':
      return isOneOf(texts, person);
    case 'not':
    case 'ne':
      return sql`NOT (${isOneOf(texts, person)})`;
    case 'has':
      return hasName(
        texts.map((text) => sql`positionCaseInsensitiveUTF8(external_id, ${string(text)}) > 0`),
        person,
      );
    case 'starts':
      return hasName(
        texts.map((text) => sql`startsWithCaseInsensitiveUTF8(external_id, ${string(text)})`),
        person,
      );
    case 'null':
      return texts.includes('false') ? sql`${person} != 0` : sql`${person} = 0`;
    case 'gte':
    case 'lte':
    case 'between':
      return number(0);
    default:
      return assertNever(op);
  }
}

function isOneOf(texts: string[], person: SqlNode): SqlNode {
  const numbers = texts
    .filter((text) => /^#\d{1,10}$/.test(text) && Number(text.slice(1)) < 2 ** 32)
    .map((text) => number(Number(text.slice(1))));
  const names = texts.filter((text) => text !== '');
  return anyOf([
    ...(numbers.length > 0 ? [sql`${person} IN ${list(numbers)}`] : []),
    ...(names.length > 0 ? [hasName([sql`external_id IN ${list(names.map(string))}`], person)] : []),
  ]);
}

function hasName(conditions: SqlNode[], person: SqlNode): SqlNode {
  if (conditions.length === 0) return number(0);
  return amongRows(person, sql`SELECT person FROM ${people} FINAL WHERE ${anyOf(conditions)}`);
}

/** Puts names in place of the numbers in the columns `keys` of a finished statement. */
export function compilePersonNames(statement: SqlNode, keys: readonly string[]): SqlNode {
  return keys.reduce<SqlNode>(
    (inner, key) => sql`SELECT
  numbered.* EXCEPT ${identifier(key)},
  multiIf(numbered.${identifier(key)} = 0, NULL, named.name = '', concat('#', toString(numbered.${identifier(key)})), named.name) AS ${identifier(key)}
FROM (
${inner}
) AS numbered
LEFT JOIN (SELECT person, external_id AS name FROM ${people} FINAL) AS named ON named.person = numbered.${identifier(key)}`,
    statement,
  );
}
