import type { RecordOf } from '../contract/record.ts';

const UTM = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'] as const;
export type UtmFields = Partial<Pick<RecordOf<'registration'>, (typeof UTM)[number]>>;

const LONGEST = 2_000;

/** `whatsapp.message.wbn-r1`, as tools with one field for the source carry it: split at the first two dots. A host name or a phrase is a source as a whole. */
export function unpackSource(packed: string): UtmFields {
  const text = clean(packed);
  if (text === undefined) return {};
  if (/\s/.test(text) || looksLikeHost(text)) return { utm_source: text };
  const [source = '', medium = '', ...campaign] = text.split('.');
  return withoutEmpty({ utm_source: source, utm_medium: medium, utm_campaign: campaign.join('.') });
}

/** What fields of a form called `utm_source`, `UTM Source`, `utmSource` … hold; the first of each that says something. */
export function utmOfForm(fields: Iterable<readonly [name: string, value: string]>): UtmFields {
  const found: UtmFields = {};
  for (const [name, value] of fields) {
    const field = UTM.find((one) => one.replace('_', '') === name.toLowerCase().replace(/[^a-z]/g, ''));
    const text = clean(value);
    if (field !== undefined && text !== undefined) found[field] ??= text;
  }
  return found;
}

/** `www.example.com`: dots that separate no packed parts. */
function looksLikeHost(text: string): boolean {
  return /^(?:https?:\/\/|www\.)|\.(?:com|org|net|io|ru|co|de|id|es|app|dev)(?:[:/]|$)/i.test(text);
}

function clean(value: string): string | undefined {
  const text = value.slice(0, LONGEST).toWellFormed().trim();
  return text === '' ? undefined : text;
}

function withoutEmpty(fields: Record<(typeof UTM)[0 | 1 | 2], string>): UtmFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}
