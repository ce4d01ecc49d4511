import pg from 'pg';
import { type Cursor, PullError, type ReadRequest } from '../contract/pull.ts';
import { didYouMean } from '../contract/suggest.ts';
import type { ReadSession, TextRows } from './postgres-session.ts';
import { keyColumns, type PostgresStream, streamMode, streamName } from './postgres-settings.ts';
import { cursorKind, type PostgresType } from './postgres-types.ts';

/** A stream with the columns that its query has today. */
export interface DescribedStream {
  stream: PostgresStream;
  name: string;
  columns: { name: string; type: PostgresType }[];
}

/** A statement with its parameters, and where the stream's own query stands in it. */
export interface Statement {
  text: string;
  values: string[];
}

const DEFAULT_LOOK_BACK = { time: '10 minutes', number: 1000, other: 0 } as const;

/** Name of the column that says whether a row lies behind the cursor; no query can have it by accident. */
const IS_NEW = 'turnout: is new';

/** The statement's beginning up to the stream's query; mistakes are shown by their place in the query. */
const HEAD = 'SELECT q.* FROM (\n';

export function placeOf(stream: PostgresStream): { stream: string; query: string; offset: number } {
  return { stream: streamName(stream), query: innerQuery(stream), offset: HEAD.length };
}

/** Asks the database for the columns and checks that those the settings name are there. Throws `PullError`. */
export async function describeStream(session: ReadSession, stream: PostgresStream): Promise<DescribedStream> {
  const name = streamName(stream);
  const { fields } = await session.query(`${HEAD}${innerQuery(stream)}\n) AS q LIMIT 0`, [], placeOf(stream));
  const names = fields.map((field) => field.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) {
    throw new PullError(
      'settings',
      `The query of stream "${name}" has two columns "${twice}": give each its own name with AS.`,
    );
  }
  for (const [role, column] of [
    ...keyColumns(stream).map((column): [string, string] => ['key', column]),
    ['cursor', stream.cursor] as const,
    ['deleted', stream.deleted] as const,
  ]) {
    if (column === undefined || names.includes(column)) continue;
    const hint = didYouMean(column, names);
    throw new PullError(
      'settings',
      `The query of stream "${name}" has no column "${column}", which its ${role} names. It has ${names.join(', ')}.${hint === undefined ? '' : ` ${hint}`}`,
    );
  }
  const types = await loadTypes(session, fields);
  return {
    stream,
    name,
    columns: fields.map((field) => ({
      name: field.name,
      type: types.get(field.typeOid) ?? unknownType(field.typeOid),
    })),
  };
}

async function loadTypes(session: ReadSession, fields: TextRows['fields']): Promise<Map<number, PostgresType>> {
  const oids = [...new Set(fields.map((field) => field.typeOid))];
  const { rows } = await session.query(
    `SELECT t.oid::text, t.typname, format_type(t.oid, NULL), e.oid::text, e.typname, format_type(e.oid, NULL)
     FROM pg_catalog.pg_type t
     LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
     WHERE t.oid = ANY ($1::oid[])`,
    [`{${oids.join(',')}}`],
  );
  return new Map(
    rows.map(([oid, name, cast, elementOid, elementName, elementCast]): [number, PostgresType] => {
      if (elementOid === null || elementOid === undefined) {
        // Their long names mean a length of one in a cast.
        const short = name === 'bpchar' || name === 'bit' ? name : cast;
        return [Number(oid), { oid: Number(oid), name: name ?? '', cast: short ?? 'text' }];
      }
      const element = { oid: Number(elementOid), name: elementName ?? '', cast: elementCast ?? 'text' };
      return [Number(oid), { oid: Number(oid), name: `${element.name}[]`, cast: cast ?? 'text', element }];
    }),
  );
}

const unknownType = (oid: number): PostgresType => ({ oid, name: 'unknown', cast: 'text' });

/** What a read asks for, and whether its rows come in the order of the cursor. */
export function compileRead(
  described: DescribedStream,
  request: Pick<ReadRequest<unknown>, 'cursor' | 'range'>,
  timeZone: string,
): Statement & { ordered: boolean } {
  const { stream } = described;
  const inner = innerQuery(stream);
  const { conditions, values, isNew } = compileConditions(described, request, timeZone);
  const ordered = request.range === undefined && streamMode(stream) === 'incremental';
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`;
  const order = ordered ? `\nORDER BY ${orderColumns(stream).map(quoted).join(', ')}` : '';
  const extra = ordered ? `, ${isNew} AS ${pg.escapeIdentifier(IS_NEW)}` : '';
  return { text: `SELECT q.*${extra} FROM (\n${inner}\n) AS q${where}${order}`, values, ordered };
}

/** How many rows `compileRead` would give. */
export function compileCount(
  described: DescribedStream,
  request: Pick<ReadRequest<unknown>, 'cursor' | 'range'>,
  timeZone: string,
): Statement {
  const { conditions, values } = compileConditions(described, request, timeZone);
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`;
  return { text: `SELECT count(*) FROM (\n${innerQuery(described.stream)}\n) AS q${where}`, values };
}

/** Rows that no incremental read can find. */
export function compileWithoutCursor(stream: PostgresStream & { cursor: string }): string {
  return `SELECT count(*) FROM (SELECT 1 FROM (\n${innerQuery(stream)}\n) AS q WHERE ${quoted(stream.cursor)} IS NULL LIMIT 1000) AS n`;
}

