import { hash } from 'node:crypto';
import type { CanonicalRecord } from '../contract/record.ts';

/** A 64-bit hash as decimal digits: the form in which keys travel to and from the warehouse without losing bits. */
export type Key = string;

/** First eight bytes of SHA-256, as an unsigned decimal. The parts are kept apart, so ('a', 'bc') is not ('ab', 'c'). */
export function hashKey(...parts: string[]): Key {
  const digest = hash('sha256', parts.length === 1 ? (parts[0] ?? '') : JSON.stringify(parts), 'buffer');
  return digest.readBigUInt64BE(0).toString();
}

/** The dedupe key: `key` is unique in its source. */
export const receiptKey = (source: string, key: string): Key => hashKey('receipt', source, key);

/** Message ids are unique in their source. */
export const messageKey = (source: string, messageId: string): Key => hashKey('message', source, messageId);

/**
 * Hash of what a record says. The order of its fields, when it was observed and, where the service sends no event time, our
 * receipt time take no part: a record that is sent again has the same fingerprint.
 */
export function fingerprint(record: CanonicalRecord): Key {
  const left = new Set(['observed_at']);
  if (record.record === 'message_event' && record.at_source === 'receipt') left.add('at');
  return hashKey(canonicalText(record, left));
}

function canonicalText(value: unknown, left?: ReadonlySet<string>): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item)).join()}]`;
  const parts: string[] = [];
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields).sort()) {
    if (fields[name] === undefined || left?.has(name)) continue;
    parts.push(`${JSON.stringify(name)}:${canonicalText(fields[name])}`);
  }
  return `{${parts.join()}}`;
}
