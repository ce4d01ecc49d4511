import type { Problem } from '../../contract/errors.ts';
import type { MetricQueryCheck } from './check.ts';
import { typesIn } from './check.ts';

const DAY = 86_400_000;
const LONGEST_HOURLY = 400;

/** Hours are for ranges that a person can look at, and cumulative values end with days. */
export const checkGrainFits: MetricQueryCheck = (query) => {
  const { groups, range, metrics } = query;
  const problems: Problem[] = [];
  const time = groups.find((group) => group.kind === 'time');
  if (time !== undefined && range === undefined)
    problems.push({
      code: 'missing_range',
      path: 'time',
      message: 'Time as a dimension needs a time range.',
      hint: 'Add time.range, for example "28d".',
    });
  const hourly = time?.kind === 'time' && time.grain === 'hour';
  if (hourly && range !== undefined && range.end - range.start > LONGEST_HOURLY * DAY + DAY)
    problems.push({
      code: 'too_many_buckets',
      path: time.path,
      message: `Hours can be asked for up to ${LONGEST_HOURLY} days.`,
      hint: 'Choose a shorter time range or grain day.',
    });
  const parts = groups.filter(
    (group) =>
      group.kind === 'weekday' ||
      group.kind === 'hour_of_day' ||
      (group.kind === 'dimension' && group.dimension.part !== undefined),
  );
  const cumulative = metrics
    .filter((metric) => typesIn(query, metric).has('cumulative'))
    .map((metric) => `"${metric.name}"`);
  if (cumulative.length > 0 && (hourly || parts.length > 0))
    problems.push({
      code: 'cumulative_by_hour',
      path: (hourly ? time?.path : parts[0]?.path) ?? 'dimensions',
      message: `${cumulative.join(', ')} counts over whole days: it has no value by ${hourly ? 'hour' : parts.map((part) => part.name).join(' and ')}.`,
      hint: 'Choose grain day, week, month, quarter or year.',
    });
  return problems;
};
