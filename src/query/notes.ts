import type { InstantRange } from './buckets.ts';
import { compileOtherCurrencies } from './compile/currencies.ts';
import type { Scope } from './compile/statement.ts';
import type { LeafTable, RunRows } from './leaf-table.ts';
import { startOfDay } from './local-time.ts';
import { reachableChannels } from './plan/channels.ts';
import type { Plan, PlannedMetric } from './plan/plan.ts';
import { type Clock, isTimePart, type ResolvedMetricQuery, TIME_PARTS } from './resolved.ts';

/** Sentences for people: what was ignored, left out or incomplete. */
export function describeNotes(query: ResolvedMetricQuery, plan: Plan, incomplete: LeafTable['incomplete']): string[] {
  const notes = plan.metrics.flatMap((metric) => [
    ...ignoredNotes(query, metric),
    ...channelNotes(query, metric),
    ...(metric.mixesCurrencies && query.totals && query.groups.length > 0
      ? [`${metric.metric.label} has no total: amounts in different currencies are never added.`]
      : []),
  ]);
  for (const { label, firstDay } of incomplete)
    notes.push(`${label}: windows that begin before the first day of data (${firstDay}) are not shown.`);
  return [...new Set(notes)];
}

export function describeSeconds(seconds: number): string {
  const [size, unit] =
    seconds % 86_400 === 0 ? [86_400, 'day'] : seconds % 3600 === 0 ? [3600, 'hour'] : [60, 'minute'];
  const count = Math.ceil(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function ignoredNotes(query: ResolvedMetricQuery, { metric, ignores }: PlannedMetric): string[] {
  if (ignores.length === 0) return [];
  const labels = ignores.map((name) => labelOf(query, name));
  return [`${metric.label} ignores the filter on ${listWords(labels)}: its data does not have it.`];
}

function channelNotes(query: ResolvedMetricQuery, { metric, notApplicable }: PlannedMetric): string[] {
  if (metric.channels === undefined || notApplicable.length === 0) return [];
  const labels = new Map(query.model.channels.map((channel) => [channel.name, channel.label]));
  const counted = reachableChannels(query, metric.channels).map((name) => labels.get(name) ?? name);
  if (counted.length === 0) return [`${metric.label} is n/a: no channel in the filter can report it.`];
  return [`${metric.label} counts ${listWords(counted)} only: other channels cannot report it.`];
}

/** What money metrics leave out, `250.5 USD`, found by the engine. */
export async function fetchCurrencyNotes(plan: Plan, scope: Scope, run: RunRows): Promise<string[]> {
  const measures = plan.blocks.flatMap((block) =>
    block.kind === 'simple' ? block.measures.map((measure) => ({ measure, dataset: block.dataset })) : [],
  );
  const notes = await Promise.all(
    measures.map(async ({ measure, dataset }): Promise<string[]> => {
      const statement = compileOtherCurrencies(measure, dataset, scope);
      if (statement === null) return [];
      const rows = await run(statement.sql, statement.traits);
      if (rows.length === 0) return [];
      const amounts = rows.map((row) => {
        const amount = Number(row['amount']).toLocaleString('en', { maximumFractionDigits: 2 });
        return `${amount} ${row['currency'] === '' ? 'without a currency' : String(row['currency'])}`;
      });
      return [`${measure.metric.label} leaves out ${listWords(amounts)}: only ${measure.money?.code} is counted.`];
    }),
  );
  return notes.flat();
}

export function labelOf({ model }: Pick<ResolvedMetricQuery, 'model'>, name: string): string {
  return isTimePart(name) ? TIME_PARTS[name].label : (model.dimensions.get(name)?.label ?? name);
}

export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A comparison with days from before the data began says little. */
export function describeComparison(
  compare: InstantRange | undefined,
  firstDay: string | null,
  { zone }: Clock,
): string[] {
  if (compare === undefined || firstDay === null || compare.start >= startOfDay(firstDay, zone)) return [];
  return [`The period compared with begins before the first day of data (${firstDay}).`];
}
