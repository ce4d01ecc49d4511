/** What intake did with the requests of one source since the server was started. */
export interface SourceCounts {
  accepted: number;
  /** Answered 403; not journalled. */
  refused: number;
  /** Answered 503; the sender will come again. */
  unavailable: number;
  /** UTC milliseconds. */
  lastAcceptedAt?: number;
  lastRefusal?: { at: number; reason: string };
}

/** In memory only: the ledger counts what was accepted, for good. */
export class IntakeCounters {
  readonly #sources = new Map<string, SourceCounts>();

  /** Counts of a source; zeros where nothing came. */
  of(source: string): Readonly<SourceCounts> {
    return this.#sources.get(source) ?? { accepted: 0, refused: 0, unavailable: 0 };
  }

  accepted(source: string, at: number): void {
    const counts = this.#entry(source);
    counts.accepted++;
    counts.lastAcceptedAt = at;
  }

  refused(source: string, at: number, reason: string): void {
    const counts = this.#entry(source);
    counts.refused++;
    counts.lastRefusal = { at, reason };
  }

  unavailable(source: string): void {
    this.#entry(source).unavailable++;
  }

  #entry(source: string): SourceCounts {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const counts: SourceCounts = { accepted: 0, refused: 0, unavailable: 0 };
    this.#sources.set(source, counts);
    return counts;
  }
}
