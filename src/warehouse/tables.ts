import { type Column, FACT_TABLES, type FactTable } from '../contract/facts.ts';

/** The engine's database; every table of Turnout stands in it. */
export const DATABASE = 'turnout';
/** Where a cluster's shards keep their own rows, under the same names. */
export const LOCAL_DATABASE = 'turnout_local';

/**
 * A column of the warehouse: the contract's types, a few that only the projector's own tables need, and those of roll-ups: `second` =
 * an instant to the second, `total` = a sum of decimals, `bitmap` = a set of people.
 */
export interface StoredColumn {
  type: Column['type'] | 'version' | 'count' | 'date' | 'second' | 'total' | 'bitmap';
  nullable?: true;
  /** Filled by the engine: how many people the bitmap in this column holds. */
  sizeOf?: string;
}

export interface StoredTable {
  columns: Readonly<Record<string, StoredColumn>>;
  /** Sorting key, which is what makes two rows the same row. */
  orderBy: readonly string[];
  /** Expressions of the sorting key that are not plain columns stand in `schema.ts`. */
  partitionByMonthOf?: string;
  /** Column by which the newest of equal rows wins; without it the last inserted wins. */
  version?: string;
  /** Rows with `is_deleted = 1` vanish under FINAL. */
  deletable?: true;
  /**
   * Column of the sorting key by whose hash rows are spread over a cluster's shards; its first plain column where absent. A row's
   * value never changes: versions of one row must meet on one shard.
   */
  shardBy?: string;
  /** Rows per mark; small where single keys are looked up. */
  granularity?: number;
  /** Least bytes that are compressed together, 65,536 where absent; small where single keys are looked up: each costs a block of every column. */
  blockBytes?: number;
  /** Columns whose lowest and highest value are kept per mark, so that few rows are read to find what is new or of a period. */
  minmaxOf?: readonly string[];
}

/** The hour of a touch that tells no hour: anything of the table may have changed. */
export const EVERY_HOUR = 0xffffffff;

/** 256 keys. */
const LOOKED_UP_BYTES = 2048;

const key: StoredColumn = { type: 'key' };
const person: StoredColumn = { type: 'person' };
const count: StoredColumn = { type: 'count' };
const category: StoredColumn = { type: 'category' };
const string: StoredColumn = { type: 'string' };
const flag: StoredColumn = { type: 'flag' };
const instant: StoredColumn = { type: 'instant' };
const version: StoredColumn = { type: 'version' };
const date: StoredColumn = { type: 'date' };

const fact = <Name extends FactTable>(name: Name) => ({
  ...FACT_TABLES[name],
  version,
  is_deleted: flag,
});

/** Whom a record of a webinar names: a number for each address of its own, 0 where there is none, and the service's own id. */
const named = { person_email: person, person_phone: person, person_external: person, registrant_id: string } as const;

