import { findMetric } from '../draft.ts';
import { durationSeconds } from '../durations.ts';
import { problemAt } from '../source-document.ts';
import type { Rule } from './rule.ts';

/** A cumulative metric trails a simple count, distinct count or sum by whole days. */
export const cumulativeMetrics: Rule = (draft) =>
  draft.metrics.flatMap(({ spec, source, pointer }) => {
    if (spec.type !== 'cumulative') return [];
    const problems = [];
    const base = findMetric(draft, spec.metric)?.spec;
    if (base !== undefined && (base.type !== 'simple' || !['count', 'count_distinct', 'sum'].includes(base.agg)))
      problems.push(
        problemAt(
          source,
          [...pointer, 'metric'],
          'cumulative_base',
          `"${spec.metric}" cannot be accumulated: the base must be a simple metric that counts, counts distinct or sums.`,
        ),
      );
    if (spec.window !== undefined && durationSeconds(spec.window, draft.workspace) % 86_400 !== 0)
      problems.push(
        problemAt(
          source,
          [...pointer, 'window'],
          'cumulative_window',
          `The window "${spec.window}" is not a whole number of days; trailing windows end with a local day.`,
        ),
      );
    return problems;
  });
