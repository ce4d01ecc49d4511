import type { CanonicalRecord, RecordKind } from '../contract/record.ts';
import { sql, uint64 } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Key } from './hash.ts';
import type { Candidate } from './prepare.ts';
import type { TableRow } from './rows.ts';
import { keySet } from './sets.ts';
import { type Settlement, type Standing, settleArrival } from './version-rules.ts';

/** What is needed of a version to take its effect back. */
export interface Head extends Standing {
  stream: string;
  /** Of rows. */
  table: string;
  /** Of what belongs to a webinar: its id. */
  webinar: string;
  /** Of message events; '0' otherwise. */
  message: Key;
  /** UTC milliseconds, of message events. */
  at: number;
  /** Numbers that the people had then whom it names; 0 where there is none. */
  person: number;
  account: number;
  person_phone: number;
  person_external: number;
}

/** Where a version names people. */
export const NUMBERS = ['person', 'account', 'person_phone', 'person_external'] as const;

/** A version with what it says. */
export interface Version extends Head {
  source: string;
  /** UTC milliseconds. */
  received_at: number;
  /** Undefined of a record that went. */
  record: CanonicalRecord | undefined;
  /** `record` as JSON. */
  content: string;
}

/** A record that has another state than before. */
export interface Revision {
  key: Key;
  /** The state before. */
  before: Head | undefined;
  /** Every version that came since, in order. */
  versions: Version[];
  /** The state now; undefined where nothing of it is left. */
  now: Head | undefined;
  /** Sequence number of the entry by which it changed last. */
  cause: number;
}

/** Newest first. Engine and `settleArrival` agree on it. */
export const VERSION_ORDER: Fragment = sql`tuple(since_seq, since_item, observed_at, seq, item)`;
const HEAD_FIELDS: Fragment = sql`tuple(kind, toString(fingerprint), deleted, toUnixTimestamp64Milli(observed_at), seq, item, since_seq,
  since_item, stream, table_name, webinar, toString(message), toUnixTimestamp64Milli(at), person, account, person_phone,
  person_external)`;
type HeadCells = [
  RecordKind,
  Key,
  number,
  number,
  number,
  number,
  number,
  number,
  string,
  string,
  string,
  Key,
  number,
  number,
  number,
  number,
  number,
];

export interface KnownRecord {
  head: Head;
  /** Fingerprints of all its versions. */
  fingerprints: Set<Key>;
}

/**
 * Records with their newest version that stands and was there after entry `through`.
 * @param condition of rows of `record_versions`
 */
export async function loadHeads(
  warehouse: Warehouse,
  { condition, through }: { condition: Fragment; through: number },
): Promise<Map<Key, KnownRecord>> {
  const { rows } = await warehouse.query<{ id: Key; known: Key[]; head: HeadCells }>(
    renderSql(sql`SELECT toString(record) AS id, groupUniqArray(toString(fingerprint)) AS known,
  argMax(${HEAD_FIELDS}, ${VERSION_ORDER}) AS head
FROM (SELECT * FROM ${tableName('record_versions')} FINAL PREWHERE ${condition} WHERE seq <= ${uint64(BigInt(through))})
WHERE erased = 0
GROUP BY record`),
    { timeoutMs: 300_000 },
  );
  return new Map(rows.map(({ id, known, head }) => [id, { head: readHead(head), fingerprints: new Set(known) }]));
}

function readHead(cells: HeadCells): Head {
  const [kind, fingerprint, deleted, observed_at, seq, item, since_seq, since_item, ...rest] = cells;
  const [stream, table, webinar, message, at, person, account, person_phone, person_external] = rest;
  const standing = { kind, fingerprint, deleted: deleted === 1, observed_at, seq, item, since_seq, since_item };
  return { ...standing, stream, table, webinar, message, at, person, account, person_phone, person_external };
}

/** What is known of the records that a batch brings, and what becomes of them. */
export class Versions {
  readonly #known: Map<Key, KnownRecord>;
  readonly #revisions = new Map<Key, Revision>();

  private constructor(known: Map<Key, KnownRecord>) {
    this.#known = known;
  }

  static none(): Versions {
    return new Versions(new Map());
  }

  /** Versions up to and including a sequence number; later ones are left from a batch that was not finished. */
  static async load(warehouse: Warehouse, keys: ReadonlySet<Key>, through: number): Promise<Versions> {
    if (keys.size === 0) return new Versions(new Map());
    return new Versions(await loadHeads(warehouse, { condition: sql`record IN ${keySet(keys)}`, through }));
  }

  /** Decides; call it in the order of the journal, and `keep` with what it says is to be kept. */
  settle({ key, fingerprint, record, observedAt, observed, item }: Candidate, seq: number): Settlement {
    const known = this.#known.get(key);
    return settleArrival(known?.head, known?.fingerprints ?? NONE, {
      kind: record.record,
      fingerprint,
      deleted: record.record === 'deletion',
      observedAt,
      observed,
      seq,
      item,
    });
  }

  keep(key: Key, version: Version, wins: boolean): void {
    const known = this.#known.get(key);
    const revision = this.#revisions.get(key) ?? { key, before: known?.head, versions: [], now: known?.head, cause: 0 };
    revision.versions.push(version);
    revision.cause = version.seq;
    if (wins) revision.now = version;
    this.#revisions.set(key, revision);
    if (known === undefined) this.#known.set(key, { head: version, fingerprints: new Set([version.fingerprint]) });
    else {
      known.fingerprints.add(version.fingerprint);
      if (wins) known.head = version;
    }
  }

  /** Records of which anything was kept. */
  get revisions(): Revision[] {
    return [...this.#revisions.values()];
  }
}

const NONE: ReadonlySet<Key> = new Set();

/** The row of `record_versions`. @param written sequence number of the entry by which it is written */
export function versionRow(key: Key, version: Version, written: number): TableRow<'record_versions'> {
  const { table, record: _, deleted, ...fields } = version;
  return { ...fields, record: key, table_name: table, deleted: deleted ? 1 : 0, erased: 0, version: written };
}
