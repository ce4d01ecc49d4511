import type { ValueFormat } from '../../contract/mapping.ts';
import { dayOf } from '../../contract/plain-date.ts';

export type DateOrder = NonNullable<ValueFormat['date_order']>;

/** A date or time as it stands in a cell. */
export interface WrittenTime {
  /** Milliseconds: of the instant where `zoned`, else of the wall clock read as if it were UTC. */
  at: number;
  zoned: boolean;
  /** True where a time of day was written. */
  withTime: boolean;
}

/** `ambiguous`: day and month can be taken for each other and nobody has said which comes first. */
export type TimeReading = { ok: true; value: WrittenTime } | { ok: false; why: 'ambiguous' | 'unreadable' };

const DAY_MS = 86_400_000;
const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    'jan|january|januar|янв|январь|января|enero|ene|janv|janvier|stycznia|jän|jänner',
    'feb|february|februar|фев|февр|февраль|февраля|febrero|févr|février|lutego',
    'mar|march|märz|mär|mrz|мар|март|марта|marzo|mars|marca',
    'apr|april|апр|апрель|апреля|abril|abr|avr|avril|kwietnia',
    'may|mai|май|мая|mayo|maja',
    'jun|june|juni|июн|июнь|июня|junio|juin|czerwca',
    'jul|july|juli|июл|июль|июля|julio|juil|juillet|lipca',
    'aug|august|авг|август|августа|agosto|ago|août|sierpnia',
    'sep|sept|september|сен|сент|сентябрь|сентября|septiembre|septembre|września',
    'oct|october|okt|oktober|окт|октябрь|октября|octubre|octobre|października',
    'nov|november|ноя|нояб|ноябрь|ноября|noviembre|novembre|listopada',
    'dec|december|dez|dezember|дек|декабрь|декабря|diciembre|dic|déc|décembre|grudnia',
  ].flatMap((names, index) => names.split('|').map((name): [string, number] => [name, index + 1])),
);
/** Minutes east of UTC. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['Z', 0],
  ['UTC', 0],
  ['GMT', 0],
  ['EST', -300],
  ['EDT', -240],
  ['CST', -360],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
]);

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z)?$/;
const CLOCK =
  /(?:^|[\sT,]+)(?:at\s+|um\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(?:([ap])\.?\s?m\.?)?\s*(?:([A-Z]{1,4})?([+-]\d{2}:?\d{2}|[+-]\d{2})?)?(?:\s*\([^()]*\))?$/i;
const NUMERIC = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:\s*г\.?)?$/;
const DAY_NAME_YEAR = /^(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+([\p{L}]{3,12})\.?,?[\s-]+(\d{2}|\d{4})(?:\s*г\.?)?$/u;
const NAME_DAY_YEAR = /^([\p{L}]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u;
const WEEKDAY =
  /^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|вс)[a-zа-я]*[.,]*\s+/iu;

/** Reads a text as a date or time; never decides by itself whether day or month comes first. */
export function readTime(text: string, order: DateOrder | undefined): TimeReading {
  const iso = ISO.exec(text);
  if (iso) {
    const day = dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    if (day === null) return unreadable;
    if (iso[4] === undefined) return iso[8] === undefined ? found(day * DAY_MS, false, false) : unreadable;
    const clock = clockMs(Number(iso[4]), Number(iso[5]), Number(iso[6] ?? 0), iso[7]);
    return clock === undefined ? unreadable : found(day * DAY_MS + clock, iso[8] !== undefined, true);
  }
  if (text.length > 60) return unreadable;
  const spaced = text.replace(/[\u00a0\u202f\u2009]/g, ' ');
  const clock = splitClock(spaced);
  if (clock === undefined) return unreadable;
  const date = readDate(clock.date, order);
  if (!date.ok) return date;
  const at = date.day * DAY_MS + (clock.ms ?? 0);
  if (clock.offset === undefined) return found(at, false, clock.ms !== undefined);
  return found(at - clock.offset * 60_000, true, true);
}

