import { type Decimal, readNumber } from './read-number.ts';

export type DurationUnit = 'seconds' | 'minutes' | 'hours';

const SECONDS = { seconds: 1, minutes: 60, hours: 3600 } as const satisfies Record<DurationUnit, number>;
/** Beyond it a number is no length of anything that people attend. */
const LONGEST = 1_000_000_000;
const PARTS: readonly [RegExp, number][] = [
  [/(\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std|stunden?|ч|час(?:а|ов)?)(?![a-zа-я])\.?/i, 3600],
  [/(\d+(?:[.,]\d+)?)\s*(?:m|mins?|minutes?|minuten?|мин(?:ут[аы]?)?)(?![a-zа-я])\.?/i, 60],
  [/(\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?|sek|sekunden?|с|сек(?:унд[аы]?)?)(?![a-zа-я])\.?/i, 1],
];

/** The unit that a column's name tells: `Time in Session (minutes)`, `Dauer (Min.)`, `duration_sec`. */
export function unitInLabel(label: string): DurationUnit | undefined {
  const words = label.toLowerCase().split(/[^a-zа-яё]+/);
  if (words.some((word) => /^(?:s|secs?|seconds?|sek|sekunden|сек|секунд[аы]?)$/.test(word))) return 'seconds';
  if (words.some((word) => /^(?:mins?|minutes?|minuten|мин|минут[аы]?)$/.test(word))) return 'minutes';
  return words.some((word) => /^(?:h|hrs?|hours?|stunden|час(?:а|ов)?)$/.test(word)) ? 'hours' : undefined;
}

/** Seconds of `01:02:41`, `1 h 5 min`, `55 minutes`, or of a plain number in `unit`; undefined for anything else. */
export function readDuration(raw: string, unit: DurationUnit, decimal: Decimal): number | undefined {
  const clock = /^(\d{1,4}):([0-5]?\d)(?::([0-5]?\d)(?:\.\d+)?)?$/.exec(raw);
  if (clock) {
    const [first, second, third] = [Number(clock[1]), Number(clock[2]), clock[3]];
    if (third !== undefined) return first * 3600 + second * 60 + Number(third);
    // Two parts are hours and minutes only where the column counts in hours.
    return unit === 'hours' ? first * 3600 + second * 60 : first * 60 + second;
  }
  const plain = readNumber(raw, decimal);
  if (plain !== undefined) return plain < 0 || plain > LONGEST ? undefined : round(plain * SECONDS[unit]);
  const iso = /^PT(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:\.\d+)?S)?$/i.exec(raw);
  if (iso) return Number(iso[1] ?? 0) * 3600 + Number(iso[2] ?? 0) * 60 + Number(iso[3] ?? 0);
  return inWords(raw);
}

function inWords(raw: string): number | undefined {
  let rest = raw;
  let total = 0;
  for (const [pattern, seconds] of PARTS) {
    const match = pattern.exec(rest);
    if (!match) continue;
    total += Number((match[1] ?? '').replace(',', '.')) * seconds;
    rest = rest.replace(match[0], ' ');
  }
  return rest === raw || /[^\s,]/.test(rest.replace(/\band\b|\bund\b/i, '')) ? undefined : bounded(total);
}

function bounded(seconds: number): number | undefined {
  return seconds <= LONGEST ? round(seconds) : undefined;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
