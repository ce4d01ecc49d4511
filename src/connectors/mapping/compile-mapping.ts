import { hash } from 'node:crypto';
import type { Problem } from '../../contract/errors.ts';
import type { ColumnMapping, RowMapping } from '../../contract/mapping.ts';
import type { CanonicalRecord } from '../../contract/record.ts';
import type { SourceDefaults } from '../../contract/source.ts';
import { didYouMean } from '../../contract/suggest.ts';
import type { TableCell } from '../../contract/table-page.ts';
import { withDefaults } from '../with-defaults.ts';
import { BUILDERS } from './build-record.ts';
import { type CellContext, type CellReader, cellReader, type FieldValue, isEmptyCell } from './cell-reader.ts';
import type { FieldSpec } from './field-spec.ts';
import { fieldsOfKind, isMappedKind, type MappedKind } from './field-specs.ts';
import { STATUS_TIMES } from './message-fields.ts';
import { unitInLabel } from './read-duration.ts';
import { RowNotes } from './row-notes.ts';
import { isTotalsRow } from './totals-row.ts';
import { type ZoneClock, zoneClock } from './zone-clock.ts';

export interface MappingContext {
  /** Names of the columns, as the page has them. */
  columns: readonly string[];
  /** IANA, of times without a zone; the mapping's own goes before it. */
  timeZone: string;
  /** ISO 3166 alpha-2 for phone numbers without a country code; the mapping's own and the source's default go before it. */
  country?: string | undefined;
  defaults: SourceDefaults;
}

export type MappedRow =
  /** `fixes`: sentences, each once. */
  | { ok: true; records: CanonicalRecord[]; fixes: string[] }
  | {
      ok: false;
      /** A sentence. */
      reason: string;
      column: string | null;
      /** The record's key, where the key columns tell it although the row cannot be read. */
      key?: string;
      /** A value of a field with a fixed list that somebody has to map. */
      unmapped?: { field: string; column: string; value: string };
    }
  /** No-shows, totals, repeated headers: nothing to count, nothing lost. */
  | { skip: true };

export interface CompiledMapping {
  /** Mistakes of the mapping itself, or columns that are not there; paths are `columns.<index>.column` and the like. */
  problems: Problem[];
  /** Never throws. While a column or field that it needs is missing, every row is rejected with that reason. */
  map(row: readonly TableCell[], rowNumber: number, place?: string): MappedRow;
}

interface BoundField {
  name: string;
  label: string;
  required: boolean;
  /** Index in the row; -1 for a value that is the same in every row. */
  index: number;
  column: string | null;
  constant: FieldValue | undefined;
  read: CellReader;
}

/** Rows can still be read: a column may come and go, and a table may get its name later. */
const HARMLESS: ReadonlySet<string> = new Set(['optional_column_missing', 'no_table']);

/** Makes a mapping ready for rows of these columns. Pure. */
export function compileMapping(mapping: RowMapping, context: MappingContext): CompiledMapping {
  const problems: Problem[] = [];
  const kind = mapping.record;
  if (!isMappedKind(kind)) {
    return refuse([{ code: 'not_a_file_kind', path: 'record', message: 'Deletions cannot come as rows of a file.' }]);
  }
  const clock = clockOf(mapping, context, problems);
  const bound = bindColumns(mapping, kind, context, clock, problems);
  const keyIndexes = bindKey(mapping, context.columns, problems);
  problems.push(...missingFields(mapping, kind, bound, context.defaults));
  const fatal = problems.filter(({ code }) => !HARMLESS.has(code));
  if (fatal.length > 0) return refuse(problems, fatal);
  return { problems, map: rowMapper(mapping, kind, bound, keyIndexes, context) };
}

function refuse(problems: Problem[], fatal: readonly Problem[] = problems): CompiledMapping {
  const first = fatal[0];
  const reason =
    first === undefined ? 'The mapping has a mistake.' : [first.message, first.hint].filter(Boolean).join(' ');
  return { problems, map: () => ({ ok: false, reason, column: null }) };
}

