import type { JournalEntry, JournalReader, NewEntry } from '../../src/journal/entry.ts';

/** Entries in memory behind the journal reader's interface; those in `missing` cannot be read, like a damaged segment. */
export class MemoryJournal implements JournalReader {
  readonly #entries: JournalEntry[] = [];
  readonly #missing: ReadonlySet<number>;

  constructor(missing: Iterable<number> = []) {
    this.#missing = new Set(missing);
  }

  get durableSeq(): number {
    return this.#entries.length;
  }

  append(entry: Omit<NewEntry, 'target' | 'headers'> & Partial<NewEntry>): number {
    const seq = this.#entries.length + 1;
    this.#entries.push({ seq, target: '', headers: {}, ...entry });
    return seq;
  }

  async read(
    after: number,
    through: number,
    limit: number,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<JournalEntry[]> {
    const found: JournalEntry[] = [];
    let bytes = 0;
    for (const entry of this.#entries.slice(after, through)) {
      if (this.#missing.has(entry.seq)) continue;
      if (found.length >= limit || (found.length > 0 && bytes + entry.body.length > maxBytes)) break;
      found.push(entry);
      bytes += entry.body.length;
    }
    return found;
  }

  async close(): Promise<void> {}
}
