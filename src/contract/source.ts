import { z } from 'zod';

/** `sources/*.yaml` of a workspace: which service sends or is read, with which settings. */

export const sourceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and - only; it becomes the :source of /hooks/:source')
  .refine((name) => name !== 'new' && name !== 'test', 'the names "new" and "test" are taken by pages of Turnout');

/** What the service does not say; connectors fill it into their records. */
export const sourceDefaults = z.strictObject({
  account: z.string().max(200).optional(),
  category: z.string().max(200).optional(),
  campaign: z.string().max(200).optional(),
  /** ISO 3166 alpha-2, for phone numbers written without a country code. */
  country: z.string().length(2).optional(),
  currency: z.string().length(3).optional(),
  channel: z.string().max(200).optional(),
});

/** One source as people declare it. */
export const sourceDeclaration = z.strictObject({
  name: sourceName,
  connector: z.string(),
  label: z.string().max(200).optional(),
  /** Checked by the connector's own schema after `${NAME}` was read from the environment. */
  settings: z.record(z.string(), z.unknown()).default({}),
  defaults: sourceDefaults.default({}),
  /** Cron with five fields in the workspace's zone, or `manual`; every morning at 06:00 where absent. Sources that are read only. */
  schedule: z.string().max(100).optional(),
  /** What the source owes: a complete run today by this local time, or data no older than this. */
  expect: z
    .strictObject({
      by: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time such as "06:30"')
        .optional(),
      max_age: z
        .string()
        .regex(/^\d+[mhd]$/, 'a length such as 90m, 26h or 2d')
        .optional(),
    })
    .optional(),
  /** Bounds of one run; what is left is read by the next one. */
  budget: z
    .strictObject({
      requests: z.number().int().min(1).optional(),
      rows: z.number().int().min(1).optional(),
      minutes: z.number().min(1).max(1440).optional(),
    })
    .optional(),
});

export const sourceFile = z.strictObject({ version: z.literal(1), sources: z.array(sourceDeclaration) });

export type SourceDefaults = z.infer<typeof sourceDefaults>;
export type SourceFile = z.infer<typeof sourceFile>;
/** A source as declared, settings not yet checked. */
export type SourceDeclaration = SourceFile['sources'][number];

/** A secret, or several while keys are rotated: any of them is accepted. */
export const secret = z.union([z.string().min(8), z.array(z.string().min(8)).min(1)]);
