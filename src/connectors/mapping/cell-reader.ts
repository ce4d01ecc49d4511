import type { TableCell } from '../../contract/table-page.ts';
import { normaliseEmail, normalisePhone } from '../normalise-identity.ts';
import type { FieldSpec, FieldType } from './field-spec.ts';
import { readBoolean } from './read-boolean.ts';
import { type DurationUnit, readDuration } from './read-duration.ts';
import { type Decimal, hasDecimalComma, readNumber } from './read-number.ts';
import { type DateOrder, readNumericTime, readTime, type WrittenTime } from './read-time.ts';
import { FIXES, type RowNotes } from './row-notes.ts';
import { channelOfWord, statusOfWord } from './status-words.ts';
import type { ZoneClock } from './zone-clock.ts';

export type FieldValue = string | number | boolean;
/** A cell that holds something → the field's value. Undefined: nothing is there, or `notes` has the failure. */
export type CellReader = (cell: string | number | boolean, notes: RowNotes) => FieldValue | undefined;

export interface CellContext {
  decimal: Decimal;
  order: DateOrder | undefined;
  clock: ZoneClock;
  /** ISO 3166 alpha-2 for phone numbers without a country code. */
  country: string | undefined;
  /** Of durations without one. */
  unit: DurationUnit;
}

const DAMAGED = /^[+-]?\d(?:[.,]\d+)?E\+\d+$/i;
const INVISIBLE_ENDS = /^[\s\u00a0\u200b-\u200d\u2060\ufeff]+|[\s\u00a0\u200b-\u200d\u2060\ufeff]+$/g;
const NOTHING = new Set(['', '-', '--', '---', '–', '—', 'n/a', '#n/a', 'null', '\\n', 'nan', 'none', 'nil']);
const NO_TEXT = new Set(['', '--', '#N/A', 'NULL', '\\N']);
const LAST_DAY = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const KEPT_PHONES = 50_000;

/** The reader for cells of a field. `values` is the mapping's: their value, in lower case → ours. */
export function cellReader(
  spec: Pick<FieldSpec, 'type' | 'options' | 'min'>,
  values: ReadonlyMap<string, string>,
  context: CellContext,
): CellReader {
  const read = typedReader(spec, context);
  const isNothing =
    spec.type === 'text' ? (text: string) => NO_TEXT.has(text) : (text: string) => NOTHING.has(text.toLowerCase());
  return (cell, notes) => {
    let given: string | number | boolean = cell;
    if (typeof cell === 'number' && !Number.isFinite(cell)) return undefined;
    if (typeof cell === 'string') {
      let text = trimmed(cell, notes);
      if (values.size > 0) text = replaced(text, values, notes);
      if (isNothing(text)) return undefined;
      if (text.includes('\ufffd')) {
        return notes.fail('Holds characters that cannot be read: the file is not in the encoding that was chosen.');
      }
      given = text;
    } else if (values.size > 0) {
      const known = values.get(String(cell).toLowerCase());
      if (known !== undefined) {
        notes.fixed(FIXES.mapped);
        if (isNothing(known)) return undefined;
        given = known;
      }
    }
    return read(given, notes);
  };
}

function trimmed(cell: string, notes: RowNotes): string {
  const first = cell.charCodeAt(0);
  const last = cell.charCodeAt(cell.length - 1);
  if (isPlain(first) && isPlain(last)) return cell;
  const text = cell.replace(INVISIBLE_ENDS, '');
  if (text.length !== cell.length && text !== '') notes.fixed(FIXES.spaces);
  return text;
}

const isPlain = (code: number): boolean => code > 32 && code < 127;

function replaced(text: string, values: ReadonlyMap<string, string>, notes: RowNotes): string {
  const known = values.get(text.toLowerCase());
  if (known === undefined) return text;
  if (known !== text) notes.fixed(FIXES.mapped);
  return known;
}

