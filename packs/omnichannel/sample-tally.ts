import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { PUSH_CONNECTORS } from '../../src/connectors/registry.ts';
import type { CanonicalRecord, MessageEvent, RecordOf } from '../../src/contract/record.ts';
import { sourceFile } from '../../src/contract/source.ts';
import { type Rate, rateFile } from '../../src/contract/workspace.ts';
import type { SampleEntry } from '../sample/entry.ts';

/** A slow and obvious count of the sample from its entries, for the test: no engine, no projector, no generator. */
export interface Tally {
  records: CanonicalRecord[];
  messages: TalliedMessage[];
  duplicates: number;
  conflicts: number;
  fromTheFuture: number;
  poison: string[];
}

export interface TalliedMessage {
  channel: string;
  category: string;
  account: string;
  /** UTC milliseconds: sent, or else the earliest time known. */
  at: number;
  statuses: Set<MessageEvent['status']>;
  failureReason: string;
  sent: boolean;
  delivered: boolean;
  failed: boolean;
  charge: number;
  automated: boolean;
}

const folder = new URL('../sample/', import.meta.url);
const readYaml = (path: string): unknown => parse(readFileSync(new URL(path, folder), 'utf8'));
const { sources } = sourceFile.parse(readYaml('sources/omnichannel.yaml'));
const { rates } = rateFile.parse(readYaml('rates/idr.yaml'));

export function tallySample(entries: Iterable<SampleEntry>): Tally {
  const tally: Tally = { records: [], messages: [], duplicates: 0, conflicts: 0, fromTheFuture: 0, poison: [] };
  const seen = new Map<string, string>();
  const events = new Map<string, MessageEvent[]>();
  let seq = 0;
  for (const entry of entries) {
    const source = sources.find((candidate) => candidate.name === entry.source);
    const connector = PUSH_CONNECTORS.get(source?.connector ?? '');
    if (source === undefined || connector === undefined) throw new Error(`no source ${entry.source}`);
    const context = { source: source.name, settings: {}, defaults: source.defaults };
    for (const item of connector.parse({ ...entry, seq: ++seq }, context)) {
      if (!item.ok) tally.poison.push(item.reason);
      else count(item.record, entry, tally, seen, events);
    }
  }
  /** Business numbers are identities of accounts. */
  const phones = new Map(accountsIn(tally.records).map((person) => [person.phone ?? '', person.external_id ?? '']));
  tally.messages = [...events.values()].map((life) => mergeMessage(life, phones));
  return tally;
}

function count(
  record: CanonicalRecord,
  entry: SampleEntry,
  tally: Tally,
  seen: Map<string, string>,
  events: Map<string, MessageEvent[]>,
): void {
  const key = `${entry.source} ${record.key}`;
  const content = contentOf(record);
  const earlier = seen.get(key);
  seen.set(key, content);
  if (earlier === content) {
    tally.duplicates++;
    return;
  }
  if (earlier !== undefined && (record.record === 'message_event' || record.record === 'activity')) {
    tally.conflicts++;
    return;
  }
  if ('at' in record && Date.parse(record.at) > entry.receivedAt + 86_400_000) {
    tally.fromTheFuture++;
    return;
  }
  tally.records.push(record);
  if (record.record !== 'message_event') return;
  const message = `${entry.source} ${record.message_id}`;
  const life = events.get(message);
  if (life === undefined) events.set(message, [record]);
  else life.push(record);
}

/** What a record says, without the times that only tell when we heard of it. */
function contentOf(record: CanonicalRecord): string {
  const receipt = record.record === 'message_event' && record.at_source === 'receipt';
  return JSON.stringify({ ...record, observed_at: '', ...(receipt ? { at: '' } : {}) });
}

export function accountsIn(records: CanonicalRecord[]): RecordOf<'person'>[] {
  return records.filter(
    (record): record is RecordOf<'person'> => record.record === 'person' && record.kind === 'account',
  );
}

function mergeMessage(life: MessageEvent[], accountPhones: Map<string, string>): TalliedMessage {
  const ordered = life.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const first = <K extends keyof MessageEvent>(field: K) =>
    ordered.find((event) => event[field] !== undefined)?.[field];
  const statuses = new Set(ordered.map((event) => event.status));
  const reached = ['delivered', 'read', 'opened', 'clicked', 'answered', 'replied'].some((status) =>
    statuses.has(status as MessageEvent['status']),
  );
  const permanent = ordered.some((event) => event.permanent === true);
  const failed = permanent || (statuses.has('failed') && !reached);
  const sent = [...statuses].some((status) => status !== 'queued');
  const account = first('account');
  const message: TalliedMessage = {
    channel: first('channel') ?? '',
    category: first('category') ?? '',
    account: account?.external_id ?? accountPhones.get(account?.phone ?? '') ?? '',
    at: Date.parse((ordered.find((event) => event.status === 'sent') ?? ordered[0])?.at ?? ''),
    statuses,
    failureReason: failed ? (first('failure_reason') ?? '') : '',
    sent,
    delivered: reached && !permanent,
    failed,
    charge: 0,
    automated: false,
  };
  const opens = ordered.filter((event) => event.status === 'opened');
  message.automated = opens.length > 0 && opens.every((event) => event.automated === true) && !statuses.has('clicked');
  const rate = rates.find((line) => isPriceOf(line, message));
  if (rate !== undefined && first('billable') !== false && isDue(rate, message)) message.charge = rate.price;
  return message;
}

function isPriceOf(line: Rate, message: TalliedMessage): boolean {
  const day = localText(message.at).slice(0, 10);
  return (
    line.channel === message.channel &&
    (line.category === undefined || line.category === message.category) &&
    line.valid_from <= day &&
    (line.valid_to === undefined || day < line.valid_to)
  );
}

function isDue(rate: Rate, message: TalliedMessage): boolean {
  if (rate.charged_at === 'sent') return message.sent;
  if (rate.charged_at === 'delivered') return message.delivered;
  return message.statuses.has(rate.charged_at) && !message.failed;
}

/** `2024-11-15T23:59:59.000Z`, but in the sample's local time (UTC+7 all year). */
export function localText(instant: number): string {
  return new Date(instant + 7 * 3_600_000).toISOString();
}
