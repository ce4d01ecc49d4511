import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LedgerRow } from '../../src/contract/api.ts';
import type { RecordKind } from '../../src/contract/record.ts';
import { accountRecord } from '../../src/projector/batch.ts';
import { checkLedger } from '../../src/projector/check-ledger.ts';
import { checksumFacts } from '../../src/projector/checksum-facts.ts';
import { loadLedger } from '../../src/projector/ledger.ts';
import { loadProgress } from '../../src/projector/progress.ts';
import { type RebuildOptions, rebuild } from '../../src/projector/rebuild.ts';
import { listUserTables } from '../../src/projector/user-tables.ts';
import { identifier, sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { temporaryFolder } from './engine.ts';

/**
 * The promise of RELIABILITY P4 and P6, asserted at the end of a fault test. Everything is added up here in TypeScript from single
 * rows, in another way than the projector, its own check and the ledger of the API do it.
 */

interface Receipt extends Place {
  key: string;
  source: string;
  day: string;
  fingerprint: string;
  kind: RecordKind | '';
  outcome: 'counted' | 'duplicate' | 'quarantined' | 'expired' | 'erased';
  versioned: 0 | 1;
}

interface VersionRow extends Place {
  record: string;
  kind: RecordKind;
  table_name: string;
  person: number;
  deleted: 0 | 1;
  order: [number, number, number, number, number];
}

interface Place {
  seq: number;
  item: number;
}

export interface ExactLedger {
  ledger: LedgerRow[];
  /** Sums over all sources and days. */
  total: Omit<LedgerRow, 'source' | 'day'>;
  /** Rows of facts: message_event, activity, invitation, person, and `row` over all tables that people brought. */
  facts: Record<'message_event' | 'activity' | 'invitation' | 'person' | 'row', number>;
  /** Records of webinars that stand, of whatever kind. */
  ofWebinars: number;
  /** Counted states that a newer one has replaced, and counted ends of records. */
  older: number;
  deletions: number;
}

/**
 * Asserts, when everything is projected: received = counted + duplicate + quarantined + expired + erased per source and day; the
 * ledger of the API is that of the receipts; what was counted are the facts, older states and ends of records, and nothing else;
 * what is quarantined is kept.
 * @param options.durableSeq where it is given, everything up to it must be projected
 * @param options.api rows of `GET /api/v1/ledger`
 */
export async function expectExactLedger(
  warehouse: Warehouse,
  { durableSeq, api }: { durableSeq?: number; api?: readonly LedgerRow[] } = {},
): Promise<ExactLedger> {
  expect(await checkLedger(warehouse, { durableSeq })).toEqual([]);
  if (durableSeq !== undefined) expect((await loadProgress(warehouse)).seq).toBe(durableSeq);

  const receipts = await rows<Receipt>(
    warehouse,
    sql`SELECT toString(key) AS key, seq, item, source, toString(day) AS day, toString(fingerprint) AS fingerprint, kind, outcome, versioned
FROM turnout.receipts FINAL`,
  );
  expect(new Set(receipts.map(placeOf)).size).toBe(receipts.length);
  const ledger = ledgerOf(receipts);
  for (const row of ledger)
    expect(row.counted + row.duplicate + row.quarantined + row.expired + row.erased).toBe(row.received);
  expect(await loadLedger(warehouse)).toEqual(ledger);
  if (api !== undefined) expect(api).toEqual(ledger);
  await expectEntriesReceived(warehouse, ledger);
  await expectQuarantineKept(warehouse, receipts);
  return { ledger, total: totalOf(ledger), ...(await expectFactsCounted(warehouse, receipts)) };
}

/** Projects the journal once more beside the warehouse, into an empty one, and asserts the same facts and the same ledger (P6). */
export async function expectRebuildEqual(
  warehouse: Warehouse,
  journalFolder: string,
  rules: Omit<RebuildOptions, 'dataFolder' | 'now'>,
): Promise<void> {
  const { folder, remove } = temporaryFolder();
  try {
    cpSync(journalFolder, join(folder, 'journal'), { recursive: true });
    const { after } = await rebuild({ ...rules, dataFolder: folder, now: Date.now });
    const live = { ledger: await loadLedger(warehouse), facts: await checksumFacts(warehouse) };
    expect({ ledger: after.ledger, facts: after.facts }).toEqual(live);
  } finally {
    remove();
  }
}

async function rows<Row>(warehouse: Warehouse, statement: ReturnType<typeof sql>): Promise<Row[]> {
  return (await warehouse.query<Row>(renderSql(statement))).rows;
}

const placeOf = ({ seq, item }: Place): string => `${seq}.${item}`;

function ledgerOf(receipts: readonly Receipt[]): LedgerRow[] {
  const byDay = Map.groupBy(receipts, ({ source, day }) => `${day} ${source}`);
  return [...byDay]
    .map(([name, some]): LedgerRow => {
      const count = (outcome: Receipt['outcome']) => some.filter((one) => one.outcome === outcome).length;
      const [day = '', source = ''] = name.split(' ');
      return {
        source,
        day,
        received: some.length,
        counted: count('counted'),
        duplicate: count('duplicate'),
        quarantined: count('quarantined'),
        expired: count('expired'),
        erased: count('erased'),
      };
    })
    .sort((a, b) => (a.day === b.day ? (a.source < b.source ? -1 : 1) : a.day < b.day ? 1 : -1));
}

function totalOf(ledger: readonly LedgerRow[]): ExactLedger['total'] {
  const sum = (column: keyof ExactLedger['total']) => ledger.reduce((total, row) => total + row[column], 0);
  return {
    received: sum('received'),
    counted: sum('counted'),
    duplicate: sum('duplicate'),
    quarantined: sum('quarantined'),
    expired: sum('expired'),
    erased: sum('erased'),
  };
}

/** Every record of every entry has a receipt, and none has one that no entry holds. */
async function expectEntriesReceived(warehouse: Warehouse, ledger: readonly LedgerRow[]): Promise<void> {
  const entries = await rows<{ source: string; day: string; records: number }>(
    warehouse,
    sql`SELECT source, toString(day) AS day, records FROM turnout.entries FINAL`,
  );
  const received = new Map<string, number>();
  for (const { source, day, records } of entries)
    if (records > 0) received.set(`${day} ${source}`, (received.get(`${day} ${source}`) ?? 0) + records);
  expect(received).toEqual(new Map(ledger.map(({ day, source, received: count }) => [`${day} ${source}`, count])));
}

async function expectQuarantineKept(warehouse: Warehouse, receipts: readonly Receipt[]): Promise<void> {
  const waiting = await rows<Place>(warehouse, sql`SELECT seq, item FROM turnout.quarantine FINAL WHERE settled = 0`);
  const refused = receipts.filter(({ outcome }) => outcome === 'quarantined');
  expect(waiting.map(placeOf).sort()).toEqual(refused.map(placeOf).sort());
}

async function expectFactsCounted(
  warehouse: Warehouse,
  receipts: readonly Receipt[],
): Promise<Pick<ExactLedger, 'facts' | 'ofWebinars' | 'older' | 'deletions'>> {
  const counted = receipts.filter(({ outcome }) => outcome === 'counted');
  const events = counted.filter(({ versioned }) => versioned === 0);
  const versions = await rows<VersionRow>(
    warehouse,
    sql`SELECT toString(record) AS record, seq, item, kind, table_name, person, deleted,
  [since_seq, since_item, toUnixTimestamp64Milli(observed_at), seq, item] AS order FROM turnout.record_versions FINAL WHERE erased = 0`,
  );
  const heads = [...Map.groupBy(versions, ({ record }) => record).values()].map((some) => some.reduce(newer));
  const standing = heads.filter(({ deleted }) => deleted === 0);

  // Every counted state is the one that stands, an older one, or the record's end.
  const places = new Map(versions.map((version) => [placeOf(version), version]));
  const standingPlaces = new Set(standing.map(placeOf));
  const states = counted.filter(({ versioned }) => versioned === 1);
  let [older, deletions] = [0, 0];
  for (const receipt of states) {
    const version = places.get(placeOf(receipt));
    expect(version?.record).toBe(receipt.key);
    if (version?.deleted === 1) deletions += 1;
    else if (!standingPlaces.has(placeOf(receipt))) older += 1;
  }
  // A state that was known already may stand again: its receipt is a duplicate.
  const again = standing.length - (states.length - older - deletions);
  const duplicates = new Set(receipts.filter(({ outcome }) => outcome === 'duplicate').map(placeOf));
  expect(standing.filter((head) => duplicates.has(placeOf(head))).length).toBe(again);

  const keysOf = (kind: RecordKind) =>
    [
      ...new Set(events.flatMap((receipt) => (receipt.kind === kind ? [receipt.key] : []))),
      ...standing.flatMap((head) => (head.kind === kind ? [head.record] : [])),
    ].sort();
  const messageEvents = await rows<{ key: string; message: string }>(
    warehouse,
    sql`SELECT toString(event) AS key, toString(message) AS message FROM turnout.message_events FINAL`,
  );
  expect(messageEvents.map(({ key }) => key).sort()).toEqual(keysOf('message_event'));
  expect(await keysIn(warehouse, 'messages', 'message')).toEqual(
    [...new Set(messageEvents.map(({ message }) => message))].sort(),
  );
  expect(await keysIn(warehouse, 'activities', 'activity')).toEqual(keysOf('activity'));
  expect(await keysIn(warehouse, 'invitations', 'invitation')).toEqual(keysOf('invitation'));
  let ofWebinars = 0;
  for (const [kind, table] of WEBINAR_TABLES) {
    const wanted = keysOf(kind);
    expect(await keysIn(warehouse, table, 'record')).toEqual(wanted);
    ofWebinars += wanted.length;
  }
  await expectTimeStayed(warehouse);
  const persons = await expectPersonsStated(warehouse, events, standing);
  const tableRows = await expectTablesHold(warehouse, standing);
  return {
    facts: {
      message_event: messageEvents.length,
      activity: keysOf('activity').length,
      invitation: keysOf('invitation').length,
      person: persons,
      row: tableRows,
    },
    ofWebinars,
    older,
    deletions,
  };
}

const WEBINAR_TABLES: readonly (readonly [RecordKind, string])[] = [
  ['webinar', 'webinar_records'],
  ['registration', 'registrations'],
  ['attendance', 'attendances'],
  ['recording_view', 'recording_views'],
];

/** The time that is counted of each person in a webinar is that of the stays, and each webinar that is known has its own row. */
async function expectTimeStayed(warehouse: Warehouse): Promise<void> {
  const parts = await rows<{ id: string; webinar: string; person: number; seconds: number }>(
    warehouse,
    sql`SELECT toString(participation) AS id, webinar, person, seconds FROM turnout.participations FINAL`,
  );
  const stays = await rows<{ id: string; from: number; to: number; seconds: number }>(
    warehouse,
    sql`SELECT toString(participation) AS id, toUnixTimestamp64Milli(joined_at) AS from, toUnixTimestamp64Milli(left_at) AS to, seconds
FROM turnout.stays FINAL`,
  );
  const stayed = new Map<string, number>();
  for (const { id, from, to, seconds } of stays) {
    expect(seconds * 1000).toBeCloseTo(to - from, 6);
    stayed.set(id, (stayed.get(id) ?? 0) + to - from);
  }
  const counted = parts.filter(({ seconds }) => seconds > 0).map(({ id, seconds }) => [id, Math.round(seconds * 1000)]);
  expect(new Map(counted as [string, number][])).toEqual(stayed);
  const known = await rows<{ webinar: string }>(
    warehouse,
    sql`SELECT DISTINCT webinar FROM turnout.webinar_records FINAL`,
  );
  const webinars = new Set(parts.filter(({ person }) => person === 0).map(({ webinar }) => webinar));
  expect(known.filter(({ webinar }) => !webinars.has(webinar))).toEqual([]);
  expect(parts.filter(({ webinar }) => !webinars.has(webinar))).toEqual([]);
}

async function keysIn(warehouse: Warehouse, table: string, column: string): Promise<string[]> {
  const found = await rows<{ key: string }>(
    warehouse,
    sql`SELECT toString(${identifier(column)}) AS key FROM turnout.${identifier(table)} FINAL`,
  );
  return found.map(({ key }) => key).sort();
}

/** Every statement about a person that was counted is kept: all of sources that send, the newest of those that are read. */
async function expectPersonsStated(
  warehouse: Warehouse,
  events: readonly Receipt[],
  standing: readonly VersionRow[],
): Promise<number> {
  const statements = await rows<{ record: string; fingerprint: string; person: number }>(
    warehouse,
    sql`SELECT toString(record) AS record, toString(fingerprint) AS fingerprint, person FROM turnout.person_records FINAL`,
  );
  const said = statements.filter(({ record, person }) => record !== accountRecord(person));
  const sent = events.filter(({ kind }) => kind === 'person').map(({ key, fingerprint }) => `${key} ${fingerprint}`);
  const read = standing.filter(({ kind, person }) => kind === 'person' && person !== 0);
  expect(said.map(({ record, fingerprint }) => `${record} ${fingerprint}`).sort()).toEqual(
    [...new Set(sent), ...read.map(({ record }) => `${record} 0`)].sort(),
  );
  return said.length;
}

/** Tables that people brought hold the rows that stand; rows of tables that nobody has declared wait in the versions. */
async function expectTablesHold(warehouse: Warehouse, standing: readonly VersionRow[]): Promise<number> {
  let total = 0;
  for (const table of await listUserTables(warehouse)) {
    const wanted = standing.filter(({ kind, table_name }) => kind === 'row' && `table_${table_name}` === table);
    expect(await keysIn(warehouse, table, 'row')).toEqual(wanted.map(({ record }) => record).sort());
    total += wanted.length;
  }
  return total;
}

function newer(a: VersionRow, b: VersionRow): VersionRow {
  const difference = a.order.map((part, index) => part - (b.order[index] ?? 0)).find((part) => part !== 0) ?? 0;
  return difference >= 0 ? a : b;
}
