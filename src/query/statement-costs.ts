import type { LaneName, StatementAnswer, StatementTraits, TableRead } from './query-context.ts';

/** Rows that the engine reads in some tens of milliseconds: a statement that reads more is heavy. */
const HEAVY_ROWS = 4_000_000;
/** Milliseconds; a busy machine must not make a small statement heavy. */
const HEAVY_MS = 2_000;
const MAX_KNOWN = 5_000;

/** Which lane a statement belongs to: by what it cost the last time, else by what it says of itself and the size of its tables. */
export class StatementCosts {
  readonly #estimateRows: ((reads: readonly TableRead[]) => number) | undefined;
  readonly #known = new Map<string, LaneName>();

  constructor(estimateRows?: (reads: readonly TableRead[]) => number) {
    this.#estimateRows = estimateRows;
  }

  laneOf({ key, reads, scans = reads, heavy }: StatementTraits): LaneName {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (heavy !== true) return 'quick';
    if (scans === undefined || this.#estimateRows === undefined) return 'heavy';
    return this.#estimateRows(scans) > HEAVY_ROWS ? 'heavy' : 'quick';
  }

  /** Remembers what a statement that runs costs; one that never ends has cost much, too. */
  async watch(key: string, work: Promise<StatementAnswer>): Promise<StatementAnswer> {
    const slow = setTimeout(() => this.#note(key, 'heavy'), HEAVY_MS);
    try {
      const answer = await work;
      const { rowsRead, elapsedMs = 0 } = answer;
      this.#note(key, rowsRead > HEAVY_ROWS || elapsedMs > HEAVY_MS ? 'heavy' : 'quick');
      return answer;
    } finally {
      clearTimeout(slow);
    }
  }

  #note(key: string, lane: LaneName): void {
    this.#known.delete(key);
    this.#known.set(key, lane);
    if (this.#known.size <= MAX_KNOWN) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
