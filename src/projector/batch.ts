import type { MessageEvent, RecordOf } from '../contract/record.ts';
import { hashKey, type Key, messageKey } from './hash.ts';
import type { Lru } from './lru.ts';
import type { Identity } from './normalise.ts';
import type { People } from './people.ts';
import { newestVersions, type PersonStatement } from './person.ts';
import { type Candidate, type PreparedEntry, type Refused, refuseConflict } from './prepare.ts';
import type { Outcome, Receipts } from './receipts.ts';
import type { TableRow } from './rows.ts';

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

export interface Tally {
  counted: number;
  duplicate: number;
  quarantined: number;
}

type Of<Kind extends Candidate['record']['record']> = Candidate & { record: RecordOf<Kind> };

const toMillis = (instant: string | undefined): number | null => (instant === undefined ? null : Date.parse(instant));

/** The rows of one batch, gathered in the order of the journal; nothing is written here. */
export class Batch {
  readonly messageEvents: TableRow<'message_events'>[] = [];
  readonly activities: TableRow<'activities'>[] = [];
  readonly statements: (PersonStatement & { seq: number })[] = [];
  readonly receipts: TableRow<'receipts'>[] = [];
  readonly quarantine: TableRow<'quarantine'>[] = [];
  readonly entries: TableRow<'entries'>[] = [];
  readonly messages = new Set<Key>();
  /** Records that had another version before this batch. */
  readonly changedPersons = new Set<Key>();
  readonly changedInvitations = new Set<Key>();
  readonly tally: Tally = { counted: 0, duplicate: 0, quarantined: 0 };
  readonly #invitations: InvitationVersion[] = [];
  readonly #people: People;
  readonly #receipts: Receipts;
  /** Numbers of which it is known that they are accounts. */
  readonly #accounts: Lru<number, true>;
  readonly newAccounts = new Set<number>();

  constructor(people: People, receipts: Receipts, accounts: Lru<number, true>) {
    this.#people = people;
    this.#receipts = receipts;
    this.#accounts = accounts;
  }

  add(entry: PreparedEntry): void {
    const { seq, source, day, receivedAt, bytes, items } = entry;
    this.entries.push({ seq, source, day, received_at: receivedAt, records: items.length, bytes });
    for (const item of items) {
      if (!item.ok) {
        this.#refuse(item, entry);
        continue;
      }
      const outcome = this.#receipts.settle(item);
      if (outcome === 'conflict') {
        this.#refuse(refuseConflict(item), entry);
        continue;
      }
      this.#receipt(item, entry, outcome);
      this.#fact(item, entry, outcome);
    }
  }

  /** The newest version of each invitation in this batch. */
  get invitations(): InvitationVersion[] {
    return newestVersions(this.#invitations);
  }

  #receipt(item: Candidate, { seq, source, day }: PreparedEntry, outcome: Exclude<Outcome, 'conflict'>): void {
    const told = outcome === 'duplicate' ? 'duplicate' : 'counted';
    this.tally[told] += 1;
    const { key, fingerprint, record } = item;
    const receipt = { key, seq, item: item.item, source, day, fingerprint, kind: record.record };
    this.receipts.push({ ...receipt, outcome: told, reason: '' });
  }

  #refuse(item: Refused, { seq, source, day, receivedAt }: PreparedEntry): void {
    this.tally.quarantined += 1;
    const { key, fingerprint, kind, rule, reason, raw } = item;
    const receipt = { key, seq, item: item.item, source, day, fingerprint, kind };
    this.receipts.push({ ...receipt, outcome: 'quarantined', reason: rule });
    this.quarantine.push({ seq, item: item.item, source, received_at: receivedAt, reason, raw });
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
    }
  }

  #messageEvent(item: Of<'message_event'>, { seq, source }: PreparedEntry): void {
    const { record } = item;
    const message = messageKey(source, record.message_id);
    const account = this.#account(item.account, seq);
    const recipient = this.#people.identify(item.person, seq);
    this.messages.add(message);
    this.messageEvents.push({
      message,
      event: item.key,
      seq,
      source,
      channel: record.channel,
      status: record.status,
      at: Date.parse(record.at),
      at_receipt: record.at_source === 'receipt' ? 1 : 0,
      account,
      recipient,
      category: record.category ?? '',
      campaign: record.campaign ?? '',
      failure_reason: record.failure_reason ?? '',
      country: item.person.find((identity) => identity.country)?.country ?? '',
      permanent: record.permanent ? 1 : 0,
      automated: record.automated ? 1 : 0,
      billable: record.billable === undefined ? null : record.billable ? 1 : 0,
      charge: record.charge?.toFixed(6) ?? null,
      currency: currencyOf(record),
      seconds: record.seconds ?? 0,
      digits: record.digits ?? '',
      version: seq,
      is_deleted: 0,
    });
  }

  #activity(item: Of<'activity'>, { seq, source }: PreparedEntry): void {
    const { record } = item;
    this.activities.push({
      activity: item.key,
      source,
      person: this.#account(item.person, seq),
      at: Date.parse(record.at),
      feature: record.feature,
      channel: record.channel ?? '',
      category: record.category ?? '',
      amount: record.amount?.toFixed(6) ?? null,
      currency: record.currency?.toUpperCase() ?? '',
      version: 0,
      is_deleted: 0,
    });
  }

  #invitation(item: Of<'invitation'>, { seq, source, receivedAt }: PreparedEntry, outcome: Outcome): void {
    const { record } = item;
    if (outcome !== 'counted') this.changedInvitations.add(item.key);
    this.#invitations.push({
      record: item.key,
      fingerprint: item.fingerprint,
      observed_at: toMillis(record.observed_at) ?? receivedAt,
      source,
      person: this.#people.identify(item.person, seq),
      invited_at: Date.parse(record.invited_at),
      activated_at: toMillis(record.activated_at),
      campaign: record.campaign ?? '',
    });
  }

  #person(item: Of<'person'>, { seq, receivedAt }: PreparedEntry, outcome: Outcome): void {
    const { record } = item;
    const person = this.#people.identify(item.person, seq);
    if (person === 0) return;
    if (outcome !== 'counted') this.changedPersons.add(item.key);
    this.#people.changes.touched.add(person);
    const named = (kind: Identity['kind']) => item.person.find((identity) => identity.kind === kind)?.value ?? '';
    this.statements.push({
      record: item.key,
      fingerprint: item.fingerprint,
      person,
      kind: record.kind,
      registered_at: toMillis(record.registered_at),
      region: record.region ?? '',
      language: record.language ?? '',
      email: named('email'),
      phone: named('phone'),
      external_id: named('external_id'),
      attributes: JSON.stringify(record.attributes ?? {}),
      observed_at: toMillis(record.observed_at) ?? receivedAt,
      seq,
    });
  }

  /** Whoever acts on the platform is an account of it, whether or not a person record says so. */
  #account(identities: readonly Identity[], seq: number): number {
    const person = this.#people.identify(identities, seq);
    if (person === 0 || this.#accounts.get(person) || this.newAccounts.has(person)) return person;
    this.newAccounts.add(person);
    this.#people.changes.touched.add(person);
    this.statements.push({
      record: hashKey('account', String(person)),
      fingerprint: '0',
      person,
      kind: 'account',
      registered_at: null,
      region: '',
      language: '',
      email: '',
      phone: '',
      external_id: '',
      attributes: '{}',
      observed_at: 0,
      seq,
    });
    return person;
  }
}

const currencyOf = (record: MessageEvent): string => record.currency?.toUpperCase() ?? '';
