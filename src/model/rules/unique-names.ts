import type { Problem } from '../../contract/errors.ts';
import { type Pointer, placeOf, problemAt, type SourceDocument } from '../source-document.ts';
import type { Rule } from './rule.ts';

/** Names of the query grammar that no metric or dimension may take. */
const RESERVED = ['time', 'weekday', 'hour_of_day', 'step', 'label'];

interface Named {
  name: string;
  source: SourceDocument;
  pointer: Pointer;
}

/** Datasets, metrics and funnels have one meaning each, and a metric is never called like a dimension: both become columns of an answer. */
export const uniqueNames: Rule = (draft) => {
  const datasets = draft.datasets.map((one) => ({ ...one, name: one.spec.dataset, pointer: ['dataset'] }));
  const metrics = draft.metrics.map((one) => ({ ...one, name: one.spec.name, pointer: [...one.pointer, 'name'] }));
  const funnels = draft.funnels.map((one) => ({ ...one, name: one.spec.name, pointer: [...one.pointer, 'name'] }));
  const parameters = draft.parameters.map((one) => ({
    ...one,
    name: one.spec.name,
    pointer: [...one.pointer, 'name'],
  }));
  const dimensions = draft.datasets.flatMap(({ spec, source }) =>
    spec.dimensions.map((dimension, index) => ({
      name: dimension.name,
      source,
      pointer: ['dimensions', index, 'name'],
    })),
  );
  const dimensionNames = new Set(dimensions.map((dimension) => dimension.name));
  return [
    ...twice('dataset', datasets),
    ...twice('metric', metrics),
    ...twice('funnel', funnels),
    ...twice('parameter', parameters),
    ...datasets.flatMap((dataset) =>
      twice('dimension', dimensionsOf(dimensions, dataset.source)).map((problem) => ({
        ...problem,
        message: problem.message.replace('twice', `twice in the dataset "${dataset.name}"`),
      })),
    ),
    ...metrics
      .filter((metric) => dimensionNames.has(metric.name))
      .map((metric) =>
        problemAt(
          metric.source,
          metric.pointer,
          'duplicate_name',
          `"${metric.name}" is a metric and a dimension; an answer could not tell them apart.`,
          'Rename one of them.',
        ),
      ),
    ...[...metrics, ...dimensions]
      .filter(({ name }) => RESERVED.includes(name) || name.includes('__'))
      .map(({ name, source, pointer }) =>
        problemAt(
          source,
          pointer,
          'reserved_name',
          name.includes('__')
            ? `"${name}" holds two underscores in a row; such names belong to Turnout's own columns.`
            : `"${name}" is a word of the query language and cannot be a name.`,
          'Choose another name.',
        ),
      ),
  ];
};

const dimensionsOf = (dimensions: Named[], source: SourceDocument): Named[] =>
  dimensions.filter((dimension) => dimension.source === source);

function twice(kind: string, items: readonly Named[]): Problem[] {
  const first = new Map<string, Named>();
  const problems: Problem[] = [];
  for (const item of items) {
    const earlier = first.get(item.name);
    if (earlier === undefined) first.set(item.name, item);
    else
      problems.push(
        problemAt(
          item.source,
          item.pointer,
          'duplicate_name',
          `The ${kind} "${item.name}" is declared twice.`,
          `The other one is at ${placeOf(earlier.source, earlier.pointer)}.`,
        ),
      );
  }
  return problems;
}
