import type { Problem } from '../../contract/errors.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { findDataset } from '../draft.ts';
import { problemAt } from '../source-document.ts';
import { checkColumn } from './dataset-columns.ts';
import type { Rule } from './rule.ts';

/** Each step has a name of its own and a dataset with the funnel's entity; all steps count the same kind of thing. */
export const funnelSteps: Rule = (draft) =>
  draft.funnels.flatMap(({ spec, source, pointer }) => {
    const problems: Problem[] = [];
    const types = new Set<string>();
    spec.steps.forEach((step, index) => {
      const at = [...pointer, 'steps', index];
      if (spec.steps.findIndex((other) => other.name === step.name) < index)
        problems.push(
          problemAt(source, [...at, 'name'], 'duplicate_name', `The step "${step.name}" stands twice in the funnel.`),
        );
      const dataset = findDataset(draft, step.dataset);
      if (dataset === undefined) {
        const names = draft.datasets.map((other) => other.spec.dataset);
        const message = `There is no dataset "${step.dataset}" for the step "${step.name}".`;
        problems.push(
          problemAt(source, [...at, 'dataset'], 'unknown_dataset', message, didYouMean(step.dataset, names)),
        );
        return;
      }
      const entities = dataset.spec.entities;
      const entity = entities.find((candidate) => candidate.name === spec.entity);
      if (entity === undefined) {
        const message = `The dataset "${step.dataset}" of the step "${step.name}" has no entity "${spec.entity}".`;
        const hint = didYouMean(
          spec.entity,
          entities.map((candidate) => candidate.name),
        );
        problems.push(problemAt(source, [...at, 'dataset'], 'unknown_entity', message, hint));
      } else {
        const type = dataset.columns.get(entity.column ?? entity.name)?.type;
        if (type !== undefined) types.add(type);
      }
      if (step.time !== undefined)
        problems.push(
          ...checkColumn(
            dataset,
            step.time,
            ['instant'],
            [...at, 'time'],
            `the time of the step "${step.name}"`,
            source,
          ),
        );
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
    return problems;
  });
