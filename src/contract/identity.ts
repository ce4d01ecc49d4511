import { z } from 'zod';
import { MATCH_KINDS, type MatchKind } from './words.ts';

/** `identity.yaml`: how attendance is joined to registrations, and which addresses are one person. */

export const identityFile = z.strictObject({
  version: z.literal(1),
  /**
   * What a join is matched to a registration of the same webinar by, in this order: the first of them that finds a registration
   * decides; where it finds several people the join is ambiguous and counts as a walk-in. What is left out is not matched by.
   */
  match: z
    .array(z.enum(MATCH_KINDS))
    .min(1)
    .refine((kinds) => new Set(kinds).size === kinds.length, { message: 'names something twice' })
    .default([...MATCH_KINDS]),
  email: z
    .strictObject({
      /** keep: `dana+webinar@…` is another address; ignore: it is the same person as `dana@…`. */
      plus_tags: z.enum(['keep', 'ignore']).default('keep'),
      /** keep, or ignore in the mailboxes of Gmail, where they make no difference. */
      dots: z.enum(['keep', 'ignore']).default('keep'),
    })
    .prefault({}),
  /** Staff and testers: what they do is kept and not counted in webinars. */
  exclude: z
    .strictObject({
      emails: z.array(z.string().max(320)).default([]),
      domains: z.array(z.string().max(253)).default([]),
    })
    .prefault({}),
});

export type IdentityRules = z.infer<typeof identityFile>;

export const DEFAULT_IDENTITY: IdentityRules = identityFile.parse({ version: 1 });

/** Part of GET /api/v1/identity: how joins found their registrations. */
export interface AttendanceMatching {
  rules: IdentityRules;
  /** True where the workspace has an identity.yaml of its own. */
  own: boolean;
  /** Webinar × person of those who joined. */
  joined: number;
  by: Record<MatchKind | 'unmatched' | 'ambiguous', number>;
  /** Some who could not be matched, masked, the newest first. */
  examples: { person: string; webinar: string; title: string; reason: 'unmatched' | 'ambiguous'; joined_at: string }[];
}

/** GET /api/v1/identity/rules. PUT {rules} answers the same. */
export interface IdentityRulesInfo {
  rules: IdentityRules;
  /** True where the workspace has an identity.yaml of its own. */
  own: boolean;
}
