import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { saveNote } from './progress.ts';

/** An entry that was tried so often without success is quarantined. */
export const MAX_ATTEMPTS = 3;

const PREFIX = 'attempt/';

interface Attempts {
  count: number;
  reason: string;
}

/** How often entries were tried in vain, kept in the warehouse so that a restart does not forget it. */
export class Strikes {
  readonly #warehouse: Warehouse;
  readonly #attempts: Map<number, Attempts>;

  private constructor(warehouse: Warehouse, attempts: Map<number, Attempts>) {
    this.#warehouse = warehouse;
    this.#attempts = attempts;
  }

  static async load(warehouse: Warehouse): Promise<Strikes> {
    const { rows } = await warehouse.query<{ name: string; count: number; reason: string }>(
      renderSql(sql`SELECT name, seq AS count, model AS reason FROM ${tableName('progress')} FINAL
WHERE startsWith(name, ${string(PREFIX)})`),
    );
    const attempts = rows.map(
      ({ name, count, reason }) => [Number(name.slice(PREFIX.length)), { count, reason }] as const,
    );
    return new Strikes(warehouse, new Map(attempts));
  }

  /** Why the entry must not be tried any more; undefined while it may. */
  poisoned(seq: number): string | undefined {
    const attempts = this.#attempts.get(seq);
    if (attempts === undefined || attempts.count < MAX_ATTEMPTS) return undefined;
    return `The entry was tried ${attempts.count} times in vain: ${attempts.reason}`;
  }

  /** Counts an attempt before it is made, or after it has failed. */
  async add(seq: number, reason: string): Promise<void> {
    const count = (this.#attempts.get(seq)?.count ?? 0) + 1;
    this.#attempts.set(seq, { count, reason });
    await saveNote(this.#warehouse, { name: `${PREFIX}${seq}`, seq: count, model: reason.slice(0, 1000) });
  }
}
