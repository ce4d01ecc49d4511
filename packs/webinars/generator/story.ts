import { DAY_MS, localDay } from '../../sample/time.ts';

/** The story of the webinars in figures. README.md of the pack repeats what comes of it; sample.test.ts counts it anew from the pages. */

/** The first webinar's Monday. */
export const STORY_START = localDay('2023-11-13');
/** The last webinars that are announced. */
export const STORY_END = localDay('2024-11-30');
/** A new traffic source enters on this Monday: the four complete weeks before the running one have it, the four before those have not. */
export const NEW_SOURCE_FROM = localDay('2024-10-14');

/** Rates hold over blocks of four weeks. */
export const BLOCK_MS = 28 * DAY_MS;

/** Who is asked for sign-ups, and who runs the room. */
export type Service = 'bigmarker' | 'zoom' | 'gotowebinar';

export interface Series {
  name: string;
  /** Prefix of the team's own ids. */
  code: string;
  titles: readonly [string, ...string[]];
  course: string;
  language: string;
  region: string;
  format: 'live' | 'recorded';
  host: string;
  /** 0 = Monday. */
  weekday: number;
  /** Local time. */
  at: { hour: number; minute: number };
  minutes: number;
  /** 1 = every week; 2 = every other week, from week `from`. */
  every: 1 | 2;
  from: 0 | 1;
  /** Registrations that are usual. */
  size: number;
  /** How readily people come, beside the others. */
  pull: number;
  signUp: Service;
  room: Service;
}

/** 28 webinars in four weeks. */
export const SERIES: readonly Series[] = [
  {
    name: 'First steps',
    code: 'first-steps',
    titles: [
      'First steps: your first campaign',
      'First steps: contacts and lists',
      'First steps: sender and templates',
    ],
    course: 'Getting started',
    language: 'Indonesian',
    region: 'Jakarta',
    format: 'live',
    host: 'Onboarding desk',
    weekday: 1,
    at: { hour: 10, minute: 0 },
    minutes: 60,
    every: 1,
    from: 0,
    size: 160,
    pull: 1.06,
    signUp: 'bigmarker',
    room: 'bigmarker',
  },
  {
    name: 'Campaign clinic',
    code: 'clinic',
    titles: [
      'Campaign clinic: your questions',
      'Campaign clinic: texts that are read',
      'Campaign clinic: the right hour',
    ],
    course: 'Campaign design',
    language: 'Indonesian',
    region: 'Jakarta',
    format: 'live',
    host: 'Campaign desk',
    weekday: 2,
    at: { hour: 19, minute: 0 },
    minutes: 90,
    every: 1,
    from: 0,
    size: 145,
    pull: 1.04,
    signUp: 'bigmarker',
    room: 'zoom',
  },
  {
    name: 'Automation hour',
    code: 'automation',
    titles: ['Automation hour: welcome flows', 'Automation hour: reminders', 'Automation hour: hand-over to people'],
    course: 'Automation',
    language: 'Indonesian',
    region: 'West Java',
    format: 'live',
    host: 'Automation desk',
    weekday: 3,
    at: { hour: 14, minute: 0 },
    minutes: 60,
    every: 1,
    from: 0,
    size: 130,
    pull: 1.0,
    signUp: 'zoom',
    room: 'zoom',
  },
  {
    name: 'Numbers that matter',
    code: 'numbers',
    titles: [
      'Numbers that matter: delivery',
      'Numbers that matter: funnels',
      'Numbers that matter: what a message costs',
    ],
    course: 'Analytics',
    language: 'English',
    region: 'Jakarta',
    format: 'live',
    host: 'Data desk',
    weekday: 3,
    at: { hour: 16, minute: 0 },
    minutes: 60,
    every: 1,
    from: 0,
    size: 120,
    pull: 1.02,
    signUp: 'bigmarker',
    room: 'zoom',
  },
  {
    name: 'First steps, recorded',
    code: 'first-steps-rec',
    titles: ['First steps, recorded: the tour'],
    course: 'Getting started',
    language: 'Indonesian',
    region: 'East Java',
    format: 'recorded',
    host: 'Onboarding desk',
    weekday: 0,
    at: { hour: 11, minute: 0 },
    minutes: 45,
    every: 2,
    from: 0,
    size: 125,
    pull: 0.95,
    signUp: 'bigmarker',
    room: 'bigmarker',
  },
  {
    name: 'Bali business morning',
    code: 'bali',
    titles: ['Bali business morning: season campaigns', 'Bali business morning: guests who return'],
    course: 'Campaign design',
    language: 'English',
    region: 'Bali',
    format: 'live',
    host: 'Partner desk',
    weekday: 4,
    at: { hour: 10, minute: 0 },
    minutes: 60,
    every: 2,
    from: 1,
    size: 120,
    pull: 1.05,
    signUp: 'gotowebinar',
    room: 'gotowebinar',
  },
  {
    name: 'Automation for shops',
    code: 'shops',
    titles: ['Automation for shops: orders', 'Automation for shops: open carts'],
    course: 'Automation',
    language: 'Mandarin',
    region: 'East Java',
    format: 'live',
    host: 'Automation desk',
    weekday: 2,
    at: { hour: 15, minute: 30 },
    minutes: 60,
    every: 2,
    from: 0,
    size: 100,
    pull: 1.03,
    signUp: 'zoom',
    room: 'zoom',
  },
  {
    name: 'Sumatra sessions',
    code: 'sumatra',
    titles: ['Sumatra sessions: from paper to lists', 'Sumatra sessions: first replies'],
    course: 'Getting started',
    language: 'Indonesian',
    region: 'North Sumatra',
    format: 'live',
    host: 'Partner desk',
    weekday: 1,
    at: { hour: 13, minute: 0 },
    minutes: 60,
    every: 2,
    from: 1,
    size: 105,
    pull: 0.76,
    signUp: 'gotowebinar',
    room: 'gotowebinar',
  },
  {
    name: 'Analytics, recorded',
    code: 'analytics-rec',
    titles: ['Analytics, recorded: reading a dashboard'],
    course: 'Analytics',
    language: 'Indonesian',
    region: 'West Java',
    format: 'recorded',
    host: 'Data desk',
    weekday: 4,
    at: { hour: 17, minute: 0 },
    minutes: 45,
    every: 2,
    from: 0,
    size: 95,
    pull: 0.94,
    signUp: 'bigmarker',
    room: 'bigmarker',
  },
  {
    name: 'Weekend workshop',
    code: 'weekend',
    titles: ['Weekend workshop: a campaign in two hours'],
    course: 'Campaign design',
    language: 'Indonesian',
    region: 'North Sumatra',
    format: 'live',
    host: 'Campaign desk',
    weekday: 5,
    at: { hour: 10, minute: 0 },
    minutes: 120,
    every: 2,
    from: 0,
    size: 95,
    pull: 0.8,
    signUp: 'bigmarker',
    room: 'bigmarker',
  },
];

