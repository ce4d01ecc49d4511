import type { ParameterInfo } from '../contract/api.ts';
import type { ParameterSpec, Predicate } from '../contract/model.ts';
import type { Workspace } from '../contract/workspace.ts';
import { durationSeconds, isDuration } from './durations.ts';
import { labelOf } from './labels.ts';

/** Numbers in filters and labels that the reader moves: where they stand and what they become. */

const FACTORS = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  number: 1,
} as const satisfies Record<ParameterInfo['unit'], number>;

/** What one of a parameter is in a column: lengths of time are compared in seconds. */
export const factorOf = (unit: ParameterInfo['unit']): number => FACTORS[unit];

export function describeParameter(spec: ParameterSpec): ParameterInfo {
  const { name, label, description, default: preset, min, max, step, unit } = spec;
  return {
    name,
    label: label ?? labelOf(name),
    ...(description === undefined ? {} : { description }),
    default: preset,
    min,
    max,
    step,
    unit,
  };
}

/** Parameters that a filter reads, each once. */
export function parametersIn(predicate: Predicate | undefined): string[] {
  switch (predicate?.kind) {
    case 'and':
    case 'or':
      return [...new Set(predicate.parts.flatMap(parametersIn))];
    case 'not':
      return parametersIn(predicate.part);
    case 'compare':
      return typeof predicate.value === 'object' ? [predicate.value.parameter] : [];
    default:
      return [];
  }
}

const PLACE = /\{([^{}]*)\}/g;

/** Names in the braces of a label: `Visits ≥ {short_visit} min`. */
export function parametersOfLabel(label: string): string[] {
  return [...new Set([...label.matchAll(PLACE)].map(([, name = '']) => name))];
}

/** Puts values in the places of a label. */
export function fillLabel(label: string, values: ReadonlyMap<string, number>): string {
  return label.replaceAll(PLACE, (place, name: string) => String(values.get(name) ?? place));
}

/** A length of time in seconds, as it stands or by a parameter. */
export type Length = number | { parameter: string; factor: number };

/** Reads `$short_visit` or `5 minutes`; undefined where it is neither. */
export function parseLength(
  text: string,
  workspace: Workspace,
  factorOfName: (parameter: string) => number = () => 1,
): Length | undefined {
  const [, parameter] = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(text) ?? [];
  if (parameter !== undefined) return { parameter, factor: factorOfName(parameter) };
  return isDuration(text) ? durationSeconds(text, workspace) : undefined;
}
