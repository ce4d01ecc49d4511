import type { ResultMeta } from '../../src/contract/result.ts';
import { formatValue } from '../format/index.ts';

/** How an answer was made, in words, from the plan that the server tells. Pure. */

/** `raw facts: activities, messages (…)` and `roll-up account_activity by channel, days`, `index of …` → "from account activity, activities and messages". */
export function sourceWords(plan: readonly string[]): string {
  const parts = plan.flatMap((part) => part.split('; '));
  const tables = new Set(parts.flatMap(sourcesOf).map((name) => name.replaceAll('_', ' ')));
  return tables.size === 0 ? 'no source' : `from ${new Intl.ListFormat('en').format(tables)}`;
}

function sourcesOf(part: string): string[] {
  const kept = /^(?:roll-up|index of) ([\w.]+)/.exec(part)?.[1];
  if (kept !== undefined) return [kept];
  return part
    .replace(/\s*\(.*$/, '')
    .replace(/^[^:]*: /, '')
    .split(', ');
}

/** One sentence for each part of the plan, and what it cost: "1,204 rows read in 12 ms." */
export function planSentences(
  meta: Pick<ResultMeta, 'plan' | 'rows_read' | 'elapsed_ms' | 'cached'>,
  locale: string,
): string[] {
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const rows = `${count(meta.rows_read)} ${meta.rows_read === 1 ? 'row' : 'rows'} read`;
  const cost = meta.cached
    ? `The answer was known from before; nothing of it has changed since. ${rows} to make it.`
    : `${rows} in ${meta.elapsed_ms < 1 ? 'less than 1' : count(Math.round(meta.elapsed_ms))} ms.`;
  const parts = [...new Set(meta.plan)].map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`);
  return [...parts, cost];
}
