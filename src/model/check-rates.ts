import type { Problem } from '../contract/errors.ts';
import { didYouMean } from '../contract/suggest.ts';
import { type ChannelSpec, type Rate, rateFile } from '../contract/workspace.ts';
import { parseDocument } from './parse-document.ts';
import { problemAt, type SourceDocument } from './source-document.ts';

/** Checks a `rates/*.yaml`: channels that exist, statuses that they report, validity that does not end before it starts. */
export function checkRates(
  source: SourceDocument,
  channels: readonly ChannelSpec[],
): { rates: Rate[]; problems: Problem[] } {
  const parsed = parseDocument(source, rateFile);
  if (!parsed.ok) return { rates: [], problems: parsed.problems };
  const names = channels.map((channel) => channel.name);
  const problems = parsed.value.rates.flatMap((rate, index) => {
    const at = (key: string) => ['rates', index, key];
    const found: Problem[] = [];
    const channel = channels.find((candidate) => candidate.name === rate.channel);
    if (channel === undefined)
      found.push(
        problemAt(
          source,
          at('channel'),
          'unknown_channel',
          `There is no channel "${rate.channel}".`,
          didYouMean(rate.channel, names) ?? `Channels: ${names.join(', ')}.`,
        ),
      );
    else if (!channel.statuses.includes(rate.charged_at))
      found.push(
        problemAt(
          source,
          at('charged_at'),
          'unknown_status',
          `"${rate.channel}" does not report "${rate.charged_at}", so this price would never be charged.`,
          `It reports ${channel.statuses.join(', ')}.`,
        ),
      );
    if (rate.valid_to !== undefined && rate.valid_to <= rate.valid_from)
      found.push(
        problemAt(
          source,
          at('valid_to'),
          'empty_validity',
          `The price ends (${rate.valid_to}) before it starts (${rate.valid_from}).`,
        ),
      );
    return found;
  });
  return { rates: problems.length === 0 ? parsed.value.rates : [], problems };
}
