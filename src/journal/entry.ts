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

/** What is to become of old segments. Instants are UTC milliseconds of receipt. */
export interface Retention {
  /** Segments whose entries were all received before are packed. */
  compactBefore?: number;
  /** Segments whose entries were all received before, and are counted, are deleted. */
  deleteBefore?: number;
  /** Everything up to here is counted. */
  projectedSeq: number;
}

export interface Journal {
  /** Resolves with the sequence number once the entry is fsynced (group commit). Rejects with `TurnoutError('unavailable')` when it cannot be made durable: nothing was acknowledged. */
  append(entry: NewEntry): Promise<number>;
  /** Highest sequence number that is durable; 0 while empty. */
  readonly durableSeq: number;
  /** Called after each group commit. */
  onCommit(listener: (durableSeq: number) => void): () => void;
  /** Packs and deletes old segments; resolves when it is done or was stopped by the end. What goes wrong is an alarm. */
  retain(retention: Retention): Promise<void>;
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
  /** Segments that are packed, and their bytes before. */
  compacted: { segments: number; bytesBefore: number };
  /** Entries up to here were deleted; 0 while none was. */
  deletedThrough: number;
  alarms: { at: number; message: string }[];
}

export interface JournalReader {
  /** Entries with seq > `after` and ≤ `through`, in order, at most `limit` entries or about `maxBytes`. Skips what was set aside. */
  read(after: number, through: number, limit: number, maxBytes?: number): Promise<JournalEntry[]>;
  close(): Promise<void>;
}
