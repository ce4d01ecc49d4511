import { Temporal } from 'temporal-polyfill';

/** The comparison range of whole local days, written from the rules of the date picker. Ranges are [start, end) local dates. */
export function compareRange(
  range: [string, string],
  kind: 'previous_period' | 'previous_year',
  matchWeekday: boolean,
): [string, string] {
  const start = Temporal.PlainDate.from(range[0]);
  const end = Temporal.PlainDate.from(range[1]);
  const length = start.until(end, { largestUnit: 'days' }).days;
  if (kind === 'previous_period') {
    let shift = length;
    while (matchWeekday && shift % 7 !== 0) shift += 1;
    return [start.subtract({ days: shift }).toString(), end.subtract({ days: shift }).toString()];
  }
  if (matchWeekday) return [start.subtract({ days: 364 }).toString(), end.subtract({ days: 364 }).toString()];
  return [start.subtract({ years: 1 }).toString(), end.subtract({ years: 1 }).toString()];
}
