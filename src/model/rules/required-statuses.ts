import type { Problem } from '../../contract/errors.ts';
import { MESSAGE_STATUSES } from '../../contract/record.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type Draft, findDataset, findMetric, type MetricDraft } from '../draft.ts';
import { problemAt } from '../source-document.ts';
import { referencesOf } from './metric-references.ts';
import type { Rule } from './rule.ts';

const KNOWN: readonly string[] = [...MESSAGE_STATUSES, 'engaged'];

/** Required statuses are known, and every dataset behind the metric says which channel a row belongs to. */
export const requiredStatuses: Rule = (draft) =>
  draft.metrics.flatMap((metric) => {
    const { spec, source, pointer } = metric;
    if (spec.requires_status === undefined) return [];
    const at = [...pointer, 'requires_status'];
    const problems: Problem[] = spec.requires_status.flatMap((status, index) =>
      KNOWN.includes(status)
        ? []
        : [
            problemAt(
              source,
              [...at, index],
              'unknown_status',
              `"${status}" is no message status.`,
              didYouMean(status, KNOWN),
            ),
          ],
    );
    for (const name of datasetsBehind(draft, metric, [])) {
      const dataset = findDataset(draft, name);
      if (dataset === undefined || dataset.spec.dimensions.some((one) => one.values_from === 'channels')) continue;
      const message = `"${spec.name}" requires a status, but the dataset "${name}" has no dimension with "values_from: channels".`;
      problems.push(problemAt(source, at, 'no_channel', message));
    }
    return problems;
  });

function datasetsBehind(draft: Draft, metric: MetricDraft, seen: readonly string[]): Set<string> {
  if (seen.includes(metric.spec.name)) return new Set();
  const names = new Set(metric.dataset === undefined ? [] : [metric.dataset]);
  for (const { name } of referencesOf(metric)) {
    const part = findMetric(draft, name);
    if (part === undefined) continue;
    for (const dataset of datasetsBehind(draft, part, [...seen, metric.spec.name])) names.add(dataset);
  }
  return names;
}
