import { type Interval, wilsonInterval } from '../../src/contract/intervals.ts';
import { formatValue } from './numbers.ts';

/** The 95 % interval of a share that is one of `n` things; null where the metric is no such share or nothing is known. */
export function shareInterval(
  amount: number | null,
  sample: number | null,
  column: { proportion?: true },
): Interval | null {
  return column.proportion && amount !== null && sample !== null ? wilsonInterval(amount, sample) : null;
}

/** `14.0–61.0%` */
export function formatInterval({ low, high }: Interval, style: { format?: string; locale: string }): string {
  const [from = '', to = ''] = [low, high].map((share) => formatValue(share, style, 'card'));
  return `${from.replace(/\s?%$/, '')}–${to}`;
}