interface Conditions {
  conditions: string[];
  values: string[];
  /** True of rows behind the cursor, false of those that are only looked back at. */
  isNew: string;
}

function compileConditions(
  described: DescribedStream,
  { cursor, range }: Pick<ReadRequest<unknown>, 'cursor' | 'range'>,
  timeZone: string,
): Conditions {
  const { stream } = described;
  if (range !== undefined) return compileRange(described, range, timeZone);
  if (streamMode(stream) === 'full' || stream.cursor === undefined)
    return { conditions: [], values: [], isNew: 'true' };
  const column = quoted(stream.cursor);
  const left = readCursor(cursor, described);
  if (left === null) return { conditions: [`${column} IS NOT NULL`], values: [], isNew: 'true' };

  const columns = orderColumns(stream);
  const values = left.key.length === columns.length - 1 ? [left.value, ...left.key] : [left.value];
  const parameters = values.map((_, index) => `$${index + 1}::${typeOf(described, columns[index] ?? '').cast}`);
  const isNew = `(${columns.slice(0, values.length).map(quoted).join(', ')}) > (${parameters.join(', ')})`;
  const lookBack = lookBackOf(described);
  if (lookBack === 0) return { conditions: [isNew], values, isNew };
  const amount = typeof lookBack === 'number' ? String(lookBack) : `interval '${lookBack}'`;
  return { conditions: [`${column} >= ${parameters[0]} - ${amount}`], values, isNew };
}

/** The part of time that is asked for; columns without a zone are compared in `timeZone`. */
function compileRange(described: DescribedStream, range: { from: string; to: string }, timeZone: string): Conditions {
  const { stream, name } = described;
  const type = stream.cursor === undefined ? undefined : typeOf(described, stream.cursor);
  if (stream.cursor === undefined || type === undefined || cursorKind(type) !== 'time') {
    throw new PullError(
      'settings',
      `A part of time can only be read from a stream whose cursor is a time; "${name}" has ${stream.cursor === undefined ? 'no cursor' : `the cursor "${stream.cursor}" (${type?.name ?? 'unknown'})`}. Read it in full instead.`,
    );
  }
  const at = (parameter: string) => (type.name === 'timestamptz' ? parameter : `(${parameter} AT TIME ZONE $3::text)`);
  const column = quoted(stream.cursor);
  return {
    conditions: [`${column} >= ${at('$1::timestamptz')}`, `${column} < ${at('$2::timestamptz')}`],
    values: type.name === 'timestamptz' ? [range.from, range.to] : [range.from, range.to, timeZone],
    isNew: 'true',
  };
}

function lookBackOf(described: DescribedStream): string | number {
  const { stream, name } = described;
  const type = typeOf(described, stream.cursor ?? '');
  const kind = cursorKind(type);
  const lookBack = stream.look_back ?? DEFAULT_LOOK_BACK[kind];
  if (lookBack === 0) return 0;
  if (kind === 'time' && typeof lookBack === 'string') return lookBack;
  if (kind === 'number' && typeof lookBack === 'number') return lookBack;
  const wanted = { time: 'a length such as "10 minutes"', number: 'a number such as 1000', other: '0' }[kind];
  throw new PullError(
    'settings',
    `look_back of stream "${name}" does not fit its cursor "${stream.cursor}" (${type.name}): give ${wanted}.`,
  );
}

/** Where a stream was left; null where cursor or key are other columns, or of other types, by now: then it begins anew. */
export function readCursor(cursor: Cursor | null, described: DescribedStream): { value: string; key: string[] } | null {
  if (cursor === null || cursor['by'] !== orderOf(described) || typeof cursor['value'] !== 'string') return null;
  const key: unknown = typeof cursor['key'] === 'string' ? JSON.parse(cursor['key']) : [];
  return { value: cursor['value'], key: Array.isArray(key) ? key.map(String) : [] };
}

/** Exact: the texts that the database gave. */
export function writeCursor(described: DescribedStream, value: string, key: readonly (string | null)[]): Cursor {
  return { by: orderOf(described), value, ...(key.includes(null) ? {} : { key: JSON.stringify(key) }) };
}

/** `updated_at timestamptz, id int8` */
function orderOf(described: DescribedStream): string {
  return orderColumns(described.stream)
    .map((column) => `${column} ${typeOf(described, column).name}`)
    .join(', ');
}

function orderColumns(stream: PostgresStream): string[] {
  const cursor = stream.cursor ?? '';
  return [cursor, ...keyColumns(stream).filter((column) => column !== cursor)];
}

/** Key columns as they stand in a cursor: the cursor's own column is not repeated. */
export function tieBreakColumns(stream: PostgresStream): string[] {
  return orderColumns(stream).slice(1);
}

export function typeOf(described: DescribedStream, column: string): PostgresType {
  return described.columns.find(({ name }) => name === column)?.type ?? unknownType(0);
}

function quoted(column: string): string {
  return `q.${pg.escapeIdentifier(column)}`;
}

/** A semicolon at the end is usual and means nothing. */
function innerQuery(stream: PostgresStream): string {
  return stream.query.replace(/[\s;]+$/, '');
}
