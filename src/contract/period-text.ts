import { dateParts, dayOf, isoWeekOf, toDate } from './plain-date.ts';

const MONTH_NAMES = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const UNIT_LETTER: Record<string, string> = { day: 'd', week: 'w', month: 'm', quarter: 'q', year: 'y' };
const PHRASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    today: 'd',
    yesterday: 'e',
    'all time': 'all',
    all: 'all',
    'year to date': 'ytd',
    'month to date': 'mtd',
    'quarter to date': 'qtd',
    'week to date': 'wtd',
  }),
);

/**
 * Turns what a person types (`16.11-22.11`, `W47`, `last 3 weeks`, `nov 2026`, `1-21 nov`) into a period of the URL grammar;
 * null where it means nothing. A date without a year is the latest one that is not after `today`.
 */
export function readPeriodText(typed: string, today: string): string | null {
  const text = typed.trim().toLowerCase().replaceAll(/[–—−]/g, '-').replaceAll(/\s+/g, ' ');
  return (
    PHRASES.get(text) ??
    readRelative(text) ??
    readWeekOrQuarter(text, today) ??
    readMonth(text, today) ??
    readRange(text, today)
  );
}

function readRelative(text: string): string | null {
  const match = /^(this|current|last|previous|past) (?:(\d{1,5}) )?(day|week|month|quarter|year)s?$/.exec(text);
  if (!match) return null;
  const [, word, count, unit = 'day'] = match;
  const letter = UNIT_LETTER[unit] ?? 'd';
  if (word === 'this' || word === 'current') return count ? null : unit === 'day' ? 'd' : `${letter}td`;
  if (count) return `${Number(count)}${letter}`;
  return unit === 'day' ? 'e' : `l${letter}`;
}

function readWeekOrQuarter(text: string, today: string): string | null {
  const match = /^(?:(\d{4})[ -]?)?(?:(w|week ?)(\d{1,2})|q([1-4]))(?: (\d{4}))?$/.exec(text);
  if (!match || (match[1] && match[5])) return null;
  const written = match[1] ?? match[5];
  if (match[2]) {
    const week = Number(match[3]);
    const now = isoWeekOf(today);
    const year = written ?? (week <= now.week ? now.year : now.year - 1);
    return `${year}-W${String(week).padStart(2, '0')}`;
  }
  const quarter = Number(match[4]);
  const { year, month } = dateParts(today);
  return `${written ?? (3 * quarter - 2 <= month ? year : year - 1)}-Q${quarter}`;
}

function readMonth(text: string, today: string): string | null {
  const match = /^([a-z]{3,9})(?: (\d{4}))?$/.exec(text);
  const month = match ? monthNumber(match[1] ?? '') : null;
  if (!match || month === null) return null;
  const now = dateParts(today);
  const year = match[2] ?? (month <= now.month ? now.year : now.year - 1);
  return `${year}-${String(month).padStart(2, '0')}`;
}

/** A day, or two joined by `-`, `to` or `..`. */
function readRange(text: string, today: string): string | null {
  const shared = /^(\d{1,2}) ?- ?(\d{1,2}) ([a-z]{3,9}(?: \d{4})?)$/.exec(text);
  if (shared) return readRange(`${shared[1]} ${shared[3]} - ${shared[2]} ${shared[3]}`, today);
  const parts = text.includes('..') ? text.split('..') : text.includes(' to ') ? text.split(' to ') : splitAtDash(text);
  if (parts.length > 2) return null;
  const first = readDay(parts[0]?.trim() ?? '');
  const last = parts.length === 2 ? readDay(parts[1]?.trim() ?? '') : first;
  if (!first || !last) return null;
  const year = first.year ?? last.year;
  let start = dateWith(first, year === undefined ? Number(today.slice(0, 4)) : year);
  if (start !== null && year === undefined && start > today) start = dateWith(first, Number(today.slice(0, 4)) - 1);
  if (start === null) return null;
  const startYear = Number(start.slice(0, 4));
  let end = dateWith(last, last.year ?? startYear);
  if (end === null) return null;
  if (end < start && last.year === undefined) end = dateWith(last, startYear + 1);
  if (end !== null && end < start && first.year === undefined) start = dateWith(first, startYear - 1);
  if (start === null || end === null) return null;
  return start === end ? start : `${start}..${end}`;
}

/** ISO dates contain dashes themselves. */
function splitAtDash(text: string): string[] {
  const iso = /^(\d{4}-\d{2}-\d{2})(?: ?- ?(\d{4}-\d{2}-\d{2}))?$/.exec(text);
  if (iso) return iso[2] ? [iso[1] ?? '', iso[2]] : [text];
  return text.split('-');
}

interface WrittenDay {
  day: number;
  month: number;
  year?: number;
}

/** `16.11`, `16.11.2026`, `16 nov`, `nov 16`, `16 nov 2026`, `2026-11-16`. */
function readDay(text: string): WrittenDay | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
  const dotted = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4})?)?$/.exec(text);
  if (dotted) return withYear(Number(dotted[1]), Number(dotted[2]), dotted[3]);
  const dayFirst = /^(\d{1,2}) ([a-z]{3,9})(?:,? (\d{4}))?$/.exec(text);
  const monthFirst = /^([a-z]{3,9}) (\d{1,2})(?:,? (\d{4}))?$/.exec(text);
  const named = dayFirst ?? monthFirst;
  if (!named) return null;
  const month = monthNumber((dayFirst ? named[2] : named[1]) ?? '');
  return month === null ? null : withYear(Number(dayFirst ? named[1] : named[2]), month, named[3]);
}

function withYear(day: number, month: number, year: string | undefined): WrittenDay {
  return year === undefined ? { day, month } : { day, month, year: Number(year) };
}

function dateWith(written: WrittenDay, year: number): string | null {
  const day = dayOf(year, written.month, written.day);
  return day === null ? null : toDate(day);
}

/** A month's full name or an abbreviation of at least three letters. */
function monthNumber(name: string): number | null {
  const index = MONTH_NAMES.findIndex((month) => month.startsWith(name));
  return index < 0 || name.length < 3 ? null : index + 1;
}
