import type { CheckedModel, Dataset } from '../../model/checked.ts';
import { matchesText } from '../match-text.ts';
import type { ResolvedMetricQuery } from '../resolved.ts';

/** The dataset's column with the channel's name. */
export function channelColumn(model: CheckedModel, dataset: Dataset): string | undefined {
  for (const [name, column] of dataset.dimensions) if (model.dimensions.get(name)?.fromChannels) return column;
  return undefined;
}

/** Those of the channels that the query's own filters leave. */
export function reachableChannels(query: ResolvedMetricQuery, channels: readonly string[]): string[] {
  const filters = query.filters.filter(({ target }) => target.kind === 'dimension' && target.dimension.fromChannels);
  return channels.filter((name) => filters.every((filter) => matchesText(filter, name)));
}
