import { didYouMean } from '../../contract/suggest.ts';
import { findDataset, findMetric } from '../draft.ts';
import { problemAt } from '../source-document.ts';
import type { Rule } from './rule.ts';

/** Both sides of a conversion are simple metrics over datasets that have the entity. */
export const conversionMetrics: Rule = (draft) =>
  draft.metrics.flatMap(({ spec, source, pointer }) => {
    if (spec.type !== 'conversion') return [];
    return (['base', 'conversion'] as const).flatMap((key) => {
      const side = findMetric(draft, spec[key]);
      if (side === undefined) return [];
      if (side.spec.type !== 'simple') {
        const message = `"${spec[key]}" must be a simple metric to take part in a conversion.`;
        return [problemAt(source, [...pointer, key], 'conversion_side', message)];
      }
      const dataset = findDataset(draft, side.dataset);
      const entities = dataset?.spec.entities.map((entity) => entity.name) ?? [];
      if (dataset === undefined || entities.includes(spec.entity)) return [];
      const message = `The dataset "${dataset.spec.dataset}" of "${spec[key]}" has no entity "${spec.entity}".`;
      return [problemAt(source, [...pointer, 'entity'], 'unknown_entity', message, didYouMean(spec.entity, entities))];
    });
  });
