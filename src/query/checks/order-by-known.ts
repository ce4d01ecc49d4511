import type { Problem } from '../../contract/errors.ts';
import { didYouMean } from '../../contract/suggest.ts';
import type { MetricQueryCheck } from './check.ts';

/** Rows can be ordered by the columns of the answer only. */
export const checkOrderByKnown: MetricQueryCheck = ({ orderBy, metrics, groups }) => {
  const columns = [...groups.map((group) => group.name), ...metrics.map((metric) => metric.name)];
  return orderBy.flatMap(({ name }, index): Problem[] =>
    columns.includes(name)
      ? []
      : [
          {
            code: 'unknown_column',
            path: `order_by.${index}`,
            message: `"${name}" is not a column of this answer.`,
            hint: didYouMean(name, columns) ?? `Columns: ${columns.join(', ')}.`,
          },
        ],
  );
};
