import type { TableColumnType } from '../contract/facts.ts';
import type { TableCell } from '../contract/table-page.ts';
import { parsePostgresArray } from './postgres-array.ts';

/** A type as `pg_type` tells it; the types of domains arrive as what they are made of. */
export interface PostgresType {
  oid: number;
  /** `int8`, `timestamptz`, `order_status`; arrays as `text[]`. */
  name: string;
  /** For casts: `timestamp with time zone`, schema-qualified where it must be. */
  cast: string;
  /** The element's type where this is an array. */
  element?: PostgresType;
}

/** Text of a value → cell. `doubt` is told, once per kind, what could not be kept. */
export type CellReader = (text: string) => TableCell;

type ColumnKind = { shown: TableColumnType; reader: (doubt: (sentence: string) => void, column: string) => CellReader };

const asText: ColumnKind = { shown: 'text', reader: () => (text) => text };

const wholeNumber: ColumnKind = { shown: 'integer', reader: () => (text) => Number(text) };

/** Exact: as text, because a number would lose digits. */
const exactNumber = (shown: 'integer' | 'number'): ColumnKind => ({
  shown,
  reader: (doubt, column) => (text) => {
    if (/^-?\d/.test(text)) return text;
    doubt(`The column "${column}" holds ${text}, which is no number; it is kept as nothing.`);
    return null;
  },
});

const floatNumber: ColumnKind = {
  shown: 'number',
  reader: (doubt, column) => (text) => {
    const number = Number(text);
    if (Number.isFinite(number)) return number;
    doubt(`The column "${column}" holds ${text}, which is no number; it is kept as nothing.`);
    return null;
  },
};

/** `lc_monetary` is C for the time of the reading: -$1,234.50. */
const money: ColumnKind = { shown: 'number', reader: () => (text) => text.replace(/[^\d.-]/g, '') };

const truth: ColumnKind = { shown: 'boolean', reader: () => (text) => text === 't' };

/** Dates and times of the years 1 to 9999 in the session's ISO form and zone (UTC). */
const calendar = (shown: 'date' | 'time', write: (text: string) => string): ColumnKind => ({
  shown,
  reader: (doubt, column) => (text) => {
    if (/^\d{4}-\d\d-\d\d/.test(text) && !text.endsWith('BC')) return write(text);
    doubt(`The column "${column}" holds the date ${text}, which no calendar of ours has; it is kept as nothing.`);
    return null;
  },
});

const bytes: ColumnKind = {
  shown: 'text',
  reader: (doubt, column) => () => {
    doubt(
      `The column "${column}" holds bytes (bytea), which are not kept: leave it out, or write encode(${column}, 'hex').`,
    );
    return null;
  },
};

/** Padded with blanks to its length. */
const padded: ColumnKind = { shown: 'text', reader: () => (text) => text.trimEnd() };

const KINDS: Record<string, ColumnKind> = {
  bpchar: padded,
  bool: truth,
  int2: wholeNumber,
  int4: wholeNumber,
  oid: wholeNumber,
  int8: exactNumber('integer'),
  numeric: exactNumber('number'),
  money,
  float4: floatNumber,
  float8: floatNumber,
  date: calendar('date', (text) => text),
  timestamp: calendar('time', (text) => text.replace(' ', 'T')),
  timestamptz: calendar('time', (text) => `${text.slice(0, -3).replace(' ', 'T')}Z`),
  bytea: bytes,
};

/** The kind of column that a table of the workspace would have for it. */
export function shownType(type: PostgresType): TableColumnType {
  return kindOf(type).shown;
}

/** Reads the text form of a column's values; `doubt` takes sentences about what could not be kept. */
export function cellReader(type: PostgresType, column: string, doubt: (sentence: string) => void): CellReader {
  const { element } = type;
  if (element === undefined) return kindOf(type).reader(doubt, column);
  const isJson = element.name === 'json' || element.name === 'jsonb';
  const readElement = kindOf(element).reader(doubt, column);
  return (text) => {
    const list = parsePostgresArray(text, (item) => (isJson ? JSON.parse(item) : readElement(item)));
    return list === undefined ? text : JSON.stringify(list);
  };
}

function kindOf(type: PostgresType): ColumnKind {
  return (type.element === undefined ? KINDS[type.name] : undefined) ?? asText;
}

const TIMES = new Set(['timestamptz', 'timestamp', 'date']);
const WHOLE = new Set(['int2', 'int4', 'int8', 'numeric']);

/** What a cursor of this type can be compared with: a time, a number, or only itself. */
export function cursorKind(type: PostgresType): 'time' | 'number' | 'other' {
  if (type.element !== undefined) return 'other';
  return TIMES.has(type.name) ? 'time' : WHOLE.has(type.name) ? 'number' : 'other';
}
