import type { RecordKind } from '../contract/record.ts';
import type { Key } from './hash.ts';

/**
 * What becomes of a record when it comes again. Pure, and asked in the order of the journal, so that the same rules hold when a
 * batch is taken back and what is left is gone through again.
 */

/** A state of a record, or its end. */
export interface Standing {
  kind: RecordKind;
  fingerprint: Key;
  /** The record is gone. */
  deleted: boolean;
  /** UTC milliseconds; 0 where the record is gone, so that whatever comes next is newer. */
  observed_at: number;
  seq: number;
  item: number;
  /** Where the record last came into being: versions from before are out of date whatever they say. */
  since_seq: number;
  since_item: number;
}

export interface Arrival {
  kind: RecordKind;
  fingerprint: Key;
  deleted: boolean;
  /** UTC milliseconds. */
  observedAt: number;
  /** The source itself said when. */
  observed: boolean;
  seq: number;
  item: number;
}

export interface Settlement {
  outcome: 'counted' | 'duplicate';
  /** Undefined where there is nothing to keep: it says what is known. */
  version: Standing | undefined;
  /** It is the record's state from now on. */
  wins: boolean;
}

/** What may change and go under one key whoever sends it; `Versions` says what becomes of it. */
export const ALWAYS_VERSIONED: ReadonlySet<RecordKind> = new Set([
  'row',
  'webinar',
  'registration',
  'attendance',
  'recording_view',
  'deletion',
]);

/** What happened happened; the later reading of it is the better one. Of everything else the newest observation holds. */
const EVENTS: ReadonlySet<RecordKind> = new Set(['message_event', 'activity']);

/**
 * @param head the record's state so far
 * @param known fingerprints that were counted before under this key
 */
export function settleArrival(head: Standing | undefined, known: ReadonlySet<Key>, arrival: Arrival): Settlement {
  const { kind, fingerprint, deleted, seq, item } = arrival;
  const outcome = known.has(fingerprint) ? 'duplicate' : 'counted';
  const nothing: Settlement = { outcome, version: undefined, wins: false };
  const own = { since_seq: seq, since_item: item };
  const base = { kind, fingerprint, deleted, seq, item };
  if (deleted) {
    if (outcome === 'duplicate' && (head === undefined || head.deleted)) return nothing;
    return { outcome, version: { ...base, observed_at: 0, ...own }, wins: true };
  }
  const version: Standing = { ...base, observed_at: arrival.observedAt, ...own };
  if (head === undefined || (!head.deleted && head.kind !== kind)) return { outcome, version, wins: true };
  if (EVENTS.has(kind)) {
    if (!head.deleted && head.fingerprint === fingerprint) return nothing;
    return { outcome, version, wins: true };
  }
  version.since_seq = head.since_seq;
  version.since_item = head.since_item;
  if (head.deleted) return { outcome, version, wins: true };
  if (head.fingerprint === fingerprint && !(arrival.observed && arrival.observedAt > head.observed_at)) return nothing;
  const wins = arrival.observedAt >= head.observed_at;
  return wins || outcome === 'counted' ? { outcome, version, wins } : nothing;
}
