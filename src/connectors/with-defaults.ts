import type { SourceDefaults } from '../contract/source.ts';

/** Fills what a record leaves out with what its source declares; what the record says stands. */
export function withDefaults(raw: Record<string, unknown>, defaults: SourceDefaults): Record<string, unknown> {
  const filled = { ...raw };
  const fill = (field: string, value: unknown): void => {
    if (value !== undefined && filled[field] === undefined) filled[field] = value;
  };
  switch (raw['record']) {
    case 'message_event':
      fill('account', defaults.account === undefined ? undefined : { external_id: defaults.account });
      fill('channel', defaults.channel);
      fill('category', defaults.category);
      fill('campaign', defaults.campaign);
      if (raw['charge'] !== undefined) fill('currency', defaults.currency);
      break;
    case 'activity':
      fill('channel', defaults.channel);
      fill('category', defaults.category);
      if (raw['amount'] !== undefined) fill('currency', defaults.currency);
      break;
    case 'invitation':
      fill('campaign', defaults.campaign);
      break;
  }
  return filled;
}
