import { hash } from 'node:crypto';
import { type CanonicalRecord, canonicalRecord, type RecordKind } from '../contract/record.ts';

/** A 64-bit hash as decimal digits: the form in which keys travel to and from the warehouse without losing bits. */
export type Key = string;

/** First eight bytes of SHA-256, as an unsigned decimal. The parts are kept apart, so ('a', 'bc') is not ('ab', 'c'). */
export function hashKey(...parts: string[]): Key {
  return hashText(parts.length === 1 ? (parts[0] ?? '') : JSON.stringify(parts));
}

/** Hexadecimal on the way: twice as fast as a buffer, whose allocation costs more than the hash. */
const hashText = (text: string): Key => BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`).toString();

/** The dedupe key: `key` is unique in its source. */
export const receiptKey = (source: string, key: string): Key => hashKey('receipt', source, key);

/** The same of a source that is read again and again: what another connector sent under the source's name is another record. */
export const recordKey = (source: string, key: string): Key => hashKey('record', source, key);

/** Message ids are unique in their source. */
export const messageKey = (source: string, messageId: string): Key => hashKey('message', source, messageId);

/**
 * Hash of what a record says. The order of its fields, when it was observed, who a message event is about and, where the service
 * sends no event time, our receipt time take no part: a record that is sent again has the same fingerprint.
 */
export function fingerprint(record: CanonicalRecord): Key {
  return hashFields(record, ignoredFields(record));
}

/** The same for sources that are read again and again, where people count too: a message whose recipient was corrected is another state. */
export function stateFingerprint(record: CanonicalRecord): Key {
  const byReceipt = record.record === 'message_event' && record.at_source === 'receipt';
  return hashFields(record, byReceipt ? WHEN_SEEN_OR_RECEIVED : WHEN_SEEN);
}

function hashFields(record: CanonicalRecord, ignored: ReadonlySet<string>): Key {
  const fields = record as unknown as Record<string, unknown>;
  let text = '';
  for (const name of SORTED_FIELDS[record.record]) {
    const value = fields[name];
    if (value === undefined || ignored.has(name)) continue;
    text += `,"${name}":${canonicalText(value)}`;
  }
  return hashText(text);
}

const WHEN_SEEN: ReadonlySet<string> = new Set(['observed_at']);
const WHEN_SEEN_OR_RECEIVED: ReadonlySet<string> = new Set(['observed_at', 'at']);
/** A service may send the same event again with less about the people: WhatsApp leaves out user ids. The key says which message. */
const OF_EVENT: ReadonlySet<string> = new Set(['observed_at', 'account', 'recipient']);
const OF_EVENT_BY_RECEIPT: ReadonlySet<string> = new Set([...OF_EVENT, 'at']);

function ignoredFields(record: CanonicalRecord): ReadonlySet<string> {
  if (record.record !== 'message_event') return WHEN_SEEN;
  return record.at_source === 'receipt' ? OF_EVENT_BY_RECEIPT : OF_EVENT;
}

const SORTED_FIELDS = Object.fromEntries(
  canonicalRecord.options.map(({ shape }) => [shape.record.value, Object.keys(shape).sort()]),
) as Record<RecordKind, string[]>;

/** JSON with the names of objects in order. */
function canonicalText(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = value as Record<string, unknown>;
  let text = '';
  for (const name of Object.keys(fields).sort())
    if (fields[name] !== undefined) text += `,${JSON.stringify(name)}:${canonicalText(fields[name])}`;
  return `{${text}}`;
}
