import { normaliseEmail, normaliseExternalId, normalisePhone, type Phone } from '../connectors/normalise-identity.ts';
import { DEFAULT_IDENTITY, type IdentityRules } from '../contract/identity.ts';
import type { PersonRef } from '../contract/record.ts';
import { Lru } from './lru.ts';

export type IdentityKind = 'email' | 'phone' | 'external_id';

/** One normalised way to name a person. `country` (ISO 3166 alpha-2) is known for phone numbers only. */
export interface Identity {
  kind: IdentityKind;
  value: string;
  country?: string;
}

/** Normalises references and remembers what it has seen lately, since the same people come again and again. */
export class Normaliser {
  readonly #emails: Lru<string, string | null>;
  readonly #phones: Lru<string, Phone | null>;
  readonly #rules: IdentityRules['email'];

  constructor(rules: IdentityRules['email'] = DEFAULT_IDENTITY.email, remember = 200_000) {
    this.#rules = rules;
    this.#emails = new Lru(remember);
    this.#phones = new Lru(remember);
  }

  email(raw: string): string | undefined {
    return this.#emails.computed(raw, () => mailbox(normaliseEmail(raw), this.#rules) ?? null) ?? undefined;
  }

  phone(raw: string, defaultCountry: string | undefined): Phone | undefined {
    return (
      this.#phones.computed(`${defaultCountry ?? ''} ${raw}`, () => normalisePhone(raw, defaultCountry) ?? null) ??
      undefined
    );
  }

  /** Every identity of a reference that can be normalised; what cannot is left out and the record is kept. */
  identities(ref: Partial<PersonRef>, defaultCountry: string | undefined): Identity[] {
    const found: Identity[] = [];
    const email = ref.email === undefined ? undefined : this.email(ref.email);
    if (email !== undefined) found.push({ kind: 'email', value: email });
    const phone = ref.phone === undefined ? undefined : this.phone(ref.phone, defaultCountry);
    if (phone) found.push({ kind: 'phone', value: phone.number, country: phone.country });
    const id = ref.external_id === undefined ? undefined : normaliseExternalId(ref.external_id);
    if (id !== undefined) found.push({ kind: 'external_id', value: id });
    return found;
  }
}

const GMAIL: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com']);

/** The address without what the rules ignore. */
function mailbox(email: string | undefined, { plus_tags, dots }: IdentityRules['email']): string | undefined {
  if (email === undefined || (plus_tags === 'keep' && dots === 'keep')) return email;
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const whole = email.slice(0, at);
  const untagged = plus_tags === 'ignore' ? whole.replace(/(?<=.)\+.*$/, '') : whole;
  const local = dots === 'ignore' && GMAIL.has(domain) ? untagged.replaceAll('.', '') : untagged;
  return `${local === '' ? whole : local}@${domain}`;
}
