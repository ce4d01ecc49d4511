import { z } from 'zod';
import { MESSAGE_STATUSES } from './record.ts';

/** A channel says what it can report; a rate over a status that it cannot report is "n/a", never 0. */
export const channelSpec = z.strictObject({
  name: z.string().min(1).max(60),
  label: z.string().min(1).max(60),
  /** Index into the categorical palette, 1 to 6; fixed across the product. */
  color: z.number().int().min(1).max(6),
  /** Statuses the channel can report, in ladder order. */
  statuses: z.array(z.enum(MESSAGE_STATUSES)).min(1),
  /** Statuses that count as engagement here. */
  engaged: z.array(z.enum(MESSAGE_STATUSES)).default([]),
  /** Shown beside open or read rates, e.g. "includes privacy proxies". */
  note: z.string().max(200).optional(),
});

/** `turnout.yaml`: the workspace. */
export const workspaceFile = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(100),
  /** IANA zone; local hours and days are in it. */
  time_zone: z.string().min(1),
  week_start: z.enum(['monday', 'sunday', 'saturday']).default('monday'),
  /** BCP 47. */
  locale: z.string().default('en'),
  /** ISO 4217; money in other currencies is shown apart, never added. */
  currency: z.string().length(3).default('USD'),
  /** ISO 3166 alpha-2 for phone numbers without a country code. */
  country: z.string().length(2).optional(),
  /** Fixed instant for sample workspaces and tests; the wall clock where absent. */
  clock: z.iso.datetime({ offset: true }).optional(),
  /** Names of packs that are used. */
  packs: z.array(z.string()).default(['omnichannel', 'webinars']),
  /** Trailing windows in days. */
  windows: z
    .strictObject({ week: z.number().int().min(1).default(7), month: z.number().int().min(1).default(30) })
    .default({ week: 7, month: 30 }),
  /** Adds to, and replaces by name, the channels of the packs. */
  channels: z.array(channelSpec).default([]),
  min_sample: z.number().int().min(1).default(30),
  /** Webinars: joins of a person that lie at most this many seconds apart are one stay (a line that broke). */
  attendance: z.strictObject({ gap_seconds: z.number().int().min(0).max(3600).default(60) }).prefault({}),
  /** Other defaults for dashboards of the packs, by name. */
  dashboards: z
    .record(z.string(), z.strictObject({ period: z.string().optional(), compare: z.string().optional() }))
    .default({}),
  /** What becomes of old parts of the journal, counted from when they were received; nothing where absent. */
  journal: z
    .strictObject({
      /** Packed without loss. */
      compact_after_days: z.number().int().min(1).max(36_500).optional(),
      /** Deleted once they are counted: their numbers stay, but can never be made anew. */
      delete_after_days: z.number().int().min(30).max(36_500).optional(),
    })
    .default({}),
  egress: z.strictObject({ allow: z.array(z.string()).default([]) }).optional(),
});

/** `pack.yaml`: what a pack is called and which channels it brings. */
export const packFile = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and - only'),
  title: z.string().min(1).max(100),
  /** Names of its dashboards in the order of the menu; the rest follow by file name. */
  dashboards: z.array(z.string()).default([]),
  channels: z.array(channelSpec).default([]),
});

/** `rates/*.yaml`: prices where the provider gives none. The most specific matching line wins (country over none, category over none), then the latest `valid_from`. */
export const rateFile = z.strictObject({
  version: z.literal(1),
  rates: z.array(
    z.strictObject({
      channel: z.string(),
      category: z.string().optional(),
      /** ISO 3166 alpha-2 of the recipient. */
      country: z.string().length(2).optional(),
      /** Local date, inclusive. */
      valid_from: z.iso.date(),
      /** Local date, exclusive. */
      valid_to: z.iso.date().optional(),
      price: z.number().nonnegative(),
      currency: z.string().length(3),
      /** Charged once the message has this status; `sent` where absent. */
      charged_at: z.enum(MESSAGE_STATUSES).default('sent'),
    }),
  ),
});

export type ChannelSpec = z.infer<typeof channelSpec>;
export type PackFile = z.infer<typeof packFile>;
export type Workspace = z.infer<typeof workspaceFile>;
export type Rate = z.infer<typeof rateFile>['rates'][number];