function typedReader(
  { type, options, min }: Pick<FieldSpec, 'type' | 'options' | 'min'>,
  context: CellContext,
): CellReader {
  const readers: Record<FieldType, () => CellReader> = {
    text: () => (cell) => String(cell),
    id: () => readId,
    word: () => (cell) => channelOfWord(String(cell)),
    number: () => (cell, notes) => {
      const value = numberOf(cell, context.decimal, notes);
      if (value === undefined || min === undefined || value >= min) return value;
      return notes.fail(`"${shown(String(cell))}" is less than ${min}.`);
    },
    integer: () => (cell, notes) => integerOf(cell, context.decimal, notes),
    boolean: () => booleanOf,
    date: () => (cell, notes) => {
      const written = timeOf(cell, context, notes, 'date');
      if (written === undefined) return undefined;
      return new Date(written.zoned ? context.clock.toLocal(written.at) : written.at).toISOString().slice(0, 10);
    },
    time: () => (cell, notes) => instantOf(cell, context, notes),
    email: () => emailOf,
    phone: () => phoneReader(context.country),
    option: () => optionReader(options ?? []),
    presence: () => presenceOf,
    state: () => (cell, notes) => stateOf(cell, context, notes),
    duration: () => (cell, notes) => durationOf(cell, context, notes),
    currency: () => currencyOf,
  };
  return readers[type]();
}

/** Ids are opaque, but what a spreadsheet has made of a long number is no id. */
function readId(cell: string | number | boolean, notes: RowNotes): string | undefined {
  if (typeof cell === 'number' && !Number.isSafeInteger(cell) && Math.abs(cell) >= 1e15) {
    return notes.fail(
      'This number has more digits than a spreadsheet keeps: format the column as text and export it again.',
    );
  }
  const text = String(cell);
  if (DAMAGED.test(text)) return damaged(text, notes);
  return text.length <= 200 ? text : notes.fail('This is too long for an id: more than 200 characters.');
}

function damaged(text: string, notes: RowNotes): undefined {
  return notes.fail(
    `Excel has damaged this number (it reads ${shown(text)}): format the column as text and export it again.`,
  );
}

function numberOf(cell: string | number | boolean, decimal: Decimal, notes: RowNotes): number | undefined {
  if (typeof cell === 'number') return cell;
  const text = String(cell);
  const value = readNumber(text, decimal);
  if (value === undefined) {
    const hint = decimal === '.' && hasDecimalComma(text) ? ': choose the decimal comma to read it' : '';
    return notes.fail(`"${shown(text)}" is not a number${hint}.`);
  }
  if (decimal === ',' && text.includes(',')) notes.fixed(FIXES.decimalComma);
  return value;
}

function integerOf(cell: string | number | boolean, decimal: Decimal, notes: RowNotes): number | undefined {
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  const value = numberOf(cell, decimal, notes);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  return notes.fail(`"${shown(String(cell))}" is not a whole number.`);
}

function booleanOf(cell: string | number | boolean, notes: RowNotes): boolean | undefined {
  if (typeof cell === 'boolean') return cell;
  const value = readBoolean(String(cell));
  return value ?? notes.fail(`"${shown(String(cell))}" is neither yes nor no.`, String(cell));
}

function instantOf(cell: string | number | boolean, context: CellContext, notes: RowNotes): string | undefined {
  const written = timeOf(cell, context, notes, 'time');
  if (written === undefined) return undefined;
  let instant = written.at;
  if (!written.zoned) {
    const resolved = context.clock.toInstant(written.at);
    if (resolved.shifted && written.withTime) notes.fixed(FIXES.clockChange);
    instant = resolved.instant;
  }
  if (instant >= 0 && instant <= LAST_DAY) return new Date(instant).toISOString();
  return notes.fail(`"${shown(String(cell))}" lies before 1970 or after 9999.`);
}

