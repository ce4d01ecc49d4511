import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import { PAGE_HEADERS } from '../contract/pull.ts';
import { canonicalRecord } from '../contract/record.ts';
import type { TableCell, TablePage } from '../contract/table-page.ts';
import { isObject } from './json.ts';
import { type ZoneClock, zoneClock } from './mapping/zone-clock.ts';
import { counted, poison } from './parsed-item.ts';
import { attributeName, isAttribute } from './postgres-columns.ts';
import { keyColumns, type PostgresSettings, type PostgresStream, streamName } from './postgres-settings.ts';
import { readTablePage } from './read-table-page.ts';
import { type RecordField, recordFields } from './record-fields.ts';
import { describeIssue } from './record-issue.ts';
import { withDefaults } from './with-defaults.ts';

const MAX_KEY = 500;
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** A journalled page → one record per row; a row that does not fit is one piece with its row, column and value. */
export function parsePage(entry: ReceivedEntry, context: ParseContext<PostgresSettings>): ParsedItem[] {
  const name = entry.headers[PAGE_HEADERS.stream] ?? '';
  const stream = context.settings.streams.find((one) => streamName(one) === name);
  if (stream === undefined)
    return [poison(`The settings of this source have no stream "${name}" any more.`, entry.body)];
  const page = readTablePage(entry.body);
  if (page === undefined) return [poison('This is not a page of rows.', entry.body)];
  return parseRows(page, stream, context);
}

/** Rows of one stream → records; see `parsePage`. */
export function parseRows(
  page: TablePage,
  stream: PostgresStream,
  context: ParseContext<PostgresSettings>,
): ParsedItem[] {
  const missing = [...keyColumns(stream), stream.deleted].find(
    (column) => column !== undefined && !page.columns.includes(column),
  );
  if (missing !== undefined)
    return [poison(`Stream "${streamName(stream)}" has no column "${missing}" here.`, page.columns)];
  const { keyOf, parseRow } = compileRow(page.columns, stream, context);
  return page.rows.map((row, index) => {
    let key: string | undefined;
    try {
      key = keyOf(row);
      return parseRow(row, key);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      const place = `Row ${page.row_numbers?.[index] ?? page.first_row + index} of stream "${streamName(stream)}"`;
      return poison(`${place}: ${error.message}`, rowObject(page.columns, row), key);
    }
  });
}

/** Why one row cannot be a record. */
class RowError extends Error {}

type SetCell = (record: Record<string, unknown>, cell: TableCell) => void;

function compileRow(
  columns: readonly string[],
  stream: PostgresStream,
  context: ParseContext<PostgresSettings>,
): { keyOf: (row: readonly TableCell[]) => string; parseRow: (row: readonly TableCell[], key: string) => ParsedItem } {
  const clock = zoneClock(context.settings.time_zone ?? context.timeZone ?? 'UTC');
  const at = (column: string) => columns.indexOf(column);
  const keyAt = keyColumns(stream).map((column) => [column, at(column)] as const);
  const deletedAt = stream.deleted === undefined ? -1 : at(stream.deleted);
  const prefix = streamName(stream);
  const table = stream.table === undefined ? {} : { table: stream.table };
  const fields = recordFields(stream.record);
  const setters = columns.map((column): SetCell | undefined => {
    const field = fields.get(column);
    if (field !== undefined) return fieldSetter(field, clock);
    return isAttribute(column, fields) ? attributeSetter(attributeName(column)) : undefined;
  });

  const keyOf = (row: readonly TableCell[]): string => {
    const key = [prefix, ...keyAt.map(([column, index]) => keyPart(column, row[index] ?? null))].join(':');
    if (key.length > MAX_KEY) throw new RowError(`its key is longer than ${MAX_KEY} characters.`);
    return key;
  };
  const parseRow = (row: readonly TableCell[], key: string): ParsedItem => {
    if (deletedAt >= 0 && isTrue(row[deletedAt] ?? null)) {
      const deletion = canonicalRecord.parse({ record: 'deletion', key, of: stream.record, ...table });
      return counted(deletion);
    }
    if (stream.record === 'row') {
      return checked({ record: 'row', key, ...table, values: rowObject(columns, row) });
    }
    const record: Record<string, unknown> = { record: stream.record, key };
    for (const [index, set] of setters.entries()) {
      const cell = row[index];
      if (set !== undefined && cell !== null && cell !== undefined && cell !== '') set(record, cell);
    }
    return checked(withDefaults(record, context.defaults));
  };
  return { keyOf, parseRow };
}