/** A number in a column of times: days since 1899-12-30 as a spreadsheet counts them, Unix seconds or milliseconds, or 20261110. */
export function readNumericTime(value: number): { value: WrittenTime; serial: boolean } | undefined {
  if (value >= 1e12 && value < 1e13)
    return { value: { at: Math.round(value), zoned: true, withTime: true }, serial: false };
  if (value >= 1e9 && value < 1e10) {
    return { value: { at: Math.round(value * 1000), zoned: true, withTime: true }, serial: false };
  }
  if (Number.isInteger(value) && value >= 19_000_101 && value <= 29_991_231) {
    const day = dayOf(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
    return day === null ? undefined : { value: { at: day * DAY_MS, zoned: false, withTime: false }, serial: false };
  }
  // From 1900-03-01 on: before it the serial numbers of spreadsheets are off by a day, and small numbers are no dates.
  if (value < 61 || value > 2_958_465.99999) return undefined;
  const at = Math.round((value - 25_569) * 86_400) * 1000;
  return { value: { at, zoned: false, withTime: at % DAY_MS !== 0 }, serial: true };
}

/** What the parts of a date such as 13/04/2026 settle: dmy, mdy, `open` where both are possible; undefined for another form. */
export function dateOrderOf(text: string): DateOrder | 'open' | undefined {
  const clock = splitClock(text.trim());
  const match = clock && NUMERIC.exec(clock.date);
  if (!match) return undefined;
  const [, first = '', separator, second = '', third = ''] = match;
  if (first.length === 4) return 'ymd';
  if (third.length !== 4 && third.length !== 2) return undefined;
  const [a, b] = [Number(first), Number(second)];
  if (a > 12 && a <= 31 && b <= 12) return 'dmy';
  if (b > 12 && b <= 31 && a <= 12) return 'mdy';
  if (a > 12 || b > 12 || a === 0 || b === 0) return undefined;
  // Nobody writes the month first with points between.
  return separator === '.' ? 'dmy' : 'open';
}

const unreadable: TimeReading = { ok: false, why: 'unreadable' };

function found(at: number, zoned: boolean, withTime: boolean): TimeReading {
  return { ok: true, value: { at, zoned, withTime } };
}

/** Cuts the time of day and its zone off the end of a text; undefined where it is no time of day. */
function splitClock(text: string): { date: string; ms?: number; offset?: number } | undefined {
  const match = CLOCK.exec(text);
  // A point may part hours from minutes, but then a date with points has none.
  if (!match || match.index === 0) return { date: text };
  let hour = Number(match[1]);
  const half = match[5]?.toLowerCase();
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === 'p' ? 12 : 0);
  }
  const ms = clockMs(hour, Number(match[2]), Number(match[3] ?? 0), match[4]);
  if (ms === undefined) return undefined;
  const offset = readOffset(match[6], match[7]);
  if (offset === null) return undefined;
  const date = text.slice(0, match.index).trim();
  return offset === undefined ? { date, ms } : { date, ms, offset };
}

function readOffset(name: string | undefined, digits: string | undefined): number | null | undefined {
  const zone = name === undefined || /^(?:uhr|h)$/i.test(name) ? undefined : name.toUpperCase();
  const base = zone === undefined ? undefined : ZONES.get(zone);
  if (zone !== undefined && base === undefined) return null;
  if (digits === undefined) return base;
  const [hours, minutes] = [Number(digits.slice(1, 3)), Number(digits.slice(3).replace(':', '') || 0)];
  if (hours > 15 || minutes > 59) return null;
  return (base ?? 0) + (digits.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function clockMs(hour: number, minute: number, second: number, fraction: string | undefined): number | undefined {
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined;
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
  return ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000 + ms;
}

type DateReading = { ok: true; day: number } | { ok: false; why: 'ambiguous' | 'unreadable' };

function readDate(text: string, order: DateOrder | undefined): DateReading {
  const numeric = NUMERIC.exec(text);
  if (numeric) return readNumericDate(numeric, order);
  const bare = text.replace(WEEKDAY, '');
  const named = DAY_NAME_YEAR.exec(bare);
  if (named) return dated(named[3], monthOf(named[2]), named[1]);
  const american = NAME_DAY_YEAR.exec(bare);
  return american ? dated(american[3], monthOf(american[1]), american[2]) : { ok: false, why: 'unreadable' };
}

function readNumericDate(match: RegExpExecArray, order: DateOrder | undefined): DateReading {
  const [, first = '', separator, second = '', third = ''] = match;
  if (first.length === 4) return dated(first, Number(second), third);
  if (first.length > 2 || third.length === 3 || third.length === 1) return { ok: false, why: 'unreadable' };
  if (order === 'ymd')
    return third.length === 2 ? dated(first, Number(second), third) : { ok: false, why: 'unreadable' };
  const chosen = order ?? (separator === '.' ? 'dmy' : undefined);
  if (chosen === undefined) return { ok: false, why: 'ambiguous' };
  return chosen === 'dmy' ? dated(third, Number(second), first) : dated(third, Number(first), second);
}

function dated(year: string | undefined, month: number | undefined, day: string | undefined): DateReading {
  if (year === undefined || month === undefined || day === undefined) return { ok: false, why: 'unreadable' };
  // Two digits: 1970 to 2069.
  const full = year.length === 2 ? Number(year) + (Number(year) < 70 ? 2000 : 1900) : Number(year);
  const number = dayOf(full, month, Number(day));
  return number === null ? { ok: false, why: 'unreadable' } : { ok: true, day: number };
}

function monthOf(name: string | undefined): number | undefined {
  return MONTHS.get((name ?? '').toLowerCase());
}
