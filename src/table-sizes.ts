import type { WorkspaceInfo } from './contract/api.ts';
import type { TableRead } from './query/query-context.ts';

export interface TableSizesOptions {
  /** Rows by table. */
  load: () => Promise<ReadonlyMap<string, number>>;
  /** Local dates between which the rows lie. */
  span: () => WorkspaceInfo['data'];
  /** Milliseconds that only rise. */
  steadyNow?: () => number;
}

const LOOK_AGAIN_AFTER_MS = 60_000;
const DAY_MS = 86_400_000;

/** Roughly how many rows a statement would read: as if they were spread evenly over the time of the data. */
export class TableSizes {
  readonly #options: TableSizesOptions;
  readonly #steadyNow: () => number;
  #rows: ReadonlyMap<string, number> = new Map();
  #lookAgainAt = Number.NEGATIVE_INFINITY;

  constructor(options: TableSizesOptions) {
    this.#options = options;
    this.#steadyNow = options.steadyNow ?? (() => performance.now());
  }

  /** By what was known last; sizes are asked for behind, now and then. 0 where nothing is known yet. */
  estimateRows(reads: readonly TableRead[]): number {
    this.#look();
    let rows = 0;
    for (const read of reads) rows += (this.#rows.get(read.table) ?? 0) * this.#shareOf(read);
    return rows;
  }

  #shareOf({ column, start, end }: TableRead): number {
    const { first, last } = this.#options.span();
    if (column === undefined || first === null || last === null) return 1;
    const from = Date.parse(first);
    const past = Date.parse(last) + DAY_MS;
    const read = Math.min(end ?? past, past) - Math.max(start ?? from, from);
    return Math.max(0, read) / (past - from);
  }

  #look(): void {
    const now = this.#steadyNow();
    if (now < this.#lookAgainAt) return;
    this.#lookAgainAt = now + LOOK_AGAIN_AFTER_MS;
    this.#options.load().then(
      (rows) => {
        this.#rows = rows;
      },
      () => {
        // The engine is away; what was known is good enough until the next look.
      },
    );
  }
}
