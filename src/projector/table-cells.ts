import { Temporal } from 'temporal-polyfill';
import type { TableColumnType } from '../contract/facts.ts';
import type { TableCell } from '../contract/table-page.ts';
import { Lru } from './lru.ts';

/** What a cell of a table that people brought is in the warehouse: digits of numbers, 0 and 1, UTC milliseconds, text. */
export type StoredCell = string | number | null;

/** undefined: the value does not fit its column's type. */
export type CellReader = (value: TableCell) => StoredCell | undefined;

/** How the cells of a column are read. Dates and times without an offset are of the zone (IANA). Pure. */
export function cellReaders(timeZone: string): Record<TableColumnType, CellReader> {
  const local = localInstants(timeZone);
  return {
    text: (value) => (typeof value === 'string' ? value : value === null ? '' : String(value)),
    number: unlessEmpty((value) => readDecimal(value)),
    integer: unlessEmpty((value) => readInteger(value)),
    boolean: unlessEmpty(readBoolean),
    date: unlessEmpty((value) => readTime(value, local, true)),
    time: unlessEmpty((value) => readTime(value, local, false)),
  };
}

const unlessEmpty =
  (read: (value: string | number | boolean) => StoredCell | undefined): CellReader =>
  (value) => {
    if (value === null) return null;
    const plain = typeof value === 'string' ? value.trim() : value;
    return plain === '' ? null : read(plain);
  };

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Digits before the point and after it in Decimal(18, 6). */
const WHOLE_DIGITS = 12;
const DECIMALS = 6;

/** Digits as they stand, rounded half away from zero to six decimals: no float comes between. */
function readDecimal(value: string | number | boolean): string | undefined {
  if (typeof value === 'boolean') return undefined;
  const [all, sign = '', before = '', after = '', exponent = '0'] = NUMBER.exec(String(value)) ?? [];
  if (all === undefined || before + after === '') return undefined;
  const shift = Number(exponent);
  const digits = before + after;
  const point = before.length + shift;
  if (point > 400 || point < -400) return /^0*$/.test(digits) ? '0' : point < 0 ? '0' : undefined;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const fraction = padded.slice(at).padEnd(DECIMALS + 1, '0');
  let scaled = BigInt(padded.slice(0, at) + fraction.slice(0, DECIMALS));
  if (fraction.charCodeAt(DECIMALS) >= 53) scaled += 1n;
  const text = scaled.toString().padStart(DECIMALS + 1, '0');
  if (text.length > WHOLE_DIGITS + DECIMALS) return undefined;
  const written = `${text.slice(0, -DECIMALS)}.${text.slice(-DECIMALS)}`;
  return sign === '-' && scaled !== 0n ? `-${written}` : written;
}

const MAX_INTEGER = 2n ** 63n - 1n;

function readInteger(value: string | number | boolean): string | undefined {
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined;
  const text = typeof value === 'number' ? BigInt(value).toString() : String(value);
  const digits = /^([+-]?\d{1,40})(?:\.0*)?$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const whole = BigInt(digits.replace('+', ''));
  return whole > MAX_INTEGER || whole < -MAX_INTEGER - 1n ? undefined : whole.toString();
}

const TRUE: ReadonlySet<string> = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE: ReadonlySet<string> = new Set(['false', 'f', 'no', 'n', '0']);

function readBoolean(value: string | number | boolean): 0 | 1 | undefined {
  const word = String(value).toLowerCase();
  return TRUE.has(word) ? 1 : FALSE.has(word) ? 0 : undefined;
}

const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|z|[+-]\d{2}(?::?\d{2})?(?::?\d{2})?))?)?$/;
/** What DateTime64(3) holds. */
const FIRST_INSTANT = Date.UTC(1900, 0, 1);
const LAST_INSTANT = Date.UTC(2299, 11, 31);

function readTime(value: string | number | boolean, local: LocalInstants, dateOnly: boolean): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [all, day, hour = '00', minute = '00', second = '00', fraction = '', offset] = TIME.exec(value) ?? [];
  if (all === undefined || day === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const rest = Number(second) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
  const time = offset === undefined ? undefined : withOffset(day, hour, minute, rest, offset);
  const instant =
    dateOnly && time !== undefined
      ? local.dayOf(time)
      : (time ?? local.at(day, dateOnly ? '00' : hour, dateOnly ? '00' : minute, dateOnly ? 0 : rest));
  return instant !== undefined && instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? instant : undefined;
}

function withOffset(day: string, hour: string, minute: string, rest: number, offset: string): number | undefined {
  const midnight = plainDay(day);
  if (midnight === undefined) return undefined;
  const time = midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000 + rest;
  if (offset === 'Z' || offset === 'z') return time;
  const [hours = '00', minutes = '00', seconds = '00'] = offset.slice(1).replaceAll(':', '').match(/\d\d/g) ?? [];
  const ahead = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return offset.startsWith('-') ? time + ahead : time - ahead;
}

/** Milliseconds of a day's start in UTC; undefined for days that are in no calendar. */
function plainDay(day: string): number | undefined {
  const instant = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== day ? undefined : instant;
}

interface LocalInstants {
  at(day: string, hour: string, minute: string, rest: number): number | undefined;
  /** The start of the local day on which an instant lies. */
  dayOf(instant: number): number;
}

/**
 * Local times as instants; one that a change of the clock leaves out or repeats is read as people read it: later, or the first
 * of the two. Remembered by quarter of an hour, within which no zone changes.
 */
function localInstants(timeZone: string): LocalInstants {
  const quarters = new Lru<string, number | null>(100_000);
  const days = new Lru<number, number>(20_000);
  const at = (day: string, hour: string, minute: string, rest: number) => {
    const quarter = Number(minute) - (Number(minute) % 15);
    const start = quarters.computed(`${day}T${hour}:${String(quarter).padStart(2, '0')}`, () =>
      plainDay(day) === undefined
        ? null
        : Temporal.PlainDateTime.from(`${day}T${hour}:${String(quarter).padStart(2, '0')}`).toZonedDateTime(timeZone)
            .epochMilliseconds,
    );
    return start === null ? undefined : start + (Number(minute) - quarter) * 60_000 + rest;
  };
  return {
    at,
    dayOf: (instant) =>
      days.computed(
        Math.floor(instant / 900_000),
        () =>
          Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).startOfDay().epochMilliseconds,
      ),
  };
}
