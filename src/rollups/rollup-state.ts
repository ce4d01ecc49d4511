import { HOUR_MS, type TableChange } from '../contract/changes.ts';
import type { Rollup, RollupGrain } from '../model/checked.ts';
import type { KeptRollup } from '../query/query-context.ts';
import { hashRollup, indexTable, ROLLUP_SPAN, rollupTable } from '../query/rollup/columns.ts';

interface Waiting {
  /** Number of the newest change that touched it. */
  change: number;
  /** When it was touched last, on the steady clock. */
  touchedAt: number;
  /** When it began to wait, workspace time. */
  since: number;
}

export interface HoursAnew {
  at: number;
  hours: number;
  milliseconds: number;
}

const FIRST_HOUR = ROLLUP_SPAN.start / HOUR_MS;
const END_HOUR = ROLLUP_SPAN.end / HOUR_MS;

/** What is known of one roll-up: from when on it is built, and which hours have changed since they were computed. Memory only. */
export class RollupState {
  readonly rollup: Rollup;
  readonly definition: string;
  readonly tables: Partial<Record<RollupGrain, string>>;
  /** By the column that holds the entity. */
  readonly indexes: ReadonlyMap<string, string>;
  /** Columns by which changes of a table move its rows, by table. */
  readonly #feeds: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #waiting = new Map<number, Waiting>();
  /** Buckets from here on are built, UTC milliseconds, the start of a local day; `ROLLUP_SPAN.end` where none is. */
  from = ROLLUP_SPAN.end;
  /** Part of the facts' rows that is built, 0 to 1. */
  built = 0;
  /** Everything up to this sequence number is in the tables. */
  seq = 0;
  /** Counted up when nothing that was computed before holds any more. */
  era = 0;
  /** Rows lie before the span, or it is not known that none does. */
  rowsBefore = true;
  last: HoursAnew | null = null;
  #view: KeptRollup | null | undefined;

  constructor(rollup: Rollup, zone: string) {
    this.rollup = rollup;
    this.definition = hashRollup(rollup, zone);
    const grains = new Set(rollup.sets.flatMap((set) => set.grains));
    this.tables = Object.fromEntries([...grains].map((grain) => [grain, rollupTable(rollup, grain, zone)]));
    this.indexes = new Map(rollup.indexes.map((index) => [index.entity, indexTable(rollup, index, zone)]));
    const feeds = rollup.dataset.branches.flatMap(({ table, columns }) => {
      const source = columns.get(rollup.time);
      return source === undefined || 'constant' in source ? [] : [{ table, column: source.column }];
    });
    this.#feeds = new Map(
      [...Map.groupBy(feeds, ({ table }) => table)].map(([table, own]) => [
        table,
        new Set(own.map(({ column }) => column)),
      ]),
    );
  }

  /** Names of all its tables. */
  get allTables(): string[] {
    return [...Object.values(this.tables), ...this.indexes.values()];
  }

  get whole(): boolean {
    return this.from <= ROLLUP_SPAN.start;
  }

  /** Takes in what changed; a table's change without hours leaves nothing that holds. */
  applied({ table, hours }: TableChange, change: number, touchedAt: number, since: number): void {
    const columns = this.#feeds.get(table);
    if (columns === undefined) return;
    if (hours === undefined) {
      this.beginAgain();
      return;
    }
    for (const column of columns)
      for (const hour of hours[column] ?? []) {
        if (hour < FIRST_HOUR) this.rowsBefore = true;
        else if (hour < END_HOUR)
          this.#waiting.set(hour, { change, touchedAt, since: this.#waiting.get(hour)?.since ?? since });
      }
    this.#view = undefined;
  }

  /** Nothing is built. */
  beginAgain(): void {
    this.era += 1;
    this.from = ROLLUP_SPAN.end;
    this.built = 0;
    this.#view = undefined;
  }

  /** Buckets from here on are built, with every change up to this number. */
  builtFrom(from: number, change: number): void {
    const before = this.from;
    this.from = from;
    for (const [hour, waiting] of this.#waiting)
      if (waiting.change <= change && hour * HOUR_MS >= from && (hour + 1) * HOUR_MS <= before)
        this.#waiting.delete(hour);
    this.#view = undefined;
  }

  /** These hours were computed with every change up to this number. */
  computed(hours: Iterable<number>, change: number): void {
    for (const hour of hours) if ((this.#waiting.get(hour)?.change ?? Infinity) <= change) this.#waiting.delete(hour);
    this.#view = undefined;
  }

  /** Hours of built buckets that wait, rising. */
  waiting(suits: (waiting: Waiting) => boolean = () => true): number[] {
    return [...this.#waiting]
      .filter(([hour, waiting]) => this.#isBuilt(hour) && suits(waiting))
      .map(([hour]) => hour)
      .sort((a, b) => a - b);
  }

  /** When the hour that has waited longest began to, workspace time; undefined where none waits. */
  waitingSince(): number | undefined {
    let since: number | undefined;
    for (const [hour, waiting] of this.#waiting)
      if (this.#isBuilt(hour) && (since === undefined || waiting.since < since)) since = waiting.since;
    return since;
  }

  /** What a query may read; null where nothing is built. The same object until something changes. */
  view(): KeptRollup | null {
    this.#view ??= this.from >= ROLLUP_SPAN.end ? null : this.#describe();
    return this.#view;
  }

  #describe(): KeptRollup {
    const from = this.whole && !this.rowsBefore ? Number.NEGATIVE_INFINITY : this.from;
    return { tables: this.tables, indexes: this.indexes, from, pending: this.waiting() };
  }

  #isBuilt(hour: number): boolean {
    return (hour + 1) * HOUR_MS > this.from;
  }
}
