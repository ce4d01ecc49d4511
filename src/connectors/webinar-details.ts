import { z } from 'zod';
import { didYouMean } from '../contract/suggest.ts';

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

const detailFrom = (from: z.ZodString) =>
  z.strictObject({
    /** A field of the service's webinar: `title`, `tags`, `description`, … (docs/connect/<service>.md lists them). */
    from,
    /** The part in the first pair of parentheses is taken; all of the text where absent. Without regard to case. */
    pattern: pattern.optional(),
    /** Their word → ours: `{ EN: English }`. Compared without case. */
    values: z.record(z.string(), z.string().max(200)).optional(),
  });

type Detail = z.infer<ReturnType<typeof detailFrom>>;

/**
 * The setting `details` of a service whose webinars have these fields. Another field is refused: it would find nothing, silently.
 * @param prefixes of fields that people name themselves: `tracking_fields.` allows `tracking_fields.Region`
 */
export function webinarDetails(fields: readonly string[], { prefixes = [] }: { prefixes?: readonly string[] } = {}) {
  const known = (name: string) =>
    fields.includes(name) || prefixes.some((prefix) => name.startsWith(prefix) && name.length > prefix.length);
  const listed = [...fields, ...prefixes.map((prefix) => `${prefix}<Name>`)].join(', ');
  const from = z
    .string()
    .max(200)
    .superRefine((name, context) => {
      if (known(name)) return;
      const own = name.slice(name.indexOf('.') + 1);
      const hint = didYouMean(name, [...fields, ...prefixes.map((prefix) => prefix + own)]);
      const params = hint === undefined ? {} : { hint };
      context.addIssue({ code: 'custom', message: `A webinar has no such field here. Known are ${listed}.`, params });
    });
  const detail = detailFrom(from).optional();
  const targets: Record<DetailTarget, typeof detail> = {
    webinar_id: detail,
    title: detail,
    series: detail,
    course: detail,
    language: detail,
    region: detail,
    host: detail,
  };
  return z.strictObject(targets).default({});
}

export type WebinarDetails = z.infer<ReturnType<typeof webinarDetails>>;

/** Fields of a service's webinar that details may be read from. */
export type DetailFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How each of them is read; its names are those that the settings allow. */
export type DetailReaders<Webinar> = Readonly<
  Record<string, (webinar: Webinar) => string | readonly string[] | undefined>
>;

export function readFields<Webinar>(readers: DetailReaders<Webinar>, webinar: Webinar): DetailFields {
  return Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read(webinar)]));
}

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
  { pattern: text, values }: Detail,
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
