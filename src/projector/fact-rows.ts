import type { MessageEvent, RecordOf } from '../contract/record.ts';
import type { Key } from './hash.ts';
import type { Identity } from './normalise.ts';
import type { PersonStatement } from './person.ts';
import type { TableRow } from './rows.ts';

/** Canonical records as rows of fact tables. Times are UTC milliseconds. */

export const toMillis = (instant: string | undefined): number | null =>
  instant === undefined ? null : Date.parse(instant);

/** What a row says besides its record. */
export interface RowOrigin {
  /** Hash of source and key. */
  key: Key;
  source: string;
  /** Entry that brought it. */
  seq: number;
  /** Number of the person, or of a message's recipient. */
  person: number;
  /** Number of a message's account. */
  account: number;
}

export function messageEventRow(
  record: MessageEvent,
  message: Key,
  identities: readonly Identity[],
  { key, source, seq, person, account }: RowOrigin,
  version: number,
): TableRow<'message_events'> {
  return {
    message,
    event: key,
    seq,
    source,
    channel: record.channel,
    status: record.status,
    at: Date.parse(record.at),
    at_receipt: record.at_source === 'receipt' ? 1 : 0,
    account,
    recipient: person,
    category: record.category ?? '',
    campaign: record.campaign ?? '',
    failure_reason: record.failure_reason ?? '',
    country: identities.find((identity) => identity.country)?.country ?? '',
    permanent: record.permanent ? 1 : 0,
    automated: record.automated ? 1 : 0,
    billable: record.billable === undefined ? null : record.billable ? 1 : 0,
    charge: record.charge?.toFixed(6) ?? null,
    currency: record.currency?.toUpperCase() ?? '',
    seconds: record.seconds ?? 0,
    digits: record.digits ?? '',
    version,
    is_deleted: 0,
  };
}

export function activityRow(
  record: RecordOf<'activity'>,
  { key, source, person }: RowOrigin,
  version: number,
): TableRow<'activities'> {
  return {
    activity: key,
    source,
    person,
    at: Date.parse(record.at),
    feature: record.feature,
    channel: record.channel ?? '',
    category: record.category ?? '',
    amount: record.amount?.toFixed(6) ?? null,
    currency: record.currency?.toUpperCase() ?? '',
    version,
    is_deleted: 0,
  };
}

export interface InvitationVersion {
  record: Key;
  fingerprint: Key;
  observed_at: number;
  source: string;
  person: number;
  invited_at: number;
  activated_at: number | null;
  campaign: string;
}

export function invitationVersion(
  record: RecordOf<'invitation'>,
  { key, source, person }: RowOrigin,
  seen: { fingerprint: Key; observed_at: number },
): InvitationVersion {
  return {
    record: key,
    ...seen,
    source,
    person,
    invited_at: Date.parse(record.invited_at),
    activated_at: toMillis(record.activated_at),
    campaign: record.campaign ?? '',
  };
}

export function personStatement(
  record: RecordOf<'person'>,
  identities: readonly Identity[],
  { key, person }: RowOrigin,
  seen: { fingerprint: Key; observed_at: number },
): PersonStatement {
  const named = (kind: Identity['kind']) => identities.find((identity) => identity.kind === kind)?.value ?? '';
  return {
    record: key,
    ...seen,
    person,
    kind: record.kind,
    registered_at: toMillis(record.registered_at),
    region: record.region ?? '',
    language: record.language ?? '',
    email: named('email'),
    phone: named('phone'),
    external_id: named('external_id'),
    attributes: JSON.stringify(record.attributes ?? {}),
  };
}
