import type { Problem } from '../../contract/errors.ts';
import { FACT_TIMES } from '../../contract/facts.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type DatasetDraft, type Draft, isFactTable } from '../draft.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import { checkColumn } from './dataset-columns.ts';
import type { Rule } from './rule.ts';

/** A roll-up names dimensions and simple metrics of its dataset, and a time whose changes the projector tells. */
export const rollupsFit: Rule = (draft) =>
  draft.datasets.flatMap((dataset) => [
    ...dataset.spec.rollups.flatMap((_, index) => checkRollup(draft, dataset, index)),
    ...dataset.spec.indexes.flatMap((_, index) => checkIndex(dataset, index)),
  ]);

function checkRollup(draft: Draft, dataset: DatasetDraft, index: number): Problem[] {
  const { spec, source } = dataset;
  const rollup = spec.rollups[index];
  if (rollup === undefined) return [];
  const at = (...more: Pointer): Pointer => ['rollups', index, ...more];
  const problems = rollup.dimensions.flatMap((set, place) =>
    checkDimensions(dataset, set, at('dimensions', place), 'a roll-up'),
  );
  const own = draft.metrics.filter((metric) => metric.spec.type === 'simple' && metric.dataset === spec.dataset);
  const names = own.map((metric) => metric.spec.name);
  for (const name of [...(rollup.metrics ?? []), ...rollup.except]) {
    if (names.includes(name)) continue;
    const message = `The dataset "${spec.dataset}" has no simple metric "${name}" for a roll-up.`;
    problems.push(problemAt(source, at('metrics'), 'unknown_metric', message, didYouMean(name, names)));
  }
  return [...problems, ...checkTime(dataset, rollup.time ?? spec.time, at('time'), 'a roll-up')];
}

/** An index names an entity and dimensions of its dataset, and a time whose changes the projector tells. */
function checkIndex(dataset: DatasetDraft, place: number): Problem[] {
  const { spec, source } = dataset;
  const index = spec.indexes[place];
  if (index === undefined) return [];
  const at = (...more: Pointer): Pointer => ['indexes', place, ...more];
  const entities = spec.entities.map(({ name }) => name);
  const message = `The dataset "${spec.dataset}" has no entity "${index.entity}" for an index.`;
  const unknown = entities.includes(index.entity)
    ? []
    : [problemAt(source, at('entity'), 'unknown_entity', message, didYouMean(index.entity, entities))];
  return [
    ...unknown,
    ...checkDimensions(dataset, index.dimensions, at('dimensions'), 'an index'),
    ...checkTime(dataset, index.time ?? spec.time, at('time'), 'an index'),
  ];
}

function checkDimensions({ spec, source }: DatasetDraft, names: readonly string[], at: Pointer, of: string): Problem[] {
  const own = spec.dimensions.filter((dimension) => dimension.part === undefined).map(({ name }) => name);
  return names.flatMap((name) => {
    if (own.includes(name)) return [];
    const message = `The dataset "${spec.dataset}" has no dimension "${name}" of its own for ${of}.`;
    const hint = spec.dimensions.some((dimension) => dimension.name === name)
      ? 'Parts of time are known from the hour; leave it out.'
      : didYouMean(name, own);
    return [problemAt(source, at, 'unknown_dimension', message, hint)];
  });
}

function checkTime(dataset: DatasetDraft, time: string, at: Pointer, of: string): Problem[] {
  const { spec, source } = dataset;
  const problems: Problem[] = [];
  const unknown = checkColumn(dataset, time, ['instant'], at, `the time of ${of}`);
  if (unknown.length > 0) return unknown;
  const branches = spec.table === undefined ? (spec.union ?? []) : [{ table: spec.table, columns: { [time]: time } }];
  for (const branch of branches) {
    const column = branch.columns[time];
    if (!isFactTable(branch.table) || column === undefined) continue;
    const followed: readonly string[] = FACT_TIMES[branch.table];
    if (followed.includes(column)) continue;
    const message = `Changes of "${branch.table}" are followed by ${followed.join(' and ')}, so ${of} cannot be kept by "${column}".`;
    problems.push(problemAt(source, at, 'rollup_time', message, `Use ${followed[0] ?? 'another time'}.`));
  }
  return problems;
}
