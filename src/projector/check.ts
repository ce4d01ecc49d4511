import { type CanonicalRecord, canonicalRecord, type RecordKind } from '../contract/record.ts';

export type Check = { ok: true; record: StoredRecord } | { ok: false /** A sentence. */; reason: string };

const DAY_MS = 86_400_000;
/** Decimal(18, 6) holds a little more. */
const MAX_SUM = 100_000_000_000;

/** Fields that tell when something happened; what has happened cannot lie ahead. */
const EVENT_TIMES = {
  person: ['registered_at', 'observed_at'],
  invitation: ['invited_at', 'activated_at', 'observed_at'],
  activity: ['at', 'observed_at'],
  message_event: ['at', 'observed_at'],
  webinar: [],
  registration: [],
  attendance: [],
  recording_view: [],
  row: ['observed_at'],
  deletion: ['observed_at'],
} as const satisfies Record<RecordKind, readonly string[]>;

/** Kinds that are stored today. */
export type StoredRecord = Extract<
  CanonicalRecord,
  { record: 'person' | 'invitation' | 'activity' | 'message_event' | 'row' | 'deletion' }
>;

export function isStored(record: CanonicalRecord): record is StoredRecord {
  return EVENT_TIMES[record.record].length > 0;
}

/**
 * Whether a record can be counted. A time more than a day ahead of its receipt is refused, since it would move every "until
 * today"; however late a record comes, it is welcome.
 * @param receivedAt UTC milliseconds
 */
export function checkRecord(candidate: unknown, receivedAt: number): Check {
  const parsed = canonicalRecord.safeParse(candidate);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.');
    return { ok: false, reason: `The record does not fit its kind: ${path ? `${path}: ` : ''}${issue?.message}.` };
  }
  const record = parsed.data;
  if (!isStored(record)) {
    return {
      ok: false,
      reason: `A ${record.record} is stored from a later version on; it is kept and can be replayed.`,
    };
  }
  const fields: Record<string, unknown> = record;
  for (const name of ['charge', 'amount']) {
    const sum = fields[name];
    if (typeof sum === 'number' && Math.abs(sum) > MAX_SUM)
      return { ok: false, reason: `${name} is ${sum}; sums above ${MAX_SUM} cannot be stored.` };
  }
  for (const name of EVENT_TIMES[record.record]) {
    const text = fields[name];
    if (typeof text !== 'string') continue;
    const at = Date.parse(text);
    if (!(at >= 0)) return { ok: false, reason: `${name} is ${text}; times before 1970 cannot be stored.` };
    if (at > receivedAt + DAY_MS) {
      const received = new Date(receivedAt).toISOString();
      return {
        ok: false,
        reason: `${name} is ${text}, more than a day after it was received (${received}). Check the sender's clock.`,
      };
    }
  }
  return { ok: true, record };
}