function checked(record: Record<string, unknown>): ParsedItem {
  const result = canonicalRecord.safeParse(record);
  if (result.success) return counted(result.data);
  const path = (result.error.issues[0]?.path ?? []).join('.');
  const value = result.error.issues[0]?.path.reduce<unknown>(
    (of, step) => (isObject(of) ? of[String(step)] : undefined),
    record,
  );
  const shown = value === undefined || typeof value === 'object' ? '' : ` It holds ${shownCell(value)}.`;
  throw new RowError(
    value === undefined && path !== ''
      ? `the column "${path}" is empty, which records of kind ${String(record['record'])} need.`
      : `${describeIssue(record, result.error).replace(/^The field/, 'the column')}${shown}`,
  );
}

/** Parts of a key are told apart whatever they hold: `a:b` + `c` is not `a` + `b:c`. */
function keyPart(column: string, cell: TableCell): string {
  if (cell === null || cell === '') throw new RowError(`its key column "${column}" is empty.`);
  return String(cell).replace(/[\\:]/g, '\\$&');
}

function isTrue(cell: TableCell): boolean {
  return !(
    cell === null ||
    cell === false ||
    cell === 0 ||
    cell === '' ||
    cell === 'f' ||
    cell === 'false' ||
    cell === '0'
  );
}

function fieldSetter({ path, type }: RecordField, clock: ZoneClock): SetCell {
  const read = (cell: TableCell): unknown => {
    const value = readValue(cell, type, clock);
    if (value === undefined)
      throw new RowError(`the column "${path}" holds ${shownCell(cell)}, which is no ${WORDS[type]}.`);
    return value;
  };
  const [head = '', part] = path.split('.');
  if (part === undefined) {
    return (record, cell) => {
      record[head] = read(cell);
    };
  }
  return (record, cell) => {
    const held = record[head];
    const reference = isObject(held) ? held : {};
    reference[part] = read(cell);
    record[head] = reference;
  };
}

function attributeSetter(name: string): SetCell {
  return (record, cell) => {
    const held = record['attributes'];
    record['attributes'] = { ...(isObject(held) ? held : {}), [name]: cell };
  };
}

const WORDS: Record<RecordField['type'], string> = {
  text: 'text',
  number: 'number',
  boolean: 'yes or no',
  instant: 'time',
  option: 'word',
  object: 'JSON object',
};

function readValue(cell: TableCell, type: RecordField['type'], clock: ZoneClock): unknown {
  switch (type) {
    case 'text':
    case 'option':
      return String(cell);
    case 'number': {
      const number = typeof cell === 'boolean' ? Number.NaN : Number(cell);
      return Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      return typeof cell === 'boolean' ? cell : cell === 1 ? true : cell === 0 ? false : undefined;
    case 'instant':
      return typeof cell === 'string' ? readInstant(cell, clock) : undefined;
    case 'object':
      return typeof cell === 'string' ? readAttributes(cell) : undefined;
  }
}

/** ISO with an offset as it is; a time or a date without one as that of the clock's zone. */
function readInstant(text: string, clock: ZoneClock): string | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '00:00:00', offset] = match;
  const local = `${day}T${time.length === 5 ? `${time}:00` : time}`;
  if (offset === undefined) {
    const wall = Date.parse(`${local}Z`);
    return Number.isNaN(wall) ? undefined : new Date(clock.toInstant(wall).instant).toISOString();
  }
  if (offset === 'Z' || offset === 'z') return `${local}Z`;
  return `${local}${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
}

/** A JSON object; what is nested in it stays JSON. */
function readAttributes(text: string): Record<string, TableCell> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        typeof item === 'string'
          ? item.toWellFormed()
          : typeof item === 'object' && item !== null
            ? JSON.stringify(item)
            : (item as TableCell),
      ]),
    );
  } catch {
    return undefined;
  }
}

function shownCell(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function rowObject(columns: readonly string[], row: readonly TableCell[]): Record<string, TableCell> {
  return Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]));
}
