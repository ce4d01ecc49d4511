/** How much a benchmark's data set holds; everything follows from the number of messages. */
export interface StoreSize {
  messages: number;
  /** Users of the platform, who send. */
  accounts: number;
  /** People who are sent to. */
  recipients: number;
  activities: number;
  invitations: number;
  webinars: number;
  /** Registrations and walk-ins of one webinar. */
  peoplePerWebinar: number;
}

/** @param text `20m`, `250k` or plain digits */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+)(k|m)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw new Error(`"${text}" is no size: write 1m, 20m or 250k.`);
  const factor = { k: 1_000, m: 1_000_000 }[unit?.toLowerCase() ?? ''] ?? 1;
  return Number(digits) * factor;
}

export function sizeText(messages: number): string {
  return messages % 1_000_000 === 0 ? `${messages / 1_000_000}m` : `${messages / 1_000}k`;
}

/** Rounded so that half of the accounts, and a share of the recipients for each of the other half, are whole numbers. */
export function storeSize(messages: number): StoreSize {
  const accounts = Math.max(200, Math.round(messages / 200) * 2);
  return {
    messages,
    accounts,
    recipients: accounts * 25,
    activities: Math.round(messages / 10),
    invitations: Math.round(accounts / 10),
    webinars: Math.max(20, Math.round(messages / 20_000)),
    peoplePerWebinar: 500,
  };
}
