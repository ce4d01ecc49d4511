import { commas, identifier, joined, lines, number, sql, string } from '../../src/sql/build.ts';
import type { Fragment, SqlNode } from '../../src/sql/nodes.ts';
import { renderSql } from '../../src/sql/render.ts';
import type { RenderedSql } from '../../src/sql/rendered.ts';
import { tableName } from '../../src/warehouse/schema.ts';
import { SEED } from './calendar.ts';

/** Chance by hashing: every draw is a function of the seed, the row's number and what it is drawn for. */

/** A 64-bit hash; `purpose` keeps the draws of one row apart. */
export const hashed = (purpose: string, row: SqlNode = sql`number`): Fragment =>
  sql`cityHash64(${number(SEED)}, ${string(purpose)}, ${row})`;

/** A whole number below `below`. */
export const drawBelow = (purpose: string, below: SqlNode): Fragment => sql`${hashed(purpose)} % (${below})`;

/** A number from 0 up to 1. */
export const drawShare = (purpose: string): Fragment => sql`(${hashed(purpose)} % 1048576) / 1048576`;

/** One of the values, each as likely as the others. */
export const drawOne = (purpose: string, values: readonly (string | number)[]): Fragment =>
  sql`${valuesArray(values)}[1 + ${hashed(purpose)} % ${number(values.length)}]`;

export const valuesArray = (values: readonly (string | number)[]): Fragment =>
  sql`[${commas(values.map((value) => (typeof value === 'string' ? string(value) : number(value))))}]`;

/** UTC milliseconds as the instant that they are. */
export const asInstant = (milliseconds: SqlNode): Fragment =>
  sql`fromUnixTimestamp64Milli(toInt64(${milliseconds}), 'UTC')`;

export const instantIf = (condition: SqlNode, milliseconds: SqlNode): Fragment =>
  sql`if(${condition}, toNullable(${asInstant(milliseconds)}), NULL)`;

/** Fills a table; columns that are not named keep their defaults. Every row is of version 1, as if one batch had written all. */
export function insertSelect(table: string, columns: Readonly<Record<string, Fragment>>, from: Fragment): RenderedSql {
  const all = { ...columns, version: sql`1` };
  return renderSql(sql`INSERT INTO ${tableName(table)} (${commas(Object.keys(all).map(identifier))})
SELECT
  ${lines(Object.values(all))}
FROM ${from}`);
}

/** Rows `from` … `from + count - 1`, each with the named draws beside its `number`. */
export function numbersWith(from: number, count: number, draws: Readonly<Record<string, Fragment>>): Fragment {
  const drawn = Object.entries(draws).map(([name, value]) => sql`${value} AS ${identifier(name)}`);
  return sql`(
  SELECT number, ${joined(', ', drawn)}
  FROM numbers(${number(from)}, ${number(count)})
)`;
}