function rowMapper(
  mapping: RowMapping,
  kind: MappedKind,
  bound: readonly BoundField[],
  keyIndexes: readonly number[],
  context: MappingContext,
): CompiledMapping['map'] {
  const notes = new RowNotes();
  const width = context.columns.length;
  const build = BUILDERS[kind];
  const idIndex = kind === 'message_event' ? (bound.find(({ name }) => name === 'message_id')?.index ?? -1) : -1;
  // A row of totals or a repeated header names no key; what names one is never taken for either.
  const telling =
    keyIndexes.length > 0
      ? keyIndexes
      : bound.filter((one) => one.required || isIdentity(one.name)).map(({ index }) => index);

  const reject = (column: string | null): MappedRow => {
    const { reason, unmapped } = notes.failure ?? { reason: 'The row cannot be read.' };
    const field = bound.find((one) => one.column === column && column !== null);
    return unmapped === undefined || field === undefined || column === null
      ? { ok: false, reason, column }
      : { ok: false, reason, column, unmapped: { field: field.name, column, value: unmapped } };
  };

  const read = (row: readonly TableCell[]): MappedRow => {
    notes.reset();
    if (row.length > width && row.slice(width).some((cell) => !isEmptyCell(cell))) {
      return {
        ok: false,
        reason: `The row has ${row.length} cells where the header has ${width}: a text may hold the delimiter without quotes.`,
        column: null,
      };
    }
    if (isTotalsRow(row, telling, context.columns)) return { skip: true };
    const fields = new Map<string, FieldValue>();
    for (const field of bound) {
      if (field.index < 0) {
        if (field.constant !== undefined && !fields.has(field.name)) fields.set(field.name, field.constant);
        continue;
      }
      const cell = row[field.index];
      if (cell === null || cell === undefined || cell === '') continue;
      const value = field.read(cell, notes);
      if (notes.failure !== null) return reject(field.column);
      if (notes.weak !== null) notes.weak.column ??= field.column;
      if (value !== undefined && !fields.has(field.name)) fields.set(field.name, value);
    }
    const key = rowKey(row, keyIndexes, kind === 'message_event' ? fields.get('message_id') : undefined, idIndex);
    if (key === undefined)
      return { ok: false, reason: 'The columns that make a row unique are empty.', column: mapping.key?.[0] ?? null };
    const built = build(fields, key, notes, mapping.table);
    if (built === 'skip') return { skip: true };
    if (built === null) return reject(notes.failure?.column ?? null);
    const empty = bound.find(({ name, required }) => required && !fields.has(name));
    if (empty !== undefined && !hasDefault(empty.name, context.defaults)) {
      return { ok: false, reason: `${empty.label} is empty.`, column: empty.column };
    }
    const records = built.map((record) => withDefaults(record, context.defaults) as unknown as CanonicalRecord);
    return { ok: true, records, fixes: notes.fixes };
  };

  return (row) => {
    const mapped = read(row);
    // The states of a message have keys of their own.
    if ('skip' in mapped || mapped.ok || keyIndexes.length === 0 || kind === 'message_event') return mapped;
    const key = rowKey(row, keyIndexes, undefined, -1);
    return key === undefined ? mapped : { ...mapped, key };
  };
}

/** Texts that stand for the row. Short keys stay readable; all else is a hash. */
function rowKey(
  row: readonly TableCell[],
  keyIndexes: readonly number[],
  messageId: FieldValue | undefined,
  idIndex: number,
): string | undefined {
  if (keyIndexes.length === 0) {
    // A message is its id: later files bring further states of it.
    if (messageId !== undefined && idIndex >= 0) return String(messageId);
    return `row:${hashOf(row.map(keyText))}`;
  }
  const parts = keyIndexes.map((index) => keyText(row[index] ?? null));
  if (parts.every((part) => part === '')) return undefined;
  const [only = ''] = parts;
  if (parts.length === 1 && only.length <= 200) return only;
  const joined = parts.map((part) => part.replaceAll('|', '||')).join('|');
  return joined.length <= 200 ? joined : `key:${hashOf(parts)}`;
}

function keyText(cell: TableCell): string {
  return cell === null ? '' : typeof cell === 'string' ? cell.trim() : String(cell);
}

function hashOf(parts: readonly string[]): string {
  let end = parts.length;
  while (end > 0 && parts[end - 1] === '') end--;
  return hash('sha256', parts.slice(0, end).join('\u001f').toWellFormed(), 'hex').slice(0, 32);
}

function isIdentity(name: string): boolean {
  return /(^|\.)(email|phone|external_id)$/.test(name) || name === 'message_id';
}

function clockOf(mapping: RowMapping, context: MappingContext, problems: Problem[]): ZoneClock {
  try {
    return zoneClock(mapping.time_zone ?? context.timeZone);
  } catch {
    problems.push({
      code: 'unknown_time_zone',
      path: 'time_zone',
      message: `"${mapping.time_zone ?? context.timeZone}" is no time zone.`,
      hint: 'Write an IANA name such as Europe/Berlin or UTC.',
    });
    return zoneClock('UTC');
  }
}

