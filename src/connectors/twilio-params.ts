import type { ReceivedEntry } from '../contract/connector.ts';
import type { MessageEvent, PersonRef } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import { isObject, parseJsonBody } from './json.ts';
import { accountRef, idText, setIfKnown, shortText } from './parsed-item.ts';

/** Parameters of one callback; of a repeated name the first value. */
export type TwilioParams = Readonly<Record<string, string | undefined>>;

/** The form body; a JSON object with the same names (an application that forwards callbacks); or, for GET, the query. */
export function parseParams(entry: ReceivedEntry): TwilioParams | undefined {
  const first = entry.body.find((byte) => byte > 0x20);
  if (first === 0x7b || first === 0x5b || first === 0xef) {
    const json = parseJsonBody(entry.body);
    if (!json.ok || !isObject(json.value)) return undefined;
    const params: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(json.value)) {
      if (typeof value === 'string' || typeof value === 'number') params[name] = String(value);
    }
    return params;
  }
  return firstValues(first === undefined ? queryOf(entry) : new URLSearchParams(entry.body.toString('utf8')));
}

function firstValues(search: URLSearchParams): TwilioParams {
  const params: Record<string, string> = Object.create(null);
  for (const [name, value] of search) params[name] ??= value;
  return params;
}

function queryOf(entry: ReceivedEntry): URLSearchParams {
  const start = entry.target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : entry.target.slice(start + 1));
}

/** Twilio echoes nothing of the sender's but the query of the callback URL: `k` is the campaign, `category` and `account` as named. */
export function setSenderWords(record: MessageEvent, entry: ReceivedEntry, defaults: SourceDefaults): void {
  const query = queryOf(entry);
  setIfKnown(record, 'account', accountRef(shortText(query.get('account')) ?? defaults.account));
  setIfKnown(record, 'campaign', shortText(query.get('k')) ?? defaults.campaign);
  setIfKnown(record, 'category', shortText(query.get('category')) ?? defaults.category);
}

export interface TwilioAddress {
  /** The word before the colon (`whatsapp`, `rcs`, …); '' for a plain number. */
  scheme: string;
  person: PersonRef | undefined;
}

/** `+12025550123`, `whatsapp:+12025550123`, `whatsapp:US.134…` (a user id), a short code or a sender's name (no person). */
export function parseAddress(value: string | undefined): TwilioAddress {
  const text = idText(value?.trim(), 190);
  if (text === undefined) return { scheme: '', person: undefined };
  const colon = text.indexOf(':');
  const scheme = colon === -1 ? '' : text.slice(0, colon).toLowerCase();
  const address = text.slice(colon + 1);
  if (/^\+\d{5,15}$/.test(address)) return { scheme, person: { phone: address } };
  if (scheme === 'whatsapp' && address !== '') return { scheme, person: { external_id: `wa:${address}` } };
  return { scheme, person: undefined };
}
