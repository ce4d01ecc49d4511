import type { Connector } from '../contract/connector.ts';
import { type ControlEntry, PAGE_HEADERS } from '../contract/pull.ts';
import type { CanonicalRecord, PersonRef } from '../contract/record.ts';
import type { SourceDefaults } from '../contract/source.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { checkRecord } from './check.ts';
import { parseControl } from './control-entry.ts';
import { fingerprint, type Key, receiptKey, recordKey, stateFingerprint } from './hash.ts';
import type { Identity, Normaliser } from './normalise.ts';
import { ALWAYS_VERSIONED } from './version-rules.ts';

/** A source as the projector needs it. */
export interface ProjectedSource {
  connector: Connector;
  /** Checked by the connector's own schema. */
  settings: unknown;
  defaults: SourceDefaults;
}

/** Why something was quarantined, in one word: the ledger counts by it. */
export type Rule = 'unknown_source' | 'unreadable' | 'invalid' | 'conflict' | 'poison';

/** Where a record stands in the journal, if it is not the entry at hand: it is tried again. */
export interface Origin {
  seq: number;
  item: number;
  stream: string;
}

export interface Refused {
  ok: false;
  item: number;
  origin?: Origin;
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
  origin?: Origin;
  key: Key;
  fingerprint: Key;
  record: CanonicalRecord;
  /** Who it is about: the person, a message's recipient, or each address of somebody in a webinar. */
  person: Identity[];
  /** A message's account. */
  account: Identity[];
  /** Its source is read again and again. */
  revisable: boolean;
  /** Every state of it is kept in `record_versions`. */
  versioned: boolean;
  /** When the source saw it, UTC milliseconds; the receipt time where it does not say. */
  observedAt: number;
  /** The source said when it saw it. */
  observed: boolean;
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
  /** The stream that it is a page of; '' where there is none. */
  stream: string;
  /** An order to the projector; it holds no record. */
  control: ControlEntry | undefined;
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
    const read = readEntry(entry, context);
    return { ...describeEntry(entry, context), ...('control' in read ? { ...read, items: [] } : read) };
  } catch (error) {
    throw new EntryFailure(entry.seq, error);
  }
}

function describeEntry(entry: JournalEntry, context: PrepareContext) {
  const { seq, source, receivedAt, body, headers } = entry;
  const day = context.dayOf(receivedAt);
  return { seq, source, receivedAt, day, bytes: body.length, stream: streamOf(headers), control: undefined };
}

export const streamOf = (headers: JournalEntry['headers']): string => headers[PAGE_HEADERS.stream] ?? '';

function readEntry(
  entry: JournalEntry,
  context: PrepareContext,
): { items: PreparedEntry['items'] } | { control: ControlEntry } {
  const poisoned = context.poisoned(entry.seq);
  if (poisoned !== undefined) return { items: [refuseEntry(entry, 'poison', poisoned)] };
  const source = context.sources.get(entry.source);
  if (source === undefined) {
    const reason = `No source named "${entry.source}" is declared any more. Declare it again and run: turnout rebuild.`;
    return { items: [refuseEntry(entry, 'unknown_source', reason)] };
  }
  if (entry.headers[PAGE_HEADERS.control] !== undefined) {
    const control = parseControl(entry.body, source.connector.revisable);
    return control.ok ? { control: control.order } : { items: [refuseEntry(entry, 'unreadable', control.reason)] };
  }
  return { items: parseItems(entry, source, entry.receivedAt, context) };
}

/**
 * The records of an entry under today's settings.
 * @param checkedAt UTC milliseconds: what lies more than a day ahead of it is refused
 */
export function parseItems(
  entry: JournalEntry,
  { connector, settings, defaults }: ProjectedSource,
  checkedAt: number,
  context: Pick<PrepareContext, 'country' | 'timeZone' | 'normaliser'>,
): PreparedEntry['items'] {
  const country = defaults.country ?? context.country;
  const local = country === undefined ? { timeZone: context.timeZone } : { timeZone: context.timeZone, country };
  const about = {
    source: entry.source,
    revisable: connector.revisable,
    receivedAt: entry.receivedAt,
    checkedAt,
    country,
    normaliser: context.normaliser,
  };
  return connector
    .parse(entry, { source: entry.source, settings, defaults, ...local })
    .map((parsed, item) =>
      parsed.ok
        ? prepareRecord(parsed.record, item, about)
        : withKey(refuse(item, 'unreadable', parsed.reason, parsed.raw), parsed.key, about),
    );
}