/** Every table that the projector writes; the first six are the fact tables that the model reads. */
export const TABLES = {
  messages: {
    columns: fact('messages'),
    orderBy: ['hour(at)', 'message', 'at'],
    minmaxOf: ['version'],
    partitionByMonthOf: 'at',
    version: 'version',
    deletable: true,
  },
  people: { columns: fact('people'), orderBy: ['person'], version: 'version', deletable: true, granularity: 1024 },
  invitations: {
    // The newest version wins, so it must be known which one stands there.
    columns: { ...fact('invitations'), observed_at: instant, fingerprint: key },
    orderBy: ['invitation'],
    version: 'version',
    deletable: true,
  },
  activities: { columns: fact('activities'), orderBy: ['activity'], version: 'version', deletable: true },
  participations: {
    /** `digest`: hash of what the row says, so that only rows that change are written. `version` counts the writes. */
    columns: { ...fact('participations'), digest: key },
    orderBy: ['webinar', 'person'],
    // Rows of a webinar lie together and are of one time.
    minmaxOf: ['starts_at', 'registered_at'],
    granularity: 256,
    version: 'version',
    deletable: true,
  },
  stays: { columns: fact('stays'), orderBy: ['webinar', 'person', 'stay'], version: 'version', deletable: true },
  /** What sources say of webinars, one row per record as it stands; `participations` and `stays` are made from this and the next three. */
  webinar_records: {
    columns: {
      webinar: category,
      record: key,
      source: category,
      title: category,
      series: category,
      course: category,
      language: category,
      region: category,
      format: category,
      status: category,
      host: category,
      starts_at: instant,
      duration_minutes: { type: 'decimal', nullable: true },
      observed_at: instant,
      version,
      is_deleted: flag,
    },
    orderBy: ['webinar', 'record'],
    version: 'version',
    deletable: true,
    granularity: 256,
  },
  registrations: {
    columns: {
      webinar: category,
      record: key,
      source: category,
      ...named,
      registered_at: instant,
      cancelled_at: { type: 'instant', nullable: true },
      utm_source: category,
      utm_medium: category,
      utm_campaign: category,
      utm_content: category,
      utm_term: category,
      /** Host name. */
      referrer: category,
      version,
      is_deleted: flag,
    },
    orderBy: ['webinar', 'record'],
    version: 'version',
    deletable: true,
    granularity: 1024,
  },
  attendances: {
    columns: {
      webinar: category,
      record: key,
      source: category,
      ...named,
      joined_at: instant,
      left_at: { type: 'instant', nullable: true },
      seconds: { type: 'decimal', nullable: true },
      version,
      is_deleted: flag,
    },
    orderBy: ['webinar', 'record'],
    version: 'version',
    deletable: true,
    granularity: 1024,
  },
  recording_views: {
    columns: {
      webinar: category,
      record: key,
      source: category,
      ...named,
      viewed_at: instant,
      seconds: { type: 'decimal', nullable: true },
      version,
      is_deleted: flag,
    },
    orderBy: ['webinar', 'record'],
    version: 'version',
    deletable: true,
    granularity: 1024,
  },
  /** Every event known of every message; `event` is the hash of source and key. */
  message_events: {
    columns: {
      message: key,
      event: key,
      seq: version,
      source: category,
      channel: category,
      status: category,
      at: instant,
      at_receipt: flag,
      account: person,
      recipient: person,
      category,
      campaign: category,
      failure_reason: category,
      country: category,
      permanent: flag,
      automated: flag,
      billable: { type: 'flag', nullable: true },
      charge: { type: 'decimal', nullable: true },
      currency: category,
      seconds: { type: 'integer' },
      digits: string,
      version,
      is_deleted: flag,
    },
    orderBy: ['message', 'event'],
    version: 'version',
    deletable: true,
    granularity: 256,
    blockBytes: LOOKED_UP_BYTES,
  },
  /** Every version of every record about a person, with the number that the person had then; `people` is its merge. */
  person_records: {
    columns: {
      record: key,
      person,
      kind: category,
      registered_at: { type: 'instant', nullable: true },
      region: category,
      language: category,
      email: string,
      phone: string,
      external_id: string,
      attributes: { type: 'json' },
      observed_at: instant,
      fingerprint: key,
      seq: version,
      version,
      is_deleted: flag,
    },
    orderBy: ['record', 'fingerprint'],
    version: 'version',
    deletable: true,
    granularity: 256,
    blockBytes: LOOKED_UP_BYTES,
  },
  /** The number under which an e-mail address, phone number or external id was first named; `version` is that entry. */
  identities: {
    columns: {
      kind: category,
      value: string,
      person,
      /** First named by a source that is read again and again: who is known by nothing else goes with its records. */
      revisable: flag,
      version,
      is_deleted: flag,
    },
    orderBy: ['kind', 'value'],
    shardBy: 'value',
    version: 'version',
    deletable: true,
    granularity: 256,
    blockBytes: LOOKED_UP_BYTES,
  },
  /** Which number a number has become: people who turned out to be one. */
  person_roots: {
    columns: { person, root: person, seq: version },
    orderBy: ['person', 'seq'],
    granularity: 256,
  },
  /** One row per record received: the ledger. `outcome`: counted, duplicate, quarantined, expired, erased. */
  receipts: {
    columns: {
      key,
      seq: version,
      item: count,
      source: category,
      day: date,
      fingerprint: key,
      kind: category,
      outcome: category,
      reason: category,
      /** Its record is kept in `record_versions`; `observed_at` is then when it was seen, `observed` whether the source said so. */
      versioned: flag,
      observed: flag,
      observed_at: instant,
      /** The entry that it first came with, where it was tried again; 0 otherwise. */
      origin_seq: version,
    },
    orderBy: ['key', 'seq', 'item'],
    granularity: 256,
    blockBytes: LOOKED_UP_BYTES,
  },
  /** Every state of every record that can change or go, and when it went: facts are the newest of them that still stand. */
  record_versions: {
    columns: {
      /** The receipt's key. */
      record: key,
      seq: version,
      item: count,
      source: category,
      stream: category,
      kind: category,
      /** Of rows: the table they are for. */
      table_name: category,
      /** Of what belongs to a webinar: its id. */
      webinar: category,
      /** Of message events: the message. */
      message: key,
      /** Of message events. */
      at: instant,
      /**
       * Whom it is about, and a message's account, by the numbers they had then. Of what belongs to a webinar: who has its e-mail
       * address (`person`), its phone number and its external id, who may be three.
       */
      person,
      account: person,
      person_phone: person,
      person_external: person,
      received_at: instant,
      observed_at: instant,
      /** Versions are compared only with those since the record last came into being. */
      since_seq: version,
      since_item: count,
      fingerprint: key,
      /** The record went. */
      deleted: flag,
      /** The canonical record, JSON. */
      content: string,
      /** Sequence number of the order that took this version back; 0 while it stands. */
      erased: version,
      version,
    },
    orderBy: ['record', 'seq', 'item'],
    version: 'version',
    granularity: 256,
    blockBytes: LOOKED_UP_BYTES,
  },
  /** What could not be counted, as it came (cut at 64 KB). */
  quarantine: {
    columns: {
      seq: version,
      item: count,
      key,
      source: category,
      day: date,
      received_at: instant,
      rule: category,
      reason: category,
      raw: string,
      /** Where it came from, if it was tried again and failed again; 0 where it is the place itself. */
      origin_seq: version,
      origin_item: count,
      /** Sequence number of the order that settled it; 0 while it waits. */
      settled: version,
    },
    orderBy: ['seq', 'item'],
  },
  /** One row per journal entry. */
  entries: {
    columns: {
      seq: version,
      source: category,
      day: date,
      received_at: instant,
      records: count,
      bytes: count,
      /** The order that it holds; '' for what a source sent. */
      control: category,
    },
    orderBy: ['seq'],
  },
  /** Where the lines of a file of history went: records by order (`seq`), outcome and reason; what `receipts` are to other entries. */
  loads: {
    columns: {
      seq: version,
      source: category,
      day: date,
      kind: category,
      outcome: category,
      /** The rule by which lines were quarantined; '' for others. */
      reason: category,
      records: count,
    },
    orderBy: ['seq', 'outcome', 'reason'],
  },
  /** Messages that came so, with the hash of what was said of them: by it each counts once. They have no events and no receipts. */
  loaded_messages: {
    columns: { message: key, fingerprint: key, seq: version },
    orderBy: ['message', 'seq'],
  },
  /**
   * The newest entry that changed rows of an hour (since 1970, below 0 before), by table and time column; see `TableChange`. A row
   * without a column says that rows of the table changed: with `EVERY_HOUR` any of them.
   */
  touches: {
    columns: { table_name: category, column_name: category, hour: { type: 'integer' }, seq: version },
    orderBy: ['table_name', 'column_name', 'hour'],
    version: 'seq',
    granularity: 1024,
  },
  /** How far each roll-up is kept; `definition` is the hash of what it was declared as, `built_from` UTC milliseconds. */
  rollup_progress: {
    columns: { name: category, definition: string, built_from: { type: 'integer' }, seq: version, version },
    orderBy: ['name'],
    version: 'version',
    granularity: 256,
  },
  /** How far the projector is: last sequence number done, next numbers of people, hash of the settings the facts were made with. */
  progress: {
    columns: { name: category, seq: version, people: count, accounts: count, model: string },
    orderBy: ['name'],
    version: 'seq',
    granularity: 256,
  },
} as const satisfies Record<string, StoredTable>;

export type TableName = keyof typeof TABLES;

/** Names of a table's columns in the order of its definition, for inserts. */
export function columnsOf(table: TableName): string[] {
  return Object.keys(TABLES[table].columns);
}
