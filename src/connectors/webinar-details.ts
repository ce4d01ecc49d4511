import { z } from 'zod';

/**
 * What a webinar service does not know by itself (region, course, series, the team's own id of a webinar), read from what it does:
 * `details: { region: { from: tags, pattern: "^region:(.+)$" } }`.
 */

const TARGETS = ['webinar_id', 'title', 'series', 'course', 'language', 'region', 'host'] as const;
export type DetailTarget = (typeof TARGETS)[number];

/** A regular expression as a setting: what cannot be compiled is refused with the engine's own words. */
const pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => compile(text) !== undefined, { message: 'is no regular expression' });

const detail = z.strictObject({
  /** A field of the service's webinar: `title`, `tags`, `description`, … (docs/connect/<service>.md lists them). */
  from: z.string().min(1).max(100),
  /** The part in the first pair of parentheses is taken; all of the text where absent. Without regard to case. */
  pattern: pattern.optional(),
  /** Their word → ours: `{ EN: English }`. Compared without case. */
  values: z.record(z.string(), z.string().max(200)).optional(),
});

export const webinarDetails = z.partialRecord(z.enum(TARGETS), detail).default({});
export type WebinarDetails = z.infer<typeof webinarDetails>;

/** Fields of a service's webinar that details may be read from. */
export type DetailFields = Readonly<Record<string, string | readonly string[] | undefined>>;

const LONGEST = 2_000;

/** @returns what the settings find; targets without a find are absent */
export function readDetails(details: WebinarDetails, fields: DetailFields): Partial<Record<DetailTarget, string>> {
  const found: Partial<Record<DetailTarget, string>> = {};
  for (const target of TARGETS) {
    const one = details[target];
    if (one === undefined) continue;
    const value = findDetail(one, fields[one.from]);
    if (value !== undefined) found[target] = value;
  }
  return found;
}

function findDetail(
  { pattern: text, values }: z.infer<typeof detail>,
  field: string | readonly string[] | undefined,
): string | undefined {
  const expression = text === undefined ? undefined : compile(text);
  const texts: readonly string[] = field === undefined ? [] : typeof field === 'string' ? [field] : field;
  for (const each of texts) {
    const match = expression === undefined ? undefined : expression.exec(each.slice(0, LONGEST));
    if (match === null) continue;
    const value = (match === undefined ? each : (match[1] ?? match[0])).trim().slice(0, 200);
    if (value === '') continue;
    const word = Object.entries(values ?? {}).find(([theirs]) => theirs.toLowerCase() === value.toLowerCase());
    return word?.[1] ?? value;
  }
  return undefined;
}

function compile(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'iu');
  } catch {
    return undefined;
  }
}
