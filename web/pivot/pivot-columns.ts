import type { DimensionInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import { addDays, dateParts, isoWeekOf, weekdayOf } from '../../src/contract/plain-date.ts';
import type { Cell, ResultMeta } from '../../src/contract/result.ts';
import { bucketEnd } from '../charts/time-buckets.ts';
import { valueLabel } from '../filters/filter-words.ts';
import { localTime } from '../format/local-time.ts';
import type { Formats } from '../tile/formats.ts';
import { grainOf } from './pivot-layout.ts';

/** How far a bucket's numbers can be compared: `running` does not hold its whole span, `maturing` may still move. */
export type BucketState = 'settled' | 'running' | 'maturing';

/** One value of a row or column dimension as the page says it. */
export interface Heading {
  value: Cell;
  label: string;
  /** Under the label: `16–22 Nov`. */
  detail: string | null;
  state: BucketState;
  /** `to Fri` of a bucket that is running. */
  stateWords: string | null;
}

/** What headings are made with. */
export interface HeadingContext {
  dimensions: readonly DimensionInfo[];
  formats: Formats;
  weekStart: WorkspaceInfo['week_start'];
  meta: ResultMeta;
  metric: string;
}

/** `name` is a grain or a dimension of the layout. */
export function headingOf(name: string, value: Cell, context: HeadingContext): Heading {
  const grain = grainOf(name);
  if (grain === null) {
    const dimension = context.dimensions.find((one) => one.name === name);
    const label = valueLabel(dimension, name, value, context.formats.locale);
    return { value, label, detail: null, state: 'settled', stateWords: null };
  }
  const time = String(value ?? '');
  return { value, ...bucketHeading(time, grain, context.formats), ...bucketState(time, grain, context) };
}

function bucketHeading(time: string, grain: string, formats: Formats): Pick<Heading, 'label' | 'detail'> {
  const { locale } = formats;
  const text = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  const at = (date: string): Date => new Date(`${date.slice(0, 10)}T00:00:00Z`);
  if (time === '') return { label: 'Unknown', detail: null };
  switch (grain) {
    case 'week': {
      // With plain spaces, and none between two days of one month: "4–10 Nov", "Nov 4–10".
      const span = text({ day: 'numeric', month: 'short' })
        .formatRange(at(time), at(addDays(time, 6)))
        .replaceAll('\u2009', ' ')
        .replace(/^(\d+) – (\d+)/, '$1–$2')
        .replace(/(\d+) – (\d+)$/, '$1–$2');
      if (weekdayOf(time) !== 1) return { label: span, detail: null };
      return { label: `W${String(isoWeekOf(time).week).padStart(2, '0')}`, detail: span };
    }
    case 'day':
      return {
        label: text({ day: 'numeric', month: 'short' }).format(at(time)),
        detail: formats.weekday(weekdayOf(time), 'short'),
      };
    case 'month':
      return { label: text({ month: 'short' }).format(at(time)), detail: time.slice(0, 4) };
    case 'quarter':
      return { label: `Q${Math.ceil(dateParts(time).month / 3)}`, detail: time.slice(0, 4) };
    case 'hour':
      return {
        label: formats.bucket(time, 'hour', 'axis'),
        detail: text({ day: 'numeric', month: 'short' }).format(at(time)),
      };
    default:
      return { label: formats.bucket(time, grain), detail: null };
  }
}

/** Cut by the range or by the end of what is complete; else, younger than the metric takes to settle. */
function bucketState(
  time: string,
  grain: string,
  { meta, metric, formats }: HeadingContext,
): Pick<Heading, 'state' | 'stateWords'> {
  if (time === '') return { state: 'settled', stateWords: null };
  const complete = localTime(meta.complete_through, meta.timezone);
  const rangeEnd = meta.range ? localTime(meta.range.end, meta.timezone) : complete;
  const limit = [rangeEnd, complete].sort()[0] ?? rangeEnd;
  const start = time.length > 10 ? time.slice(0, 19) : `${time}T00:00:00`;
  const end = bucketEnd(time, grain);
  if (start >= limit) return { state: 'running', stateWords: 'to come' };
  if (end > limit) return { state: 'running', stateWords: `to ${lastWords(limit, grain, formats)}` };
  const rangeStart = meta.range ? localTime(meta.range.start, meta.timezone) : start;
  if (start < rangeStart) {
    const day = rangeStart.slice(0, 10);
    return { state: 'running', stateWords: `from ${dayWords(day, grain, formats)}` };
  }
  const matured = meta.matured_through?.[metric];
  if (matured !== undefined && end > localTime(matured, meta.timezone))
    return { state: 'maturing', stateWords: 'maturing' };
  return { state: 'settled', stateWords: null };
}

/** The last day (or hour) before an exclusive end. */
function lastWords(limit: string, grain: string, formats: Formats): string {
  if (grain === 'hour' || grain === 'day') return limit.slice(11, 16);
  const midnight = limit.endsWith('T00:00:00');
  return dayWords(midnight ? addDays(limit.slice(0, 10), -1) : limit.slice(0, 10), grain, formats);
}

function dayWords(day: string, grain: string, formats: Formats): string {
  return grain === 'week' ? formats.weekday(weekdayOf(day), 'short') : formats.bucket(day, 'day', 'axis');
}