/** The webinar at 21:00: so many times what its series has when nothing else happens, and no better a rate. */
export const LATE_NIGHT = {
  code: 'clinic',
  day: localDay('2024-11-13'),
  hour: 21,
  title: 'Campaign clinic: open night, live reviews',
  times: 2.8,
  rate: 0.285,
};

/** Cancelled a day before; its registrations were taken already. */
export const CANCELLED = { code: 'numbers', day: localDay('2024-10-31') };

/** Attendances that the service delivered late: the first read had only a part of them, the read three mornings later all. */
export const LATE_ATTENDANCE = [
  { code: 'first-steps', day: localDay('2024-09-03') },
  { code: 'automation', day: localDay('2024-07-11') },
  { code: 'bali', day: localDay('2024-10-25') },
];

export interface Origin {
  group: string;
  source?: string;
  medium?: string;
  campaigns?: readonly [string, ...string[]];
  referrer?: string;
  /** Share of the registrations before the new source came. */
  share: number;
}

/** How people find the sign-up page. Rates hold per group. */
export const ORIGINS: readonly Origin[] = [
  { group: 'Email', source: 'newsletter', medium: 'email', campaigns: ['monthly', 'course-news'], share: 0.24 },
  { group: 'Email', source: 'sendgrid', medium: 'email', campaigns: ['invitation'], share: 0.04 },
  { group: 'WhatsApp', source: 'whatsapp', medium: 'message', campaigns: ['reminder', 'invitation'], share: 0.21 },
  { group: 'Organic Search', source: 'google', medium: 'organic', share: 0.1 },
  { group: 'Organic Search', source: 'bing', medium: 'organic', share: 0.02 },
  { group: 'Paid Search', source: 'google', medium: 'cpc', campaigns: ['brand', 'how-to'], share: 0.12 },
  { group: 'Direct', share: 0.09 },
  { group: 'Organic Social', source: 'instagram', medium: 'social', campaigns: ['bio'], share: 0.045 },
  { group: 'Organic Social', source: 'linkedin', medium: 'social', campaigns: ['company-page'], share: 0.03 },
  { group: 'Referral', source: 'partners.example.org', medium: 'referral', campaigns: ['partner-page'], share: 0.03 },
  { group: 'Referral', referrer: 'blog.example.net', share: 0.02 },
  { group: 'Unassigned', source: 'trade-fair', medium: 'qr', campaigns: ['stand'], share: 0.055 },
];

export const NEW_SOURCE: Origin = {
  group: 'Paid Social',
  source: 'tiktok',
  medium: 'cpc',
  campaigns: ['short-videos', 'lookalike'],
  /** On top of the others: so many for each of theirs. */
  share: 0.26,
};

/** Attendance rate of each group, the year round but for the seasons. */
export const GROUP_RATE: Readonly<Record<string, number>> = {
  WhatsApp: 0.415,
  Direct: 0.385,
  Email: 0.37,
  Referral: 0.35,
  'Organic Search': 0.335,
  'Organic Social': 0.31,
  Unassigned: 0.3,
  'Paid Search': 0.29,
  'Paid Social': 0.115,
};

/** January to December: how many sign up, and how readily they come; September to November are alike. */
export const MONTH_VOLUME = [0.86, 0.98, 1.08, 0.94, 1.0, 0.9, 0.8, 0.96, 1.06, 1.06, 1.06, 0.72] as const;
export const MONTH_RATE = [1.05, 1.04, 1.0, 0.98, 0.99, 0.94, 0.92, 0.98, 1.0, 1.0, 1.0, 0.93] as const;