function timeOf(
  cell: string | number | boolean,
  context: CellContext,
  notes: RowNotes,
  what: 'date' | 'time',
): WrittenTime | undefined {
  const text = String(cell);
  const plain =
    typeof cell === 'number' ? cell : /^\d+(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : undefined;
  if (plain !== undefined) {
    const numeric = readNumericTime(plain);
    if (numeric !== undefined) {
      if (numeric.serial) notes.fixed(FIXES.serial);
      return numeric.value;
    }
    return notes.fail(`"${shown(text)}" is not a ${what}.`);
  }
  const reading = readTime(text, context.order);
  if (reading.ok) return reading.value;
  return notes.fail(
    reading.why === 'ambiguous'
      ? `"${shown(text)}" can be read in two ways: choose whether the day or the month comes first.`
      : `"${shown(text)}" is not a ${what}${orderHint(text, context.order)}.`,
  );
}

function orderHint(text: string, order: DateOrder | undefined): string {
  if (order === undefined || !/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(text)) return '';
  return { dmy: ' with the day first', mdy: ' with the month first', ymd: ' with the year first' }[order];
}

/** A time, or a yes (reached) or no (not reached): `true` stands for "reached, nobody says when". */
function stateOf(cell: string | number | boolean, context: CellContext, notes: RowNotes): string | true | undefined {
  if (typeof cell === 'boolean') return cell || undefined;
  const count = typeof cell === 'number' ? cell : /^\d{1,2}$/.test(cell) ? Number(cell) : undefined;
  // A count of opens or clicks; day numbers of spreadsheets are larger.
  if (count !== undefined && Number.isInteger(count) && count < 61) return count > 0 || undefined;
  const yes = typeof cell === 'string' ? readBoolean(cell) : undefined;
  return yes === undefined ? instantOf(cell, context, notes) : yes || undefined;
}

/** Whether someone came; words that say neither ("Live", "Webinar") leave it to the time of joining. */
function presenceOf(cell: string | number | boolean): boolean | undefined {
  if (typeof cell === 'boolean') return cell;
  const text = String(cell);
  return /^(no[ -]?show|absent|did not attend|not attended)$/i.test(text) ? false : readBoolean(text);
}

function emailOf(cell: string | number | boolean, notes: RowNotes): string | undefined {
  const email = normaliseEmail(String(cell));
  if (email !== undefined) return email;
  notes.weak ??= { reason: `"${shown(String(cell))}" is not an e-mail address.` };
  return undefined;
}

function phoneReader(country: string | undefined): CellReader {
  const known = new Map<string, string | null>();
  return (cell, notes) => {
    const text = String(cell);
    if (DAMAGED.test(text)) return damaged(text, notes);
    let number = known.get(text);
    if (number === undefined) {
      number = normalisePhone(text, country)?.number ?? null;
      if (known.size >= KEPT_PHONES) known.clear();
      known.set(text, number);
    }
    if (number !== null) return number;
    const hint =
      country === undefined && /^\d[\d\s().-]*$/.test(text) ? ': choose the country of numbers without a code' : '';
    notes.weak ??= { reason: `"${shown(text)}" is not a phone number${hint}.` };
    return undefined;
  };
}

function optionReader(options: readonly string[]): CellReader {
  const known = new Map(options.map((option) => [option.toLowerCase(), option]));
  return (cell, notes) => {
    const text = String(cell);
    const option = known.get(text.toLowerCase());
    if (option !== undefined) return option;
    const status = statusOfWord(text);
    if (status !== undefined && known.has(status)) return status;
    return notes.fail(`"${shown(text)}" is not one of ${options.join(', ')}: say what it stands for.`, text);
  };
}

function durationOf(cell: string | number | boolean, context: CellContext, notes: RowNotes): number | undefined {
  const value = readDuration(String(cell), context.unit, context.decimal);
  return value ?? notes.fail(`"${shown(String(cell))}" is not a length of time.`);
}

const CURRENCY_SIGNS: ReadonlyMap<string, string> = new Map([
  ['$', 'USD'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['₽', 'RUB'],
  ['₹', 'INR'],
  ['₴', 'UAH'],
  ['₸', 'KZT'],
]);

function currencyOf(cell: string | number | boolean, notes: RowNotes): string | undefined {
  const text = String(cell);
  const code = CURRENCY_SIGNS.get(text) ?? text.toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? code : notes.fail(`"${shown(text)}" is not a currency code such as USD.`, text);
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** True for cells that say nothing. */
export function isEmptyCell(cell: TableCell | undefined): cell is null | undefined | '' {
  return cell === null || cell === undefined || cell === '' || (typeof cell === 'string' && cell.trim() === '');
}
