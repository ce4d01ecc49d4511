import { TurnoutError } from '../../src/contract/errors.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

/** Fails once so many writes were made: the last of them before its answer comes. */
export class BreakingWarehouse implements Warehouse {
  /** Writes that were made. */
  writes = 0;
  readonly #inner: Warehouse;
  #left: number;

  constructor(inner: Warehouse, writes: number) {
    this.#inner = inner;
    this.#left = writes;
  }

  get layout() {
    return this.#inner.layout;
  }

  query: Warehouse['query'] = (statement, options) => this.#inner.query(statement, options);
  command: Warehouse['command'] = (statement, options) => this.#break(() => this.#inner.command(statement, options));
  insert: Warehouse['insert'] = (...row) => this.#break(() => this.#inner.insert(...row));
  async close() {}

  async #break(write: () => Promise<void>): Promise<void> {
    if (this.#left === 0) throw gone();
    this.#left -= 1;
    this.writes += 1;
    const last = this.#left === 0;
    await write();
    if (last) throw gone();
  }
}

const gone = () => new TurnoutError('unavailable', 'The engine was made to go away.');
