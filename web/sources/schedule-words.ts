import { formatHour, formatWeekday } from '../format/index.ts';

/**
 * A cron line with five fields in words: "every day at 06:00", "on Monday and Thursday at 07:30", "every 15 minutes". A line
 * that has no plain words is quoted. `manual` is "only when someone starts it".
 */
export function scheduleWords(schedule: string | undefined, locale: string): string {
  // A source that has only just been connected.
  if (schedule === undefined) return 'on its schedule';
  const line = schedule.trim();
  if (line === 'manual') return 'only when someone starts it';
  const fields = line.split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const quoted = `by the cron line “${line}”`;
  if (fields.length !== 5 || month !== '*') return quoted;
  const times = timeWords(minute, hour, locale);
  if (times === null) return quoted;
  if (day === '*' && weekday === '*') return times.often ? times.text : `every day at ${times.text}`;
  const days = day === '*' ? weekdayWords(weekday, locale) : weekday === '*' ? monthDayWords(day) : null;
  if (days === null) return quoted;
  return times.often ? `${times.text}, ${days}` : `${days} at ${times.text}`;
}

/** The moments of a day: a list of times, or a rhythm (`often`). */
function timeWords(minute: string, hour: string, locale: string): { text: string; often: boolean } | null {
  const everyMinutes = stepOf(minute);
  if (everyMinutes !== null && hour === '*') {
    return { text: everyMinutes === 1 ? 'every minute' : `every ${everyMinutes} minutes`, often: true };
  }
  const [at, ...otherMinutes] = numbers(minute, 59) ?? [];
  if (at === undefined || otherMinutes.length > 0) return null;
  const past = at === 0 ? '' : `, at ${at} minutes past`;
  const everyHours = stepOf(hour);
  if (everyHours !== null) {
    return { text: `${everyHours === 1 ? 'every hour' : `every ${everyHours} hours`}${past}`, often: true };
  }
  const span = /^(\d{1,2})-(\d{1,2})$/.exec(hour);
  if (span) {
    const [from, to] = [Number(span[1]), Number(span[2])];
    if (from >= to || to > 23) return null;
    return { text: `every hour from ${clock(from, at, locale)} to ${clock(to, at, locale)}`, often: true };
  }
  const hours = numbers(hour, 23);
  return hours && { text: listOf(hours.map((one) => clock(one, at, locale))), often: false };
}

function weekdayWords(field: string, locale: string): string | null {
  if (field === '1-5') return 'on weekdays';
  const days = numbers(field, 7);
  return days && `on ${listOf(days.map((day) => formatWeekday(day === 0 ? 7 : day, locale, 'long')))}`;
}

function monthDayWords(field: string): string | null {
  const days = numbers(field, 31);
  return days && `on day ${listOf(days.map(String))} of each month`;
}

/** `*` is 1, a step such as `*` + `/15` is 15; null for anything else. */
function stepOf(field: string): number | null {
  if (field === '*') return 1;
  const step = /^\*\/(\d{1,2})$/.exec(field);
  return step && Number(step[1]) > 0 ? Number(step[1]) : null;
}

/** `6`, `6,18`; null for anything else. */
function numbers(field: string, most: number): number[] | null {
  if (!/^\d{1,2}(,\d{1,2})*$/.test(field)) return null;
  const values = field.split(',').map(Number);
  return values.every((value) => value <= most) ? values : null;
}

function clock(hour: number, minute: number, locale: string): string {
  const words = formatHour(hour, locale);
  if (minute === 0) return words;
  return words.includes(':')
    ? words.replace(':00', `:${String(minute).padStart(2, '0')}`)
    : words.replace(/^(\d+)/, `$1:${String(minute).padStart(2, '0')}`);
}

function listOf(words: string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(words);
}
