import type { Query } from '../contract/query.ts';
import type { CheckedModel } from '../model/checked.ts';
import { simplePartsOf } from '../model/metric-dimensions.ts';

/**
 * Names in the warehouse of the tables that a query counts rows of, each once: fact tables (`messages`) and tables that people
 * brought (`table_operator_calls`, see `userTableName`). Unknown metrics and funnels have none.
 */
export function tablesOfQuery(query: Query, model: CheckedModel): string[] {
  const datasets =
    'funnel' in query
      ? (model.funnels.get(query.funnel)?.steps ?? []).map((step) => step.dataset)
      : ('change' in query ? [query.change] : query.metrics)
          .flatMap((name) => simplePartsOf(model, name))
          .flatMap((name) => {
            const metric = model.metrics.get(name);
            return metric?.type === 'simple' ? [metric.dataset] : [];
          });
  return [
    ...new Set(datasets.flatMap((name) => model.datasets.get(name)?.branches.map((branch) => branch.table) ?? [])),
  ];
}
