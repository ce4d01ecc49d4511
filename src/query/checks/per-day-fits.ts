import type { Problem } from '../../contract/errors.ts';
import { type MetricQueryCheck, typesIn } from './check.ts';

/** Averages per day need a range with days, and metrics that have a value of a single day. */
export const checkPerDayFits: MetricQueryCheck = (query) => {
  if (!query.perDay) return [];
  const problems: Problem[] = [];
  if (query.range === undefined)
    problems.push({
      code: 'missing_range',
      path: 'per',
      message: 'An average per day needs a time range.',
      hint: 'Add time.range, for example "28d".',
    });
  if (query.groups.some((group) => group.kind === 'time' && group.grain === 'hour'))
    problems.push({
      code: 'per_day_by_hour',
      path: 'per',
      message: 'Hours are shorter than a day, so they have no average per day.',
      hint: 'Use the dimension hour_of_day instead of grain hour.',
    });
  const spanning = query.metrics.filter((metric) => {
    const types = typesIn(query, metric);
    return types.has('cumulative') || types.has('conversion');
  });
  if (spanning.length > 0)
    problems.push({
      code: 'per_day_not_available',
      path: 'per',
      message: `${spanning.map((metric) => `"${metric.name}"`).join(', ')} spans several days, so it has no average per day.`,
      hint: 'Leave out per, or ask for the metric it is made of.',
    });
  return problems;
};
