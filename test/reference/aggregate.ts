import type { Metric } from '../../src/model/checked.ts';
import type { FactRow } from './predicate.ts';

export type SimpleMetric = Extract<Metric, { type: 'simple' }>;

/** One aggregate over rows; 0 where nothing was counted, null where there is nothing to speak of. People 0 and '' are nobody. */
export function aggregate(metric: SimpleMetric, rows: readonly FactRow[], ofPeople: boolean): number | null {
  if (metric.agg === 'count') return rows.length;
  const values = rows.map((row) => row[metric.column ?? ''] ?? null).filter((value) => value !== null);
  if (metric.agg === 'count_distinct')
    return new Set(values.filter((value) => value !== '' && !(ofPeople && value === 0))).size;
  const numbers = values.map(Number).sort((a, b) => a - b);
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (metric.agg) {
    case 'sum':
      return sum;
    case 'min':
      return numbers[0] ?? null;
    case 'max':
      return numbers.at(-1) ?? null;
    case 'average':
      return numbers.length === 0 ? null : sum / numbers.length;
    case 'median': {
      const middle = (numbers.length - 1) / 2;
      const low = numbers[Math.floor(middle)];
      const high = numbers[Math.ceil(middle)];
      return low === undefined || high === undefined ? null : (low + high) / 2;
    }
  }
}
