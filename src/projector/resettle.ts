import type { CanonicalRecord, RecordKind } from '../contract/record.ts';
import type { Key } from './hash.ts';
import { NOT_FOUND } from './refresh.ts';
import type { TableRow } from './rows.ts';
import { type Standing, settleArrival } from './version-rules.ts';
import { type Revision, type Version, versionRow } from './versions.ts';

export type StoredReceipt = TableRow<'receipts'>;
export type StoredVersion = TableRow<'record_versions'>;

/** Everything that is known of a record before an order. */
export interface RecordHistory {
  receipts: readonly StoredReceipt[];
  versions: readonly StoredVersion[];
  /** Receipt time of an entry, UTC milliseconds. */
  receivedAt: (seq: number) => number;
}

export interface Resettled {
  /** Undefined where the record's state stays as it is. */
  revision: Revision | undefined;
  /** Rows to be written again. */
  receipts: StoredReceipt[];
  versions: StoredVersion[];
}

interface Step {
  seq: number;
  item: number;
  receipt: StoredReceipt | undefined;
}

const number = (cell: string | number | null): number => Number(cell);
const inOrder = (a: { seq: number; item: number }, b: { seq: number; item: number }): number =>
  a.seq - b.seq || a.item - b.item;

/**
 * Goes through the receipts of a record again, as if those in the range had never come. Pure; what an attempt that was not
 * finished has left makes no difference.
 * @param order sequence number of the order's own entry
 */
export function resettle(
  key: Key,
  history: RecordHistory,
  range: { first: number; last: number },
  order: number,
): Resettled {
  const inRange = (seq: number) => seq >= range.first && seq <= range.last;
  const stands = (version: StoredVersion) => number(version.erased) === 0 || number(version.erased) === order;
  const before = headOf(history.versions.filter(stands));

  // What came in the range and was tried again later is of it too.
  const ofRange = ({ seq, origin_seq }: StoredReceipt) => inRange(number(seq)) || inRange(number(origin_seq));
  const receipted = history.receipts.filter(({ versioned }) => versioned === 1);
  const erased = receipted.filter(ofRange);
  const left = receipted.filter((receipt) => receipt.outcome !== 'erased' && !ofRange(receipt));
  const ends = history.versions.filter(
    (version) => String(version.fingerprint) === NOT_FOUND && stands(version) && !inRange(number(version.seq)),
  );
  const steps: Step[] = [
    ...left.map((receipt) => ({ seq: number(receipt.seq), item: number(receipt.item), receipt })),
    ...ends.map(({ seq, item }) => ({ seq: number(seq), item: number(item), receipt: undefined })),
  ].sort(inOrder);

  const receipts: StoredReceipt[] = erased.flatMap((receipt) =>
    receipt.outcome === 'erased' ? [] : [{ ...receipt, outcome: 'erased', reason: 'undone' }],
  );
  const saying = new Map(history.versions.map((version) => [String(version.fingerprint), version]));
  const kept = new Map<string, Version>();
  const known = new Set<Key>();
  let head: Version | undefined;
  for (const { seq, item, receipt } of steps) {
    if (receipt === undefined) {
      if (head === undefined || head.deleted) continue;
      const end = saying.get(NOT_FOUND);
      if (end === undefined) continue;
      head = { ...versionOf(end, endOf(seq, item)), received_at: history.receivedAt(seq) };
      kept.set(placeOf(head), head);
      continue;
    }
    const { outcome, version, wins } = settleArrival(head, known, {
      kind: receipt.kind as RecordKind,
      fingerprint: String(receipt.fingerprint),
      deleted: receipt.kind === 'deletion',
      observedAt: number(receipt.observed_at),
      observed: receipt.observed === 1,
      seq,
      item,
    });
    known.add(String(receipt.fingerprint));
    if (outcome !== receipt.outcome) receipts.push({ ...receipt, outcome });
    if (version === undefined) continue;
    const said = saying.get(version.fingerprint);
    if (said === undefined) throw new Error('a version is not kept');
    const again = { ...versionOf(said, version), received_at: history.receivedAt(seq) };
    kept.set(placeOf(again), again);
    if (wins) head = again;
  }

  return {
    revision: revise(key, before, head, order),
    receipts,
    versions: rewritten(key, history.versions, kept, order),
  };
}

function revise(key: Key, before: Version | undefined, now: Version | undefined, order: number): Revision | undefined {
  const same = before === undefined ? now === undefined : now !== undefined && placeOf(before) === placeOf(now);
  return same ? undefined : { key, before, versions: [], now, cause: order };
}

/** Rows of versions that do not stand as they should. */
function rewritten(
  key: Key,
  stored: readonly StoredVersion[],
  kept: ReadonlyMap<string, Version>,
  order: number,
): StoredVersion[] {
  const present = new Map(
    stored
      .filter(({ erased }) => number(erased) === 0)
      .map((row) => [placeOf({ seq: number(row.seq), item: number(row.item) }), row]),
  );
  const gone = [...present].flatMap(([place, row]) =>
    kept.has(place) ? [] : [{ ...row, erased: order, version: order }],
  );
  const others = [...kept].flatMap(([place, version]) => {
    const row = present.get(place);
    const same =
      row !== undefined && number(row.since_seq) === version.since_seq && number(row.since_item) === version.since_item;
    return same ? [] : [versionRow(key, version, order)];
  });
  return [...gone, ...others];
}

const placeOf = ({ seq, item }: { seq: number; item: number }): string => `${seq}.${item}`;

const endOf = (seq: number, item: number): Standing => ({
  kind: 'deletion',
  fingerprint: NOT_FOUND,
  deleted: true,
  observed_at: 0,
  seq,
  item,
  since_seq: seq,
  since_item: item,
});

function versionOf(row: StoredVersion, standing: Standing): Version {
  const content = String(row.content);
  return {
    ...standing,
    stream: String(row.stream),
    table: String(row.table_name),
    webinar: String(row.webinar),
    message: String(row.message),
    at: number(row.at),
    person: number(row.person),
    account: number(row.account),
    person_phone: number(row.person_phone),
    person_external: number(row.person_external),
    source: String(row.source),
    received_at: number(row.received_at),
    record: content === '' ? undefined : (JSON.parse(content) as CanonicalRecord),
    content,
  };
}

/** The newest of versions; the same order as the engine's. */
function headOf(rows: readonly StoredVersion[]): Version | undefined {
  const versions = rows.map((row) => ({ row, standing: standingOf(row) }));
  versions.sort(
    ({ standing: a }, { standing: b }) =>
      a.since_seq - b.since_seq || a.since_item - b.since_item || a.observed_at - b.observed_at || inOrder(a, b),
  );
  const newest = versions.at(-1);
  return newest === undefined ? undefined : versionOf(newest.row, newest.standing);
}

const standingOf = (row: StoredVersion): Standing => ({
  kind: row.kind as RecordKind,
  fingerprint: String(row.fingerprint),
  deleted: row.deleted === 1,
  observed_at: number(row.observed_at),
  seq: number(row.seq),
  item: number(row.item),
  since_seq: number(row.since_seq),
  since_item: number(row.since_item),
});
