/** What a data set sends: a channel's categories with their shares (together 100) and how their messages fare. */
export interface MessageKind {
  channel: string;
  category: string;
  share: number;
  delivered: number;
  /** Shares of the delivered. */
  read?: number;
  opened?: number;
  answered?: number;
  /** Shares of those who read, opened or answered; of the delivered where the channel reports nothing of that. */
  replied?: number;
  clicked?: number;
  unsubscribed?: number;
  complained?: number;
  /** Up to ten rupiah with two decimals are added per message, so that sums have to be exact. */
  price?: number;
  chargedAt?: 'sent' | 'delivered' | 'answered';
}

const whatsapp = { channel: 'whatsapp', delivered: 0.95, read: 0.62, replied: 0.08, unsubscribed: 0.002 } as const;
const email = { channel: 'email', delivered: 0.965, opened: 0.34, clicked: 0.18 } as const;
const sms = { channel: 'sms', delivered: 0.91, replied: 0.01 } as const;
const ivr = { channel: 'ivr', delivered: 0.66, answered: 0.7, replied: 0.22 } as const;

export const KINDS: readonly MessageKind[] = [
  { ...whatsapp, category: 'marketing', share: 24, price: 650, chargedAt: 'delivered' },
  { ...whatsapp, category: 'utility', share: 12, price: 315, chargedAt: 'delivered' },
  { ...whatsapp, category: 'authentication', share: 6, price: 475, chargedAt: 'delivered' },
  { ...whatsapp, category: 'service', share: 3, read: 0.85, replied: 0.4 },
  { ...email, category: 'promotional', share: 12, unsubscribed: 0.004, complained: 0.0006 },
  { ...email, category: 'newsletter', share: 9, unsubscribed: 0.002, complained: 0.0003 },
  { ...email, category: 'transactional', share: 6, opened: 0.6 },
  { ...email, category: 'notification', share: 2 },
  { ...email, category: 'invitation', share: 1, opened: 0.5, clicked: 0.4 },
  { ...sms, category: 'otp', share: 8, delivered: 0.97, price: 325, chargedAt: 'sent' },
  { ...sms, category: 'alert', share: 5 },
  { ...sms, category: 'promotional', share: 3, unsubscribed: 0.003, price: 350, chargedAt: 'sent' },
  { ...sms, category: 'reminder', share: 2 },
  { ...ivr, category: 'campaign', share: 3, price: 650, chargedAt: 'answered' },
  { ...ivr, category: 'reminder', share: 3, price: 590, chargedAt: 'answered' },
  { ...ivr, category: 'survey', share: 1, answered: 0.5, replied: 0.6, price: 720, chargedAt: 'answered' },
];

export const FAILURE_REASONS = [
  'unreachable',
  'unreachable',
  'unreachable',
  'invalid_number',
  'invalid_number',
  'blocked',
  'expired',
  'rejected_by_carrier',
  'mailbox_full',
  'rate_limited',
] as const;

export const REGIONS = [
  'Jakarta',
  'West Java',
  'East Java',
  'Banten',
  'Bali',
  'North Sumatra',
  'Riau',
  'Papua',
] as const;