/** What a record's preparation needs to know of its entry. */
export interface RecordOrigin {
  source: string;
  revisable: boolean;
  /** UTC milliseconds: when it was observed, where the record does not say. */
  receivedAt: number;
  /** UTC milliseconds: what lies more than a day ahead of it is refused. */
  checkedAt: number;
  /** ISO 3166 alpha-2, for phone numbers without a country code. */
  country: string | undefined;
  normaliser: Normaliser;
}

export function prepareRecord(parsed: unknown, item: number, origin: RecordOrigin): Candidate | Refused {
  const { source, revisable } = origin;
  const keyOf = revisable ? recordKey : receiptKey;
  const check = checkRecord(parsed, origin.checkedAt);
  if (!check.ok) {
    const { key } = (parsed ?? {}) as { key?: unknown };
    return withKey(refuse(item, 'invalid', check.reason, JSON.stringify(parsed) ?? ''), key, origin);
  }
  const { record } = check;
  if (record.record === 'deletion' && !revisable && !ALWAYS_VERSIONED.has(record.of)) {
    const reason = `This source sends events: of what it sent, only rows of tables and what belongs to webinars can be deleted, not a ${record.of}.`;
    return refuse(item, 'invalid', reason, JSON.stringify(record));
  }
  return {
    ok: true,
    item,
    key: keyOf(source, record.key),
    fingerprint: revisable ? stateFingerprint(record) : fingerprint(record),
    record,
    ...identitiesOf(record, origin),
    revisable,
    versioned: revisable || ALWAYS_VERSIONED.has(record.record),
    observedAt: record.observed_at === undefined ? origin.receivedAt : Date.parse(record.observed_at),
    observed: record.observed_at !== undefined,
  };
}

/** It is there although it cannot be counted: a full read must not take it for gone. */
function withKey(refused: Refused, key: unknown, { source, revisable }: RecordOrigin): Refused {
  return revisable && typeof key === 'string' ? { ...refused, key: recordKey(source, key) } : refused;
}

/** Who a record is about: a person, or a message's recipient and account. Whoever takes part in a webinar has at least one. */
export function identitiesOf(
  record: CanonicalRecord,
  { source, normaliser, country }: Pick<RecordOrigin, 'source' | 'normaliser' | 'country'>,
): { person: Identity[]; account: Identity[] } {
  const identities = (ref: Partial<PersonRef> | undefined) =>
    ref === undefined ? [] : normaliser.identities(ref, country);
  switch (record.record) {
    case 'message_event':
      return { person: identities(record.recipient), account: identities(record.account) };
    case 'person':
      return { person: identities(record), account: [] };
    case 'invitation':
    case 'activity':
      return { person: identities(record.person), account: [] };
    case 'registration':
    case 'attendance':
    case 'recording_view': {
      const person = identities(record.person);
      return { person: person.length > 0 ? person : [lastResort(source, record)], account: [] };
    }
    case 'webinar':
    case 'row':
    case 'deletion':
      return { person: [], account: [] };
  }
}

/** Of somebody whose addresses are all unreadable. */
function lastResort(
  source: string,
  { key, registrant_id }: { key: string; registrant_id?: string | undefined },
): Identity {
  const value = registrant_id === undefined ? `record:${source}:${key}` : `registrant:${registrant_id}`;
  return { kind: 'external_id', value: value.replaceAll(/\s+/g, ' ').trim() };
}

function refuseEntry(entry: JournalEntry, rule: Rule, reason: string): Refused {
  return refuse(0, rule, reason, entry.body.toString('utf8', 0, MAX_RAW));
}

export function refuse(item: number, rule: Rule, reason: string, raw: string): Refused {
  return { ok: false, item, key: NO_KEY, fingerprint: NO_KEY, kind: '', rule, reason, raw: cutRaw(raw) };
}

/** A record whose key has been used for something else. */
export function refuseConflict(candidate: Candidate): Refused {
  const { item, key, fingerprint, record, origin } = candidate;
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
    ...(origin === undefined ? {} : { origin }),
  };
}

const cutRaw = (raw: string): string => (raw.length > MAX_RAW ? `${raw.slice(0, MAX_RAW)}…` : raw);
