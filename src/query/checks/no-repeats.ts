import type { Problem } from '../../contract/errors.ts';
import type { MetricQueryCheck } from './check.ts';

/** A column has one name, so nothing can be asked for twice. */
export const checkNoRepeats: MetricQueryCheck = ({ metrics, groups }) => [
  ...repeats(metrics.map((metric) => metric.name)).map((name): Problem => repeated('metric', name, 'metrics')),
  ...repeats(groups.map((group) => group.name)).map(
    (name): Problem =>
      repeated('dimension', name, groups.findLast((group) => group.name === name)?.path ?? 'dimensions'),
  ),
];

function repeats(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

const repeated = (kind: string, name: string, path: string): Problem => ({
  code: `repeated_${kind}`,
  path,
  message: `The ${kind} "${name}" is asked for more than once.`,
  hint: 'Name it once.',
});
