import type { SchemaChange } from '../contract/api.ts';
import type { PageColumn } from '../contract/pull.ts';

export type ColumnChange = Pick<SchemaChange, 'change' | 'column' | 'detail'>;

/**
 * Compares the columns of the pages of one read with those known from earlier ones. A column counts as removed only when the read
 * has come to its end without it.
 */
export class ColumnWatch {
  readonly #known: ReadonlyMap<string, string>;
  readonly #seen = new Map<string, string>();

  /** `known`: name → type; empty where nothing is known yet, then nothing is a change. */
  constructor(known: ReadonlyMap<string, string>) {
    this.#known = known;
  }

  /** What is different in a page and was not in an earlier one of this read. */
  page(columns: readonly PageColumn[]): ColumnChange[] {
    const changes: ColumnChange[] = [];
    for (const { name, type } of columns) {
      if (this.#seen.has(name)) continue;
      this.#seen.set(name, type);
      if (this.#known.size === 0) continue;
      const before = this.#known.get(name);
      if (before === undefined) changes.push(added(name, type));
      else if (before !== type) changes.push(retyped(name, before, type));
    }
    return changes;
  }

  /** What no page had; for a read that has come to its end. Nothing where no page told columns. */
  end(): ColumnChange[] {
    if (this.#seen.size === 0) return [];
    return [...this.#known.keys()].filter((name) => !this.#seen.has(name)).map(removed);
  }

  /** What is to be remembered. `ended`: the read came to its end. */
  columns(ended: boolean): Map<string, string> {
    return ended && this.#seen.size > 0 ? new Map(this.#seen) : new Map([...this.#known, ...this.#seen]);
  }
}

const added = (column: string, type: string): ColumnChange => ({
  change: 'new',
  column,
  detail: `New column "${column}" (${type}). It is kept as it comes and counts in nothing until it is mapped.`,
});

const removed = (column: string): ColumnChange => ({
  change: 'removed',
  column,
  detail: `The column "${column}" is no longer sent.`,
});

const retyped = (column: string, before: string, type: string): ColumnChange => ({
  change: 'type',
  column,
  detail: `The column "${column}" was ${before} and is ${type} now. Values that cannot be read are in quarantine.`,
});
