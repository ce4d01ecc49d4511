import type { Problem } from '../../contract/errors.ts';
import type { ResolvedFunnelQuery } from '../resolved.ts';
import { checkFilterValues } from './filter-values.ts';

/** A funnel is broken down by something that its first step has. */
export function checkFunnelQuery({ funnel, model, dimension, filters }: ResolvedFunnelQuery): Problem[] {
  const datasets = funnel.steps.flatMap((step) => model.datasets.get(step.dataset) ?? []);
  const problems = checkFilterValues(filters, [...datasets, ...model.datasets.values()]);
  const [first] = datasets;
  if (dimension !== undefined && first?.dimensions.has(dimension.name) !== true)
    problems.push({
      code: 'dimension_not_available',
      path: 'dimensions.0',
      message: `"${funnel.name}" cannot be broken down by "${dimension.name}": its first step does not have it.`,
      hint: `Use one of ${[...(first?.dimensions.keys() ?? [])].join(', ') || 'no dimension'}.`,
    });
  return problems;
}
