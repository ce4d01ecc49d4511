/**
 * The fact tables that the projector writes and the model reads: names, columns and types. The warehouse makes its DDL from
 * this list; a dataset in YAML may name these tables and columns and no others.
 */

/** `instant` = UTC milliseconds; `key` = 64-bit hash; `person` = dense 32-bit number; `flag` = 0/1. */
export type ColumnType = 'key' | 'person' | 'instant' | 'flag' | 'category' | 'string' | 'integer' | 'decimal' | 'json';

export interface Column {
  type: ColumnType;
  nullable?: true;
}

const category: Column = { type: 'category' };
const flag: Column = { type: 'flag' };
const maybeInstant: Column = { type: 'instant', nullable: true };

/** A `category` column is '' where nothing is known. */
export const FACT_TABLES = {
  /** One row per message: the merge of all its events. */
  messages: {
    message: { type: 'key' },
    source: category,
    channel: category,
    category: category,
    campaign: category,
    failure_reason: category,
    country: category,
    account: { type: 'person' },
    recipient: { type: 'person' },
    /** `sent_at`, or the earliest time known where no sent event is. Messages are counted here. */
    at: { type: 'instant' },
    queued_at: maybeInstant,
    sent_at: maybeInstant,
    delivered_at: maybeInstant,
    read_at: maybeInstant,
    opened_at: maybeInstant,
    clicked_at: maybeInstant,
    answered_at: maybeInstant,
    replied_at: maybeInstant,
    failed_at: maybeInstant,
    unsubscribed_at: maybeInstant,
    complained_at: maybeInstant,
    /** Final state after implication by the channel's ladder; success beats failure. A message is sent unless it is only queued. */
    sent: flag,
    delivered: flag,
    read: flag,
    opened: flag,
    clicked: flag,
    answered: flag,
    replied: flag,
    failed: flag,
    unsubscribed: flag,
    complained: flag,
    /** Any status that the channel declares as engagement. */
    engaged: flag,
    /** Every open known of this message was made by a machine. */
    automated: flag,
    /** Billable and priced above zero. */
    charged: flag,
    charge: { type: 'decimal' },
    currency: category,
    seconds: { type: 'integer' },
    digits: { type: 'string' },
  },
  people: {
    person: { type: 'person' },
    /** account or contact; account wins where both are known. */
    kind: category,
    registered_at: maybeInstant,
    region: category,
    language: category,
    email: { type: 'string' },
    phone: { type: 'string' },
    external_id: { type: 'string' },
    attributes: { type: 'json' },
  },
  invitations: {
    invitation: { type: 'key' },
    source: category,
    person: { type: 'person' },
    invited_at: { type: 'instant' },
    activated_at: maybeInstant,
    campaign: category,
  },
  activities: {
    activity: { type: 'key' },
    source: category,
    person: { type: 'person' },
    at: { type: 'instant' },
    feature: category,
    channel: category,
    category: category,
    amount: { type: 'decimal', nullable: true },
    currency: category,
  },
  /**
   * One row per webinar and person who registered, joined or watched the recording, with what is known of the webinar beside it; and
   * one row per webinar with `person` 0, so that a webinar counts before anybody has signed up.
   */
  participations: {
    participation: { type: 'key' },
    webinar: category,
    title: category,
    series: category,
    course: category,
    language: category,
    region: category,
    /** live or recorded. */
    format: category,
    /** scheduled, live, finished or cancelled. */
    status: category,
    host: category,
    /** Source that describes the webinar; '' where none does. */
    source: category,
    /** Where no source describes the webinar: the earliest join, else the latest registration. */
    starts_at: { type: 'instant' },
    ends_at: maybeInstant,
    /** 0 in the row of the webinar itself. */
    person: { type: 'person' },
    /** A registration that was not cancelled before the start. */
    registered: flag,
    /** The earliest such registration. */
    registered_at: maybeInstant,
    cancelled_at: maybeInstant,
    utm_source: category,
    utm_medium: category,
    utm_campaign: category,
    utm_content: category,
    utm_term: category,
    /** Host name. */
    referrer: category,
    /** By the rules of source_groups.yaml; '' where there is no registration. */
    source_group: category,
    /** There was a join, however short. */
    joined: flag,
    /** Time in the live room: joins merged as intervals, milliseconds exact. */
    seconds: { type: 'decimal' },
    joins: { type: 'integer' },
    first_joined_at: maybeInstant,
    last_left_at: maybeInstant,
    viewed_recording: flag,
    recording_viewed_at: maybeInstant,
    recording_seconds: { type: 'decimal' },
    /**
     * How the attendance (or else the view) was found to be of this registration: service_id, email, phone, external_id; `unmatched`
     * or `ambiguous` where it was not; '' where nobody came.
     */
    matched_by: category,
  },
  /** Merged intervals in the live room. */
  stays: {
    stay: { type: 'key' },
    participation: { type: 'key' },
    webinar: category,
    person: { type: 'person' },
    joined_at: { type: 'instant' },
    left_at: { type: 'instant' },
    seconds: { type: 'decimal' },
  },
} as const satisfies Record<string, Record<string, Column>>;

export type FactTable = keyof typeof FACT_TABLES;

/** Times whose changes the projector tells (`TableChange`), by fact table; tables that people brought: every instant. */
export const FACT_TIMES = {
  messages: ['at'],
  people: ['registered_at'],
  invitations: ['invited_at', 'activated_at'],
  activities: ['at'],
  participations: ['starts_at', 'registered_at'],
  stays: ['joined_at'],
} as const satisfies Record<FactTable, readonly string[]>;

/** The column that names a row: no two rows of a table have the same. */
export const ROW_KEYS = {
  messages: 'message',
  people: 'person',
  invitations: 'invitation',
  activities: 'activity',
  participations: 'participation',
  stays: 'stay',
} as const satisfies { [T in FactTable]: keyof (typeof FACT_TABLES)[T] };

/** Types of columns in a table that people brought. */
export const TABLE_COLUMN_TYPES = ['text', 'number', 'integer', 'boolean', 'date', 'time'] as const;
export type TableColumnType = (typeof TABLE_COLUMN_TYPES)[number];

/** A date is stored as the instant at which its local day begins. */
const STORED_AS: Record<TableColumnType, Column> = {
  text: { type: 'string' },
  number: { type: 'decimal', nullable: true },
  integer: { type: 'integer', nullable: true },
  boolean: { type: 'flag', nullable: true },
  date: { type: 'instant', nullable: true },
  time: { type: 'instant', nullable: true },
};

/** Name in the warehouse of a table that people brought; it can never be the name of a fact table. */
export const userTableName = (table: string): string => `table_${table}`;

/** Names that no column of such a table may have: Turnout's own beside them. */
export const RESERVED_TABLE_COLUMNS: readonly string[] = ['row', 'source', 'received_at', 'version', 'is_deleted'];

/**
 * Columns of a table that people brought, as they are stored: its own, then `row` (the row's key), `source` and `received_at`
 * (receipt time of the journal entry that brought the row as it stands now: the time of tables that have none).
 */
export function storedTableColumns(
  columns: readonly { name: string; type: TableColumnType }[],
): Record<string, Column> {
  return {
    ...Object.fromEntries(columns.map(({ name, type }) => [name, STORED_AS[type]])),
    row: { type: 'key' },
    source: category,
    received_at: { type: 'instant' },
  };
}
