import type { RecordOf } from '../contract/record.ts';
import {
  activityRow,
  type InvitationVersion,
  invitationVersion,
  messageEventRow,
  personStatement,
} from './fact-rows.ts';
import { hashKey, type Key, messageKey } from './hash.ts';
import type { Lru } from './lru.ts';
import type { Identity, IdentityKind } from './normalise.ts';
import type { NextNumbers, People } from './people.ts';
import { newestVersions, type PersonStatement } from './person.ts';
import { type Candidate, type PreparedEntry, type Refused, refuseConflict } from './prepare.ts';
import type { Outcome, Receipts } from './receipts.ts';
import { defaultRow, type TableRow } from './rows.ts';
import { type TableRows, UserRows } from './user-rows.ts';
import { type Head, NUMBERS, type Revision, type Version, type Versions, versionRow } from './versions.ts';
import { isWebinarKind, WebinarRows, webinarOf } from './webinar-records.ts';

export interface Tally {
  counted: number;
  duplicate: number;
  quarantined: number;
}

/** A row of `person_records`, by what it is about. */
export type StatementRow = PersonStatement & { seq: number; version: number; is_deleted: 0 | 1 };

/** What a batch works with besides its entries. */
export interface BatchContext {
  people: People;
  receipts: Receipts;
  versions: Versions;
  /** Numbers of which it is known that they are accounts. */
  accounts: Lru<number, true>;
  /** People of whom nothing was left; they come back when they are named again. */
  gone: ReadonlySet<number>;
  tables: TableRows;
  /** Who a stored record is about. */
  identitiesOf(source: string, record: Version['record']): Identity[];
}

type Of<Kind extends Candidate['record']['record']> = Candidate & { record: RecordOf<Kind> };

/** The account statement of a number: versions of one record, as it were. */
export const accountRecord = (person: number): Key => hashKey('account', String(person));

/** The rows of one batch, gathered in the order of the journal; nothing is written here. */
export class Batch {
  readonly messageEvents: TableRow<'message_events'>[] = [];
  readonly activities: TableRow<'activities'>[] = [];
  readonly statements: StatementRow[] = [];
  readonly receipts: TableRow<'receipts'>[] = [];
  readonly versions: TableRow<'record_versions'>[] = [];
  readonly quarantine: TableRow<'quarantine'>[] = [];
  readonly entries: TableRow<'entries'>[] = [];
  /** Rows of invitations whose newest version is known to be the newest. */
  readonly revisedInvitations: (InvitationVersion & { is_deleted: 0 | 1 })[] = [];
  readonly userRows: UserRows;
  readonly webinars = new WebinarRows();
  /** Messages that got an event. */
  readonly messages = new Set<Key>();
  /** Messages of which an event has changed or gone, with the places where their rows may stand. */
  readonly movedMessages = new Map<Key, Set<number>>();
  /** Records that had another version before this batch. */
  readonly changedPersons = new Set<Key>();
  readonly changedInvitations = new Set<Key>();
  /** Records about people that stand in this batch as they are now. */
  readonly revisedPersons = new Set<Key>();
  /** Rows that may stand already and are overwritten or taken back. */
  readonly replaced = { activities: new Set<Key>(), invitations: new Set<Key>() };
  /** People whose row is to be written. */
  readonly touched = new Set<number>();
  /** Numbers of people from whom something may have been taken. */
  readonly shaken = new Set<number>();
  readonly newAccounts = new Set<number>();
  readonly tally: Tally = { counted: 0, duplicate: 0, quarantined: 0 };
  readonly #invitations: InvitationVersion[] = [];
  readonly #context: BatchContext;

  constructor(context: BatchContext) {
    this.#context = context;
    this.userRows = new UserRows(context.tables);
  }

  /** @param entry `records`: how many it brought, where it names them and does not hold them */
  add(entry: PreparedEntry & { records?: number }): void {
    const { seq, source, day, receivedAt, bytes, items, control } = entry;
    this.entries.push({
      seq,
      source,
      day,
      received_at: receivedAt,
      records: entry.records ?? items.length,
      bytes,
      control: control?.control ?? '',
    });
    for (const item of items) {
      if (!item.ok) {
        this.#refuse(item, entry);
        continue;
      }
      const outcome = item.revisable ? 'counted' : this.#context.receipts.settle(item);
      if (outcome === 'conflict') this.#refuse(refuseConflict(item), entry);
      else if (item.versioned) this.#versioned(item, entry);
      else {
        this.#receipt(item, entry, outcome);
        this.#fact(item, entry, outcome);
      }
    }
  }

