import type { Connector } from '../contract/connector.ts';
import type { PersonRef } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { checkRecord, type StoredRecord } from './check.ts';
import { fingerprint, type Key, receiptKey } from './hash.ts';
import type { Identity, Normaliser } from './normalise.ts';

/** A source as the projector needs it. */
export interface ProjectedSource {
  connector: Connector;
  /** Checked by the connector's own schema. */
  settings: unknown;
  defaults: SourceDefaults;
}

/** Why something was quarantined, in one word: the ledger counts by it. */
export type Rule = 'unknown_source' | 'unreadable' | 'invalid' | 'conflict' | 'poison';

export interface Refused {
  ok: false;
  item: number;
  key: Key;
  fingerprint: Key;
  /** Kind of record, '' where it was not readable. */
  kind: string;
  rule: Rule;
  /** A sentence. */
  reason: string;
  raw: string;
}

/** A record that may be counted, with everything about it that does not depend on other records. */
export interface Candidate {
  ok: true;
  item: number;
  key: Key;
  fingerprint: Key;
  record: StoredRecord;
  /** Who it is about: the person, or a message's recipient. */
  person: Identity[];
  /** A message's account. */
  account: Identity[];
}

export interface PreparedEntry {
  seq: number;
  source: string;
  /** UTC milliseconds. */
  receivedAt: number;
  /** Local date of receipt. */
  day: string;
  bytes: number;
  items: (Candidate | Refused)[];
}

export interface PrepareContext {
  sources: ReadonlyMap<string, ProjectedSource>;
  normaliser: Normaliser;
  /** ISO 3166 alpha-2 of the workspace, for phone numbers without a country code. */
  country: string | undefined;
  /** IANA zone of the workspace. */
  timeZone: string;
  dayOf(instant: number): string;
  /** The reason why an entry must not be tried any more. */
  poisoned(seq: number): string | undefined;
}

const MAX_RAW = 64 * 1024;
const NO_KEY: Key = '0';

/** Parsing an entry threw: our bug, or a connector's. */
export class EntryFailure extends Error {
  readonly seq: number;

  constructor(seq: number, cause: unknown) {
    super(`Entry ${seq} cannot be parsed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.seq = seq;
  }
}

/** Everything about an entry that needs no other entry: parse, check, hash, normalise. Throws `EntryFailure` only. */
export function prepareEntry(entry: JournalEntry, context: PrepareContext): PreparedEntry {
  try {
    return { ...describeEntry(entry, context), items: prepareItems(entry, context) };
  } catch (error) {
    throw new EntryFailure(entry.seq, error);
  }
}

function describeEntry(entry: JournalEntry, context: PrepareContext) {
  const { seq, source, receivedAt, body } = entry;
  return { seq, source, receivedAt, day: context.dayOf(receivedAt), bytes: body.length };
}

function prepareItems(entry: JournalEntry, context: PrepareContext): PreparedEntry['items'] {
  const poisoned = context.poisoned(entry.seq);
  if (poisoned !== undefined) return [refuseEntry(entry, 'poison', poisoned)];
  const source = context.sources.get(entry.source);
  if (source === undefined) {
    const reason = `No source named "${entry.source}" is declared any more. Declare it again and run: turnout rebuild.`;
    return [refuseEntry(entry, 'unknown_source', reason)];
  }
  const { connector, settings, defaults } = source;
  const country = defaults.country ?? context.country;
  const local = country === undefined ? { timeZone: context.timeZone } : { timeZone: context.timeZone, country };
  return connector
    .parse(entry, { source: entry.source, settings, defaults, ...local })
    .map((parsed, item) =>
      parsed.ok
        ? prepareRecord(parsed.record, item, entry, context.normaliser, country)
        : refuse(item, 'unreadable', parsed.reason, parsed.raw),
    );
}

function prepareRecord(
  parsed: unknown,
  item: number,
  entry: JournalEntry,
  normaliser: Normaliser,
  country: string | undefined,
): Candidate | Refused {
  const check = checkRecord(parsed, entry.receivedAt);
  if (!check.ok) return refuse(item, 'invalid', check.reason, JSON.stringify(parsed) ?? '');
  const { record } = check;
  const identities = (ref: Partial<PersonRef> | undefined) =>
    ref === undefined ? [] : normaliser.identities(ref, country);
  const people =
    record.record === 'message_event'
      ? { person: identities(record.recipient), account: identities(record.account) }
      : { person: identities(record.record === 'person' ? record : record.person), account: [] };
  return {
    ok: true,
    item,
    key: receiptKey(entry.source, record.key),
    fingerprint: fingerprint(record),
    record,
    ...people,
  };
}

function refuseEntry(entry: JournalEntry, rule: Rule, reason: string): Refused {
  return refuse(0, rule, reason, entry.body.toString('utf8', 0, MAX_RAW));
}

function refuse(item: number, rule: Rule, reason: string, raw: string): Refused {
  return { ok: false, item, key: NO_KEY, fingerprint: NO_KEY, kind: '', rule, reason, raw: cutRaw(raw) };
}

/** A record whose key has been used for something else. */
export function refuseConflict(candidate: Candidate): Refused {
  const { item, key, fingerprint, record } = candidate;
  const reason = `The key "${record.key}" was used before with another content. The first one is counted.`;
  return {
    ok: false,
    item,
    key,
    fingerprint,
    kind: record.record,
    rule: 'conflict',
    reason,
    raw: cutRaw(JSON.stringify(record)),
  };
}

const cutRaw = (raw: string): string => (raw.length > MAX_RAW ? `${raw.slice(0, MAX_RAW)}…` : raw);
