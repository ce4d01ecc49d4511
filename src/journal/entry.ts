/** What is written to the journal: one received request, pulled page or uploaded piece, as it came. */
export interface NewEntry {
  /** Name of the source. */
  source: string;
  /** UTC milliseconds. */
  receivedAt: number;
  /** Path and query string of the request; '' for pulled pages. */
  target: string;
  /** Allow-listed headers, lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

/** An entry with its place: sequence numbers start at 1, rise by one and are never used twice. */
export interface JournalEntry extends NewEntry {
  seq: number;
}

export interface Journal {
  /** Resolves with the sequence number once the entry is fsynced (group commit). Rejects with `TurnoutError('unavailable')` when it cannot be made durable: nothing was acknowledged. */
  append(entry: NewEntry): Promise<number>;
  /** Highest sequence number that is durable; 0 while empty. */
  readonly durableSeq: number;
  /** Called after each group commit. */
  onCommit(listener: (durableSeq: number) => void): () => void;
  /** Bytes, segments, and alarms such as a segment that was set aside. */
  status(): JournalStatus;
  close(): Promise<void>;
}

export interface JournalStatus {
  segments: number;
  bytes: number;
  durableSeq: number;
  freeBytes: number;
  accepting: boolean;
  alarms: { at: number; message: string }[];
}

export interface JournalReader {
  /** Entries with seq > `after` and ≤ `through`, in order, at most `limit` entries or about `maxBytes`. Skips what was set aside. */
  read(after: number, through: number, limit: number, maxBytes?: number): Promise<JournalEntry[]>;
  close(): Promise<void>;
}