function bindColumns(
  mapping: RowMapping,
  kind: MappedKind,
  context: MappingContext,
  clock: ZoneClock,
  problems: Problem[],
): BoundField[] {
  const specs = new Map(fieldsOfKind(kind).map((spec) => [spec.name, spec]));
  const places = new Map(context.columns.map((name, index) => [name, index]));
  const seen = new Set<string>();
  return mapping.columns.flatMap((column, position): BoundField[] => {
    const path = `columns.${position}`;
    const spec = specOf(column, kind, specs);
    if (spec === undefined) {
      problems.push({
        code: 'unknown_field',
        path: `${path}.field`,
        message: `"${column.field}" is no field of ${kind}.`,
        ...hint(didYouMean(column.field, specs.keys())),
      });
      return [];
    }
    if (seen.has(column.field)) {
      problems.push({
        code: 'field_twice',
        path: `${path}.field`,
        message: `"${column.field}" is filled twice: remove one of the two.`,
      });
      return [];
    }
    seen.add(column.field);
    const values = new Map(
      Object.entries(column.values ?? {}).map(([theirs, ours]) => [theirs.trim().toLowerCase(), ours]),
    );
    const read = cellReader(spec, values, cellContext(mapping, context, clock, spec, column.column));
    const base = { name: column.field, label: spec.label, required: spec.required, read };
    if (column.column !== undefined) {
      const index = places.get(column.column);
      if (index !== undefined) return [{ ...base, index, column: column.column, constant: undefined }];
      problems.push({
        code: spec.required || isIdentity(spec.name) ? 'unknown_column' : 'optional_column_missing',
        path: `${path}.column`,
        message: `There is no column "${column.column}" for ${spec.label}.`,
        ...hint(didYouMean(column.column, context.columns)),
      });
      return [];
    }
    if (column.value === undefined || column.value === '') {
      problems.push({ code: 'no_column', path, message: `"${column.field}" needs a column or a value.` });
      return [];
    }
    const notes = new RowNotes();
    const constant = read(column.value, notes);
    const wrong = notes.failure ?? notes.weak;
    if (wrong !== null || constant === undefined) {
      problems.push({
        code: 'bad_value',
        path: `${path}.value`,
        message: wrong?.reason ?? `"${column.value}" says nothing.`,
      });
      return [];
    }
    return [{ ...base, index: -1, column: null, constant }];
  });
}

function cellContext(
  mapping: RowMapping,
  context: MappingContext,
  clock: ZoneClock,
  spec: FieldSpec,
  column: string | undefined,
): CellContext {
  return {
    decimal: mapping.decimal ?? '.',
    order: mapping.date_order,
    clock,
    country: (mapping.country ?? context.defaults.country ?? context.country)?.toUpperCase(),
    unit: unitInLabel(column ?? '') ?? (spec.name.endsWith('minutes') ? 'minutes' : 'seconds'),
  };
}

/** A column of a table of one's own, or a further attribute of a person, is a field too. */
function specOf(column: ColumnMapping, kind: MappedKind, specs: ReadonlyMap<string, FieldSpec>): FieldSpec | undefined {
  const known = specs.get(column.field);
  if (known !== undefined) return known;
  const free = { name: column.field, label: column.field, required: false, synonyms: [] };
  if (kind === 'row') {
    return /^[a-z][a-z0-9_]{0,62}$/.test(column.field) ? { ...free, type: column.type ?? 'text' } : undefined;
  }
  const attribute = /^attributes\.([\p{L}\p{N} _.-]{1,100})$/u.exec(column.field)?.[1];
  return kind === 'person' && attribute !== undefined && attribute !== '__proto__'
    ? { ...free, type: column.type ?? 'text' }
    : undefined;
}

function bindKey(mapping: RowMapping, columns: readonly string[], problems: Problem[]): number[] {
  return (mapping.key ?? []).flatMap((name, position) => {
    const index = columns.indexOf(name);
    if (index >= 0) return [index];
    problems.push({
      code: 'unknown_column',
      path: `key.${position}`,
      message: `There is no column "${name}", which is part of the key.`,
      ...hint(didYouMean(name, columns)),
    });
    return [];
  });
}

/** What a record of this kind cannot be without. */
function missingFields(
  mapping: RowMapping,
  kind: MappedKind,
  bound: readonly BoundField[],
  defaults: SourceDefaults,
): Problem[] {
  const mapped = new Set(mapping.columns.map(({ field }) => field));
  const missing = (path: string, message: string): Problem => ({ code: 'missing_field', path, message });
  const problems = fieldsOfKind(kind)
    .filter(({ name, required }) => required && !mapped.has(name) && !hasDefault(name, defaults))
    .map(({ name, label }) =>
      missing(`columns.${name}`, `${label} is required: choose its column, or give one value for all rows.`),
    );
  if (kind === 'row' && mapping.table === undefined)
    problems.push({ code: 'no_table', path: 'table', message: 'Rows go into a table: name it.' });
  if (kind === 'message_event') {
    const hasState = [...STATUS_TIMES.keys()].some((name) => mapped.has(name));
    if (!mapped.has('status') && !hasState) {
      problems.push(
        missing('columns.status', 'A message needs a status, or a time of one of its states such as Sent at.'),
      );
    } else if (!hasState && !mapped.has('at')) {
      problems.push(missing('columns.at', 'The status needs a time: choose the column for Time of the status.'));
    }
    return problems;
  }
  const who = kind === 'person' ? '' : 'person.';
  const needsPerson = fieldsOfKind(kind).some(({ name }) => name === `${who}email`);
  if (needsPerson && !bound.some(({ name }) => isIdentity(name)) && ![...mapped].some(isIdentity)) {
    problems.push(
      missing(`columns.${who}email`, 'Choose the column that names the person: e-mail, phone or your own id.'),
    );
  }
  return problems;
}

function hasDefault(name: string, defaults: SourceDefaults): boolean {
  return name === 'channel' && defaults.channel !== undefined;
}

function hint(text: string | undefined): { hint?: string } {
  return text === undefined ? {} : { hint: text };
}
