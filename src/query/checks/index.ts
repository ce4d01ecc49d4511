import type { Problem } from '../../contract/errors.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';
import type { MetricQueryCheck } from './check.ts';
import { datasetsOf } from './check.ts';
import { checkDimensionsFit } from './dimensions-fit.ts';
import { checkFilterValues } from './filter-values.ts';
import { checkGrainFits } from './grain-fits.ts';
import { checkNoRepeats } from './no-repeats.ts';
import { checkOrderByKnown } from './order-by-known.ts';
import { checkPerDayFits } from './per-day-fits.ts';

const CHECKS: readonly MetricQueryCheck[] = [
  checkNoRepeats,
  checkDimensionsFit,
  (query) => {
    const datasets = query.metrics.flatMap((metric) => datasetsOf(query, metric).map(({ dataset }) => dataset));
    return checkFilterValues(query.filters, [...datasets, ...query.model.datasets.values()]);
  },
  checkGrainFits,
  checkPerDayFits,
  checkOrderByKnown,
];

/** Every mistake of a metric query at once. */
export function checkMetricQuery(query: ResolvedMetricQuery): Problem[] {
  return CHECKS.flatMap((check) => check(query));
}