  /** The number of whom a loaded message names. @param acts an account of the platform */
  nameOf(identities: readonly Identity[], seq: number, acts: boolean): number {
    const person = this.#identify(identities, seq, 0, acts ? 'accounts' : 'people');
    if (acts) this.#account(person, seq);
    return person;
  }

  /** The newest version of each invitation in this batch, of sources that send each of them once. */
  get invitations(): InvitationVersion[] {
    return newestVersions(this.#invitations);
  }

  #receipt(
    item: Candidate,
    { seq, source, day }: Pick<PreparedEntry, 'seq' | 'source' | 'day'>,
    outcome: Exclude<Outcome, 'conflict'>,
  ): void {
    const told = outcome === 'duplicate' ? 'duplicate' : 'counted';
    this.tally[told] += 1;
    const { key, fingerprint, record, versioned, observed, observedAt, origin } = item;
    const receipt = { key, seq, item: item.item, source, day, fingerprint, kind: record.record };
    const seen = versioned ? { versioned: 1, observed: observed ? 1 : 0, observed_at: observedAt } : UNVERSIONED;
    this.receipts.push({ ...receipt, outcome: told, reason: '', ...seen, origin_seq: origin?.seq ?? 0 });
  }

  #refuse(item: Refused, { seq, source, day, receivedAt }: PreparedEntry): void {
    this.tally.quarantined += 1;
    const { key, fingerprint, kind, rule, reason, raw, origin } = item;
    const place = { key, seq, item: item.item, source, day };
    const from = { origin_seq: origin?.seq ?? 0, origin_item: origin?.item ?? 0 };
    const told = { outcome: 'quarantined', reason: rule, ...UNVERSIONED, origin_seq: from.origin_seq };
    this.receipts.push({ ...place, fingerprint, kind, ...told });
    this.quarantine.push({ ...place, received_at: receivedAt, rule, reason, raw, ...from, settled: 0 });
  }

  #fact(item: Candidate, entry: PreparedEntry, outcome: Outcome): void {
    const { record } = item;
    switch (record.record) {
      case 'message_event':
        if (outcome === 'counted') this.#messageEvent({ ...item, record }, entry);
        return;
      case 'activity':
        if (outcome === 'counted') this.#activity({ ...item, record }, entry);
        return;
      // A version that is seen again, and says when it was observed, may be the newest again.
      case 'person':
        if (outcome !== 'duplicate' || record.observed_at !== undefined)
          this.#person({ ...item, record }, entry, outcome);
        return;
      case 'invitation':
        if (outcome !== 'duplicate' || record.observed_at !== undefined)
          this.#invitation({ ...item, record }, entry, outcome);
        return;
      default:
        throw new Error(`a ${record.record} is versioned`);
    }
  }

  #messageEvent(item: Of<'message_event'>, { seq, source }: PreparedEntry): void {
    const { record, key } = item;
    const message = messageKey(source, record.message_id);
    const account = this.#identify(item.account, seq, 0, 'accounts');
    this.#account(account, seq);
    const person = this.#identify(item.person, seq, 0, 'people');
    this.messages.add(message);
    this.messageEvents.push(messageEventRow(record, message, item.person, { key, source, seq, person, account }, seq));
  }

  #activity(item: Of<'activity'>, { seq, source }: PreparedEntry): void {
    const person = this.#identify(item.person, seq, 0, roleIn(item.record));
    this.#account(person, seq);
    this.activities.push(activityRow(item.record, { key: item.key, source, seq, person, account: 0 }, 0));
  }

  #invitation(item: Of<'invitation'>, { seq, source }: PreparedEntry, outcome: Outcome): void {
    const { key, fingerprint, observedAt } = item;
    if (outcome !== 'counted') this.changedInvitations.add(key);
    const person = this.#identify(item.person, seq, 0, roleIn(item.record));
    const seen = { fingerprint, observed_at: observedAt };
    this.#invitations.push(invitationVersion(item.record, { key, source, seq, person, account: 0 }, seen));
  }

  #person(item: Of<'person'>, { seq, source }: PreparedEntry, outcome: Outcome): void {
    const { key, fingerprint, observedAt } = item;
    const person = this.#identify(item.person, seq, 0, roleIn(item.record));
    if (person === 0) return;
    if (outcome !== 'counted') this.changedPersons.add(key);
    this.touched.add(person);
    const seen = { fingerprint, observed_at: observedAt };
    const statement = personStatement(item.record, item.person, { key, source, seq, person, account: 0 }, seen);
    this.statements.push({ ...statement, seq, version: observedAt, is_deleted: 0 });
  }

  #versioned(item: Candidate, entry: PreparedEntry): void {
    const { versions } = this.#context;
    const { outcome, version, wins } = versions.settle(item, entry.seq);
    this.#receipt(item, entry, outcome);
    if (version === undefined) return;
    const { record } = item;
    const { seq, source } = entry;
    const kept: Version = {
      ...version,
      source,
      stream: item.origin?.stream ?? entry.stream,
      table: record.record === 'row' ? record.table : '',
      message: record.record === 'message_event' ? messageKey(source, record.message_id) : '0',
      webinar: webinarOf(record),
      at: record.record === 'message_event' ? Date.parse(record.at) : 0,
      ...this.#identifyVersion(item, seq),
      received_at: entry.receivedAt,
      record: record.record === 'deletion' ? undefined : record,
      content: record.record === 'deletion' ? '' : JSON.stringify(record),
    };
    versions.keep(item.key, kept, wins);
    this.versions.push(versionRow(item.key, kept, seq));
  }

  /** Takes back what records said before and puts what they say now in its place. */
  revise(revisions: readonly Revision[]): void {
    for (const revision of revisions) this.#revise(revision);
  }

  #revise({ key, before, versions, now, cause }: Revision): void {
    const alive = now === undefined || now.deleted ? undefined : now;
    for (const old of before === undefined ? versions : [before, ...versions]) {
      if (old.deleted || old === alive) continue;
      // Whom the record names as before it does not doubt.
      const same = alive?.kind === old.kind;
      for (const who of NUMBERS)
        if (old[who] !== 0 && !(same && this.#isOne(old[who], alive[who]))) this.shaken.add(old[who]);
      if (old.kind === 'message_event') this.#moved(old.message).add(old.at);
      if (alive === undefined || !samePlace(old, alive)) this.#takeBack(key, old, cause);
    }
    if (alive === undefined || alive === before) return;
    const first = versions.length === 1 && (before === undefined || before.deleted);
    this.#put(key, alive as Version, first, cause);
  }

  #isOne(number: number, other: number): boolean {
    const { people } = this.#context;
    return number === other || people.root(number) === people.root(other);
  }

  #takeBack(key: Key, { kind, message, table, webinar }: Head, cause: number): void {
    switch (kind) {
      case 'message_event':
        this.messageEvents.push({
          ...defaultRow('message_events'),
          message,
          event: key,
          seq: cause,
          version: cause,
          is_deleted: 1,
        });
        return;
      case 'activity':
        this.replaced.activities.add(key);
        this.activities.push({ ...defaultRow('activities'), activity: key, is_deleted: 1 });
        return;
      case 'invitation':
        this.replaced.invitations.add(key);
        this.revisedInvitations.push({ ...NO_INVITATION, record: key, is_deleted: 1 });
        return;
      case 'person':
        this.revisedPersons.add(key);
        this.statements.push({ ...NO_STATEMENT, record: key, seq: cause, version: cause, is_deleted: 1 });
        return;
      case 'row':
        this.userRows.remove(table, key);
        return;
      default:
        if (isWebinarKind(kind)) this.webinars.remove(key, kind, webinar);
    }
  }

  #put(key: Key, version: Version, first: boolean, cause: number): void {
    const { record, source, seq, person, account, observed_at } = version;
    if (record === undefined) throw new Error('a record that stands says nothing');
    const origin = { key, source, seq, person, account };
    const seen = { fingerprint: '0', observed_at };
    const identities = () => this.#context.identitiesOf(source, record);
    for (const who of NUMBERS) this.#bringBack(version[who]);
    switch (record.record) {
      case 'message_event':
        this.#account(account, cause);
        if (first) this.messages.add(version.message);
        else this.#moved(version.message);
        this.messageEvents.push(messageEventRow(record, version.message, identities(), origin, cause));
        return;
      case 'activity':
        this.#account(person, cause);
        if (!first) this.replaced.activities.add(key);
        this.activities.push(activityRow(record, origin, 0));
        return;
      case 'invitation':
        if (!first) this.replaced.invitations.add(key);
        this.revisedInvitations.push({ ...invitationVersion(record, origin, seen), is_deleted: 0 });
        return;
      case 'person':
        if (person === 0) {
          this.#takeBack(key, version, cause);
          return;
        }
        this.touched.add(person);
        this.revisedPersons.add(key);
        this.statements.push({
          ...personStatement(record, identities(), origin, seen),
          seq,
          version: cause,
          is_deleted: 0,
        });
        return;
      case 'row':
        this.userRows.put(record, { key, source, receivedAt: version.received_at, first });
        return;
      case 'webinar':
      case 'registration':
      case 'attendance':
      case 'recording_view':
        this.webinars.put(key, record, version);
        return;
      case 'deletion':
        return;
    }
  }

  #moved(message: Key): Set<number> {
    const places = this.movedMessages.get(message) ?? new Set();
    this.movedMessages.set(message, places);
    return places;
  }

  /** Somebody of whom nothing was left is named again; whether that lasts is asked of the facts. */
  #bringBack(person: number): void {
    const { gone, people } = this.#context;
    if (gone.size === 0 || !gone.has(people.root(person))) return;
    this.touched.add(person);
    this.shaken.add(person);
  }

  /** What belongs to a webinar ties nobody together: people share phones, so each address has a number of its own. */
  #identifyVersion({ record, person, account }: Candidate, seq: number): Pick<Version, (typeof NUMBERS)[number]> {
    if (!isWebinarKind(record.record))
      return {
        account: this.#identify(account, seq, 1, 'accounts'),
        person: this.#identify(person, seq, 1, roleIn(record)),
        person_phone: 0,
        person_external: 0,
      };
    const numberOf = (kind: IdentityKind) =>
      this.#identify(
        person.filter((identity) => identity.kind === kind),
        seq,
        1,
        'people',
      );
    return {
      person: numberOf('email'),
      account: 0,
      person_phone: numberOf('phone'),
      person_external: numberOf('external_id'),
    };
  }

  #identify(identities: readonly Identity[], seq: number, revisable: 0 | 1, as: keyof NextNumbers): number {
    const person = this.#context.people.identify(identities, seq, revisable, as);
    this.#bringBack(person);
    return person;
  }

  /** Whoever acts on the platform is an account of it, whether or not a person record says so. */
  #account(number: number, seq: number): void {
    const person = this.#context.people.root(number);
    if (person === 0 || this.#context.accounts.get(person) || this.newAccounts.has(person)) return;
    this.newAccounts.add(person);
    this.touched.add(person);
    const statement = { ...NO_STATEMENT, record: accountRecord(person), person, kind: 'account' as const };
    this.statements.push({ ...statement, seq, version: seq, is_deleted: 0 });
  }
}

/** What the person of a record is: who acts on the platform, or is invited to it, is an account or will be one. */
function roleIn(record: Candidate['record']): keyof NextNumbers {
  if (record.record === 'person') return record.kind === 'account' ? 'accounts' : 'people';
  return record.record === 'activity' || record.record === 'invitation' ? 'accounts' : 'people';
}

const UNVERSIONED = { versioned: 0, observed: 0, observed_at: 0 };

const samePlace = (a: Head, b: Head): boolean =>
  a.kind === b.kind && a.message === b.message && a.table === b.table && a.webinar === b.webinar;

const NO_STATEMENT: PersonStatement = {
  record: '0',
  fingerprint: '0',
  person: 0,
  kind: 'contact',
  registered_at: null,
  region: '',
  language: '',
  email: '',
  phone: '',
  external_id: '',
  attributes: '{}',
  observed_at: 0,
};

const NO_INVITATION: InvitationVersion = {
  record: '0',
  fingerprint: '0',
  observed_at: 0,
  source: '',
  person: 0,
  invited_at: 0,
  activated_at: null,
  campaign: '',
};
