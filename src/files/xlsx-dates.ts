/** What a number format makes of a number. `elapsed`: hours that may pass 24. */
export type NumberKind = 'number' | 'date' | 'time' | 'elapsed';

const DAY_MS = 86_400_000;
/** Number formats that every workbook has. */
const BUILT_IN_DATES = [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58];
const BUILT_IN: ReadonlyMap<number, NumberKind> = new Map([
  ...BUILT_IN_DATES.map((id): [number, NumberKind] => [id, 'date']),
  ...[18, 19, 20, 21, 32, 33, 45, 47, 55, 56].map((id): [number, NumberKind] => [id, 'time']),
  [46, 'elapsed'],
]);

export function kindOfFormat(id: number, code: string | undefined): NumberKind {
  return code === undefined ? (BUILT_IN.get(id) ?? 'number') : kindOfCode(code);
}

/** Letters for parts of dates, outside quotes, escapes and brackets. */
function kindOfCode(code: string): NumberKind {
  if (/\[(?:h+|m+|s+)\]/i.test(code)) return 'elapsed';
  const bare = (code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';')[0] ?? '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/am\/pm|a\/p/gi, 'h');
  if (/general/i.test(bare)) return 'number';
  if (/[dy]/i.test(bare)) return 'date';
  if (/[hs]/i.test(bare)) return 'time';
  return /m/i.test(bare) ? 'date' : 'number';
}

/**
 * A day number as local text: `2026-11-10`, `2026-11-10T09:15:22`, a time of day `09:15:22`, or hours `26:30:00`.
 * In the system of 1900 the day 60 is a 29 February that there never was, and it is written as such.
 * @returns the number itself where it is no day
 */
export function dateText(serial: number, kind: Exclude<NumberKind, 'number'>, is1904: boolean): string | number {
  if (serial < 0 || serial >= 2_958_466) return serial;
  const seconds = Math.round(serial * 86_400);
  if (kind === 'elapsed' || (kind === 'time' && serial < 1) || (serial < 1 && !is1904)) return clockText(seconds);
  const days = Math.floor(seconds / 86_400);
  const time = seconds % 86_400;
  const date = is1904 ? dayText(Date.UTC(1904, 0, 1) / DAY_MS + days) : dayOf1900(days);
  return time === 0 && kind === 'date' ? date : `${date}T${clockText(time)}`;
}

function dayOf1900(days: number): string {
  if (days === 60) return '1900-02-29';
  return dayText(Date.UTC(1899, 11, days < 60 ? 31 : 30) / DAY_MS + days);
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function clockText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
