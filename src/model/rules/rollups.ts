import type { Problem } from '../../contract/errors.ts';
import { FACT_TIMES } from '../../contract/facts.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type DatasetDraft, type Draft, isFactTable } from '../draft.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import { checkColumn } from './dataset-columns.ts';
import type { Rule } from './rule.ts';

/** A roll-up names dimensions and simple metrics of its dataset, and a time whose changes the projector tells. */
export const rollupsFit: Rule = (draft) =>
  draft.datasets.flatMap((dataset) => dataset.spec.rollups.flatMap((_, index) => checkRollup(draft, dataset, index)));

function checkRollup(draft: Draft, dataset: DatasetDraft, index: number): Problem[] {
  const { spec, source } = dataset;
  const rollup = spec.rollups[index];
  if (rollup === undefined) return [];
  const at = (...more: Pointer): Pointer => ['rollups', index, ...more];
  const problems: Problem[] = [];
  const dimensions = spec.dimensions.filter((dimension) => dimension.part === undefined).map(({ name }) => name);
  rollup.dimensions.forEach((set, place) => {
    for (const name of set) {
      if (dimensions.includes(name)) continue;
      const message = `The dataset "${spec.dataset}" has no dimension "${name}" of its own for a roll-up.`;
      const hint = spec.dimensions.some((dimension) => dimension.name === name)
        ? 'Parts of time are known from the hour; leave it out.'
        : didYouMean(name, dimensions);
      problems.push(problemAt(source, at('dimensions', place), 'unknown_dimension', message, hint));
    }
  });
  const own = draft.metrics.filter((metric) => metric.spec.type === 'simple' && metric.dataset === spec.dataset);
  const names = own.map((metric) => metric.spec.name);
  for (const name of [...(rollup.metrics ?? []), ...rollup.except]) {
    if (names.includes(name)) continue;
    const message = `The dataset "${spec.dataset}" has no simple metric "${name}" for a roll-up.`;
    problems.push(problemAt(source, at('metrics'), 'unknown_metric', message, didYouMean(name, names)));
  }
  const time = rollup.time ?? spec.time;
  const unknown = checkColumn(dataset, time, ['instant'], at('time'), 'the time of a roll-up');
  if (unknown.length > 0) return [...problems, ...unknown];
  const branches = spec.table === undefined ? (spec.union ?? []) : [{ table: spec.table, columns: { [time]: time } }];
  for (const branch of branches) {
    const column = branch.columns[time];
    if (!isFactTable(branch.table) || column === undefined) continue;
    const followed: readonly string[] = FACT_TIMES[branch.table];
    if (followed.includes(column)) continue;
    const message = `Changes of "${branch.table}" are followed by ${followed.join(' and ')}, so a roll-up cannot be kept by "${column}".`;
    problems.push(problemAt(source, at('time'), 'rollup_time', message, `Use ${followed[0] ?? 'another time'}.`));
  }
  return problems;
}
