import type { Problem } from '../../contract/errors.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type DatasetDraft, type Draft, entityColumn, type FunnelDraft, findDataset } from '../draft.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import { checkColumn } from './dataset-columns.ts';
import type { Rule } from './rule.ts';

type Step = FunnelDraft['spec']['steps'][number];

/**
 * Each step has a name of its own and a dataset with the funnel's entity, or with one that it shares with the first step's; all
 * steps count the same kind of thing.
 */
export const funnelSteps: Rule = (draft) => draft.funnels.flatMap((funnel) => checkFunnel(draft, funnel));

function checkFunnel(draft: Draft, funnel: FunnelDraft): Problem[] {
  const { spec, source, pointer } = funnel;
  const first = findDataset(draft, spec.steps[0]?.dataset);
  const types = new Set<string>();
  const problems = spec.steps.flatMap((step, index): Problem[] => {
    const at = [...pointer, 'steps', index];
    const found: Problem[] = [];
    if (spec.steps.findIndex((other) => other.name === step.name) < index)
      found.push(
        problemAt(source, [...at, 'name'], 'duplicate_name', `The step "${step.name}" stands twice in the funnel.`),
      );
    const dataset = findDataset(draft, step.dataset);
    if (dataset === undefined) {
      const names = draft.datasets.map((other) => other.spec.dataset);
      const message = `There is no dataset "${step.dataset}" for the step "${step.name}".`;
      return [
        ...found,
        problemAt(source, [...at, 'dataset'], 'unknown_dataset', message, didYouMean(step.dataset, names)),
      ];
    }
    if (step.entity === undefined) {
      found.push(...checkEntity(funnel, step, dataset, spec.entity, [...at, 'dataset']));
      const type = entityType(dataset, spec.entity);
      if (type !== undefined) types.add(type);
    } else found.push(...checkOwnEntity(funnel, step, step.entity, index, first, dataset, [...at, 'entity']));
    if (step.anytime === true && (index === 0 || spec.order === 'any')) {
      const message =
        index === 0
          ? `The first step "${step.name}" has no step before it, so "anytime" says nothing.`
          : `The order of the steps of "${spec.name}" does not matter, so "anytime" says nothing.`;
      found.push(problemAt(source, [...at, 'anytime'], 'anytime_unused', message, 'Leave it out.'));
    }
    if (step.time !== undefined)
      found.push(
        ...checkColumn(dataset, step.time, ['instant'], [...at, 'time'], `the time of the step "${step.name}"`, source),
      );
    return found;
  });
  if (types.size > 1)
    problems.push(
      problemAt(
        source,
        [...pointer, 'entity'],
        'entity_types',
        `The steps of "${spec.name}" count different things as "${spec.entity}": ${[...types].join(' and ')}.`,
      ),
    );
  if (spec.cohort !== undefined && first !== undefined)
    problems.push(
      ...checkColumn(first, spec.cohort, ['instant'], [...pointer, 'cohort'], `the cohort of "${spec.name}"`, source),
    );
  return problems;
}

/** The step is found by an entity that its dataset and the first step's have, of one type. */
function checkOwnEntity(
  funnel: FunnelDraft,
  step: Step,
  entity: string,
  index: number,
  first: DatasetDraft | undefined,
  dataset: DatasetDraft,
  at: Pointer,
): Problem[] {
  if (index === 0) {
    const message = `The first step "${step.name}" counts the funnel's entity and has none of its own.`;
    return [problemAt(funnel.source, at, 'entity_unused', message, 'Leave it out.')];
  }
  const problems = checkEntity(funnel, step, dataset, entity, at);
  if (first === undefined || problems.length > 0) return problems;
  const here = entityType(dataset, entity);
  const there = entityType(first, entity);
  if (there === undefined) {
    const names = first.spec.entities.map((one) => one.name);
    const message = `The dataset "${first.spec.dataset}" of the first step has no entity "${entity}", by which the step "${step.name}" could be found.`;
    return [problemAt(funnel.source, at, 'unknown_entity', message, didYouMean(entity, names))];
  }
  if (here === there || here === undefined) return [];
  const message = `"${entity}" is of type ${there} in the first step and of type ${here} in the step "${step.name}".`;
  return [problemAt(funnel.source, at, 'entity_types', message)];
}

function checkEntity(
  { source }: FunnelDraft,
  step: Step,
  { spec }: DatasetDraft,
  entity: string,
  at: Pointer,
): Problem[] {
  const names = spec.entities.map((one) => one.name);
  if (names.includes(entity)) return [];
  const message = `The dataset "${step.dataset}" of the step "${step.name}" has no entity "${entity}".`;
  return [problemAt(source, at, 'unknown_entity', message, didYouMean(entity, names))];
}

function entityType({ spec, columns }: DatasetDraft, name: string): string | undefined {
  const entity = spec.entities.find((one) => one.name === name);
  return entity === undefined ? undefined : columns.get(entityColumn(entity))?.type;
}
