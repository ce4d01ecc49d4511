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
  // The last day moves, not the edge after it: 28 February 2024 has 28 February 2023 before it, and so has the 29th.
  const last = end.subtract({ days: 1 }).subtract({ years: 1 });
  return [start.subtract({ years: 1 }).toString(), last.add({ days: 1 }).toString()];
}
