import { hash } from 'node:crypto';
import type { ChannelSpec, Rate, Workspace } from '../contract/workspace.ts';

/** What facts are made with besides the journal: when it changes, facts that stand are out of date and are made anew. */
export function settingsHash({
  workspace: { time_zone, currency, country },
  channels,
  rates,
}: {
  workspace: Pick<Workspace, 'time_zone' | 'currency' | 'country'>;
  channels: readonly ChannelSpec[];
  rates: readonly Rate[];
}): string {
  // Labels and colours are looks; they change nothing.
  const rules = channels.map(({ name, statuses, engaged }) => ({ name, statuses, engaged }));
  return hash('sha256', JSON.stringify([time_zone, currency, country ?? '', rules, rates])).slice(0, 16);
}
