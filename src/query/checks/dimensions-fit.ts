import type { Problem } from '../../contract/errors.ts';
import { datasetsOf, type MetricQueryCheck } from './check.ts';

/** Every metric can be grouped by every dimension: a metric that lacks one would have no value anywhere. */
export const checkDimensionsFit: MetricQueryCheck = (query) =>
  query.groups.flatMap((group): Problem[] => {
    if (group.kind !== 'dimension') return [];
    const lacking = query.metrics.filter(
      (metric) => !datasetsOf(query, metric).every(({ dataset }) => dataset.dimensions.has(group.name)),
    );
    if (lacking.length === 0) return [];
    const usable = query.metrics.filter((metric) => !lacking.includes(metric)).map((metric) => metric.name);
    return [
      {
        code: 'dimension_not_available',
        path: group.path,
        message: `${lacking.map((metric) => `"${metric.name}"`).join(', ')} cannot be grouped by "${group.name}": the data behind it does not have it.`,
        hint:
          usable.length > 0
            ? `Ask for ${usable.join(', ')} by ${group.name}, and for the rest in a query of its own.`
            : `Leave out "${group.name}"; GET /api/v1/metrics lists the dimensions of each metric.`,
      },
    ];
  });
