import { z } from 'zod';
import type { Problem } from './errors.ts';
import { SOURCE_FIELDS, type SourceField } from './words.ts';

/**
 * `source_groups.yaml`: ordered rules by which registrations are put into groups of traffic sources. The first rule that fits wins;
 * what none fits is `UNASSIGNED`. Texts are compared in lower case, trimmed.
 */

const text = z.string().max(200);

/** One condition; exactly one way to compare. */
export const sourceCondition = z
  .strictObject({
    field: z.enum(SOURCE_FIELDS),
    /** The same text. */
    is: text.optional(),
    /** One of these. */
    in: z.array(text).min(1).max(1000).optional(),
    /** One of a list of the file, by its name. */
    in_list: z.string().max(63).optional(),
    contains: text.min(1).optional(),
    starts: text.min(1).optional(),
    ends: text.min(1).optional(),
    /** A regular expression, found anywhere in the text. */
    matches: text.min(1).optional(),
    /** true: nothing is known; false: something is. */
    empty: z.boolean().optional(),
  })
  .refine((condition) => Object.keys(condition).length === 2, {
    message: 'needs exactly one of is, in, in_list, contains, starts, ends, matches, empty',
  });

export const sourceRule = z.strictObject({
  group: z.string().trim().min(1).max(60),
  /** All must hold. Several rules with the same group are the ways into it. */
  when: z.array(sourceCondition).min(1).max(8),
});

export const sourceGroupsFile = z.strictObject({
  version: z.literal(1),
  /** Named lists for `in_list`. A workspace's list replaces the pack's of the same name. */
  lists: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/), z.array(text).max(5000)).default({}),
  /** A workspace's rules replace the pack's. */
  rules: z.array(sourceRule).max(300).optional(),
});

export type SourceCondition = z.infer<typeof sourceCondition>;
export type SourceRule = z.infer<typeof sourceRule>;

/** Rules and lists as they are in force. */
export interface SourceGroups {
  lists: Readonly<Record<string, readonly string[]>>;
  rules: readonly SourceRule[];
}

/** How somebody came, as far as the registration tells. */
export type Touch = Readonly<Partial<Record<SourceField, string>>>;

/** GET /api/v1/source-groups. PUT {rules} makes the workspace's own, DELETE goes back to the packs'; both answer the same. */
export interface SourceGroupsInfo extends SourceGroups {
  /** Where the rules in force stand: the pack's file or the workspace's. */
  file: string;
  own: boolean;
  /** The rules of the packs. */
  standard: readonly SourceRule[];
  /** Per group in the order of the rules, then Unassigned: registrations of all time, as they are counted now. */
  groups: { group: string; registrations: number }[];
}

export interface TouchCount {
  touch: Touch;
  registrations: number;
}

/** POST /api/v1/source-groups/preview {rules}: what would move against the rules in force. */
export interface SourceGroupsPreview {
  registrations: number;
  moved: number;
  /** The commonest first, at most 200. */
  moves: (TouchCount & { from: string; to: string })[];
  /** Per group in the order of the rules, then groups that would go, then Unassigned: registrations before and after. */
  groups: { group: string; before: number; after: number }[];
  /** Per rule of the request: how many registrations it catches. */
  caught: number[];
  /** What no rule would catch, the commonest first, at most 200. */
  unassigned: TouchCount[];
  /** False where there are so many ways of coming that only the commonest were looked at. */
  whole: boolean;
  /** Mistakes of the rules, with paths such as `rules.3.when.0.matches`; a rule with one catches nothing. */
  problems: Problem[];
}
