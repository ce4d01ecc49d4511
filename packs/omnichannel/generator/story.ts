import { localDay } from '../../sample/time.ts';

/** The sample's story in figures. README.md of the pack repeats them; sample.test.ts counts them anew from the entries. */

/** Traffic begins; the year 2023 is there to be compared with. */
export const START = localDay('2023-01-01');
/** The seed's period, 1 January to 15 November 2024. */
export const PERIOD_START = localDay('2024-01-01');
export const PERIOD_END = localDay('2024-11-16');

/** How many messages end how. `charged` ones are charged by the rate card; `failed` are not, but for e-mail and SMS. */
export interface Outcomes {
  delivered: number;
  failed: number;
  /** Handed over, nothing heard since. */
  pending: number;
}

export interface WhatsAppPlan {
  marketing: Outcomes;
  utility: Outcomes;
  authentication: Outcomes;
  /** Free answers within the customer service window. */
  service: Outcomes;
}

export interface CallPlan {
  answered: number;
  machine: number;
  failed: number;
}

export interface YearPlan {
  whatsapp: WhatsAppPlan;
  email: Record<'marketing' | 'utility', Outcomes>;
  sms: Record<'authentication' | 'utility', Outcomes>;
  ivr: Record<'marketing' | 'utility', CallPlan>;
  /** Distinct people. */
  invitations: { invited: number; activated: number; transacting: number };
  /** Accounts that come without an invitation, by month. */
  registrations: readonly number[];
}

/**
 * Charges: WhatsApp 18,913 × 650 + 10,287 × 315 + 4,781 × 475 = 17,804,830; e-mail 14,987 × 240 = 3,596,880;
 * IVR 1,998 × 650 = 1,298,700; SMS 787 × 325 = 255,775.
 */
export const PLAN_2024: YearPlan = {
  whatsapp: {
    marketing: { delivered: 18_913, failed: 1_240, pending: 130 },
    utility: { delivered: 10_287, failed: 376, pending: 60 },
    authentication: { delivered: 4_781, failed: 142, pending: 20 },
    service: { delivered: 902, failed: 11, pending: 0 },
  },
  email: {
    marketing: { delivered: 9_214, failed: 318, pending: 40 },
    utility: { delivered: 5_342, failed: 113, pending: 12 },
  },
  sms: {
    authentication: { delivered: 478, failed: 37, pending: 6 },
    utility: { delivered: 241, failed: 25, pending: 0 },
  },
  ivr: {
    marketing: { answered: 1_204, machine: 517, failed: 982 },
    utility: { answered: 794, machine: 183, failed: 402 },
  },
  invitations: { invited: 210, activated: 105, transacting: 34 },
  registrations: [13, 12, 18, 10, 15, 16, 14, 19, 17, 18, 9],
};

export const PLAN_2023: YearPlan = {
  whatsapp: {
    marketing: { delivered: 5_120, failed: 402, pending: 24 },
    utility: { delivered: 2_480, failed: 118, pending: 10 },
    authentication: { delivered: 1_090, failed: 39, pending: 4 },
    service: { delivered: 210, failed: 4, pending: 0 },
  },
  email: {
    marketing: { delivered: 3_018, failed: 131, pending: 9 },
    utility: { delivered: 1_504, failed: 42, pending: 4 },
  },
  sms: {
    authentication: { delivered: 214, failed: 21, pending: 2 },
    utility: { delivered: 131, failed: 14, pending: 0 },
  },
  ivr: {
    marketing: { answered: 318, machine: 150, failed: 290 },
    utility: { answered: 201, machine: 52, failed: 118 },
  },
  invitations: { invited: 96, activated: 41, transacting: 12 },
  registrations: [5, 6, 8, 5, 7, 8, 8, 9, 8, 10, 11, 6],
};

const NONE: Outcomes = { delivered: 0, failed: 0, pending: 0 };

/** The morning after the period, until the clock stops: a Saturday. */
export const PLAN_LAST_MORNING: Pick<YearPlan, 'whatsapp' | 'email'> = {
  whatsapp: {
    marketing: NONE,
    utility: { delivered: 17, failed: 1, pending: 2 },
    authentication: { delivered: 6, failed: 0, pending: 0 },
    service: NONE,
  },
  email: { marketing: NONE, utility: { delivered: 9, failed: 0, pending: 1 } },
};

/** Accounts that were there before the sample begins. */
export const EARLIER_ACCOUNTS = 58;
