import { setImmediate as breathe } from 'node:timers/promises';
import type { JournalEntry, JournalReader } from '../journal/entry.ts';
import { EntryFailure, type PrepareContext, type PreparedEntry, prepareEntry } from './prepare.ts';

/** A batch ends with the entry that reaches one of these. */
export interface BatchLimits {
  maxEntries: number;
  maxRecords: number;
  maxBytes: number;
}

export interface TakenBatch {
  entries: PreparedEntry[];
  /** The batch reaches to here; beyond the last entry where the rest cannot be read. */
  last: number;
}

/** Entries read at a time. */
const CHUNK = 2000;
/** Records prepared before other work gets its turn: the engine's answers must not wait for the parser. */
const RECORDS_PER_TURN = 400;

/** Reads and prepares entries in order, if possible one batch ahead. */
export class EntryQueue {
  readonly #reader: JournalReader;
  readonly #limits: BatchLimits;
  readonly #context: PrepareContext;
  readonly #read: JournalEntry[] = [];
  #prepared: PreparedEntry[] = [];
  /** Highest sequence number that was asked of the journal. */
  #readThrough: number;

  constructor(reader: JournalReader, after: number, limits: BatchLimits, context: PrepareContext) {
    this.#reader = reader;
    this.#readThrough = after;
    this.#limits = limits;
    this.#context = context;
  }

  /** The next entries up to `through`: as many as a batch may hold, or one. */
  async take(through: number, alone: boolean): Promise<TakenBatch> {
    if (alone) {
      this.#unprepare();
      await this.#prepare(through, { ...this.#limits, maxEntries: 1 });
    } else await this.#prepare(through, this.#limits);
    const entries = this.#prepared;
    this.#prepared = [];
    return { entries, last: entries.at(-1)?.seq ?? through };
  }

  /** Sequence number of the next entry, before anything is done with it. */
  async peek(through: number): Promise<number | undefined> {
    return this.#prepared[0]?.seq ?? (await this.#nextEntry(through))?.seq;
  }

  /** Prepares the next batch while the last one is being written. A failure waits until the batch is taken. */
  async prepareAhead(through: number): Promise<void> {
    try {
      await this.#prepare(through, this.#limits);
    } catch (error) {
      if (!(error instanceof EntryFailure)) throw error;
    }
  }

  #unprepare(): void {
    // What was prepared as a whole batch is read again, one by one.
    const first = this.#prepared[0];
    if (first === undefined) return;
    this.#prepared = [];
    this.#read.length = 0;
    this.#readThrough = first.seq - 1;
  }

  async #prepare(through: number, limits: BatchLimits): Promise<void> {
    let records = 0;
    let bytes = 0;
    for (const entry of this.#prepared) {
      records += entry.items.length;
      bytes += entry.bytes;
    }
    let sinceTurn = 0;
    while (this.#prepared.length < limits.maxEntries && records < limits.maxRecords && bytes < limits.maxBytes) {
      const entry = await this.#nextEntry(through);
      if (entry === undefined || this.#prepared[0]?.control !== undefined) return;
      const prepared = prepareEntry(entry, this.#context);
      // An order is carried out alone, when everything before it is counted.
      if (prepared.control !== undefined && this.#prepared.length > 0) return;
      this.#read.shift();
      this.#prepared.push(prepared);
      records += prepared.items.length;
      bytes += prepared.bytes;
      sinceTurn += prepared.items.length + 1;
      if (sinceTurn < RECORDS_PER_TURN) continue;
      sinceTurn = 0;
      await breathe();
    }
  }

  async #nextEntry(through: number): Promise<JournalEntry | undefined> {
    if (this.#read.length === 0 && this.#readThrough < through) {
      this.#read.push(...(await this.#reader.read(this.#readThrough, through, CHUNK, this.#limits.maxBytes)));
      this.#readThrough = this.#read.at(-1)?.seq ?? through;
    }
    return this.#read[0];
  }
}
