import { hash } from 'node:crypto';
import { DEFAULT_IDENTITY } from '../contract/identity.ts';
import type { ChannelSpec, Rate, Workspace } from '../contract/workspace.ts';
import type { WebinarRules } from './participation-rules.ts';

/** What facts are made with besides the journal: when it changes, facts that stand are out of date and are made anew. */
export function settingsHash({
  workspace: { time_zone, currency, country },
  channels,
  rates,
  webinars,
}: {
  workspace: Pick<Workspace, 'time_zone' | 'currency' | 'country'>;
  channels: readonly ChannelSpec[];
  rates: readonly Rate[];
  webinars?: Pick<WebinarRules, 'identity'>;
}): string {
  // Labels and colours are looks; they change nothing.
  const rules = channels.map(({ name, statuses, engaged }) => ({ name, statuses, engaged }));
  // Absent while addresses are read as they always were: facts from before stay as they are.
  const email = webinars?.identity.email ?? DEFAULT_IDENTITY.email;
  const addresses = email.plus_tags === 'keep' && email.dots === 'keep' ? [] : [email.plus_tags, email.dots];
  return hash('sha256', JSON.stringify([time_zone, currency, country ?? '', rules, rates, ...addresses])).slice(0, 16);
}
