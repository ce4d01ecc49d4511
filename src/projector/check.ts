import { type CanonicalRecord, canonicalRecord, type RecordKind } from '../contract/record.ts';

export type Check = { ok: true; record: CanonicalRecord } | { ok: false /** A sentence. */; reason: string };

const DAY_MS = 86_400_000;
/** Decimal(18, 6) holds a little more. */
const MAX_SUM = 100_000_000_000;
const LATEST_START = Date.UTC(2200, 0);

/** Fields that tell when something happened; what has happened cannot lie ahead. */
const EVENT_TIMES = {
  person: ['registered_at', 'observed_at'],
  invitation: ['invited_at', 'activated_at', 'observed_at'],
  activity: ['at', 'observed_at'],
  message_event: ['at', 'observed_at'],
  webinar: ['observed_at'],
  registration: ['registered_at', 'cancelled_at', 'observed_at'],
  attendance: ['joined_at', 'left_at', 'observed_at'],
  recording_view: ['viewed_at', 'observed_at'],
  row: ['observed_at'],
  deletion: ['observed_at'],
} as const satisfies Record<RecordKind, readonly string[]>;

/** The greatest value of each number: sums of money as the warehouse holds them; stays, views and webinars of 31 days. */
const GREATEST: Partial<Record<RecordKind, Readonly<Record<string, number>>>> = {
  activity: { amount: MAX_SUM },
  message_event: { charge: MAX_SUM },
  webinar: { duration_minutes: 44_640 },
  attendance: { seconds: 2_678_400 },
  recording_view: { seconds: 2_678_400 },
};

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
  const fields: Record<string, unknown> = record;
  for (const [name, greatest] of Object.entries(GREATEST[record.record] ?? {})) {
    const value = fields[name];
    if (typeof value === 'number' && Math.abs(value) > greatest)
      return { ok: false, reason: `${name} is ${value}; more than ${greatest} cannot be stored.` };
  }
  if (record.record === 'webinar') {
    const { starts_at } = record;
    const at = Date.parse(starts_at);
    if (!(at >= 0 && at < LATEST_START))
      return { ok: false, reason: `starts_at is ${starts_at}; times before 1970 or after 2199 cannot be stored.` };
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
