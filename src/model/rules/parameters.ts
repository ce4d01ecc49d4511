import type { Problem } from '../../contract/errors.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type Draft, findMetric, type MetricDraft } from '../draft.ts';
import { parametersIn, parametersOfLabel, parseLength } from '../parameters.ts';
import { parsePredicate } from '../parse-predicate.ts';
import { type Pointer, problemAt, type SourceDocument } from '../source-document.ts';
import { referencesOf } from './metric-references.ts';
import type { Rule } from './rule.ts';

/** A parameter's default lies in its bounds, and a label shows only parameters that the thing depends on. */
export const parametersFit: Rule = (draft) => [
  ...checkBounds(draft),
  ...checkMetricLabels(draft),
  ...checkFunnels(draft),
];

export function unknownParameter(
  source: SourceDocument,
  pointer: Pointer,
  name: string,
  known: readonly string[],
): Problem {
  const hint =
    didYouMean(name, known) ??
    (known.length === 0 ? 'Declare it under parameters.' : `Parameters: ${known.join(', ')}.`);
  return problemAt(source, pointer, 'unknown_parameter', `There is no parameter "${name}".`, hint);
}

function checkBounds(draft: Draft): Problem[] {
  return draft.parameters.flatMap(({ spec, source, pointer }) => {
    const { name, min, max, default: preset } = spec;
    if (min > max) {
      const message = `The parameter "${name}" may be at least ${min} and at most ${max}, which nothing is.`;
      return [problemAt(source, [...pointer, 'max'], 'parameter_bounds', message)];
    }
    if (preset >= min && preset <= max) return [];
    const message = `The default ${preset} of the parameter "${name}" does not lie between ${min} and ${max}.`;
    return [problemAt(source, [...pointer, 'default'], 'parameter_bounds', message)];
  });
}

function checkMetricLabels(draft: Draft): Problem[] {
  return draft.metrics.flatMap((metric) =>
    checkLabel(draft, metric.spec.label, dependsOn(draft, metric, []), metric.source, [...metric.pointer, 'label']),
  );
}

function dependsOn(draft: Draft, metric: MetricDraft, seen: readonly string[]): string[] {
  if (seen.includes(metric.spec.name)) return [];
  const own = metric.spec.type === 'simple' ? parametersOfText(metric.spec.filter) : [];
  return [
    ...own,
    ...referencesOf(metric).flatMap(({ name }) => {
      const part = findMetric(draft, name);
      return part === undefined ? [] : dependsOn(draft, part, [...seen, metric.spec.name]);
    }),
  ];
}

function checkFunnels(draft: Draft): Problem[] {
  const known = draft.parameters.map(({ spec }) => spec.name);
  return draft.funnels.flatMap(({ spec, source, pointer }) =>
    spec.steps.flatMap((step, index): Problem[] => {
      const at = [...pointer, 'steps', index];
      const length = step.after === undefined ? undefined : parseLength(step.after, draft.workspace);
      const named = typeof length === 'object' ? [length.parameter] : [];
      const problems = checkLabel(draft, step.label, [...parametersOfText(step.filter), ...named], source, [
        ...at,
        'label',
      ]);
      if (step.after !== undefined && length === undefined) {
        const message = `"${step.after}" is no length of time.`;
        problems.push(
          problemAt(source, [...at, 'after'], 'invalid_length', message, 'Write "5 minutes" or $ and a parameter.'),
        );
      }
      for (const name of named) {
        const parameter = draft.parameters.find((one) => one.spec.name === name)?.spec;
        if (parameter === undefined) problems.push(unknownParameter(source, [...at, 'after'], name, known));
        else if (parameter.unit === 'number') {
          const message = `The parameter "${name}" is a plain number and no length of time.`;
          problems.push(problemAt(source, [...at, 'after'], 'parameter_unit', message, 'Give it a unit.'));
        }
      }
      return problems;
    }),
  );
}

function checkLabel(
  draft: Draft,
  label: string | undefined,
  used: readonly string[],
  source: SourceDocument,
  pointer: Pointer,
): Problem[] {
  const known = draft.parameters.map(({ spec }) => spec.name);
  return parametersOfLabel(label ?? '').flatMap((name) => {
    // Braces without any parameter are text: a column's header may hold them.
    if (!known.includes(name)) return used.length === 0 ? [] : [unknownParameter(source, pointer, name, known)];
    if (used.includes(name)) return [];
    const message = `The label shows the parameter "${name}", on which nothing here depends.`;
    return [problemAt(source, pointer, 'parameter_unused', message, 'Leave it out of the label.')];
  });
}

function parametersOfText(filter: string | undefined): string[] {
  const parsed = filter === undefined ? undefined : parsePredicate(filter);
  return parsed?.ok ? parametersIn(parsed.value) : [];
}
