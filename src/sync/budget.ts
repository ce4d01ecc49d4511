import type { SourceDeclaration } from '../contract/source.ts';
import { BudgetReached } from './reader.ts';

/** Where a source says nothing: bounds that only something gone wrong reaches. */
const REQUESTS = 10_000;
const ROWS = 10_000_000;
const MINUTES = 60;

/** What one run may still take. `elapsed` gives milliseconds since some instant, and only rises. */
export class RunBudget {
  readonly #requests: number;
  readonly #rows: number;
  readonly #minutes: number;
  readonly #elapsed: () => number;
  readonly #startedAt: number;
  #spentRequests = 0;
  #spentRows = 0;

  constructor(budget: SourceDeclaration['budget'], elapsed: () => number = () => performance.now()) {
    this.#requests = budget?.requests ?? REQUESTS;
    this.#rows = budget?.rows ?? ROWS;
    this.#minutes = budget?.minutes ?? MINUTES;
    this.#elapsed = elapsed;
    this.#startedAt = elapsed();
  }

  get requestsLeft(): number {
    return Math.max(0, this.#requests - this.#spentRequests);
  }

  get millisecondsLeft(): number {
    return Math.max(0, this.#minutes * 60_000 - (this.#elapsed() - this.#startedAt));
  }

  spendRequest(): void {
    this.#spentRequests += 1;
  }

  spendRows(rows: number): void {
    this.#spentRows += rows;
  }

  /** True when rows or time are used up. */
  get spent(): boolean {
    return this.#spentRows >= this.#rows || this.millisecondsLeft === 0;
  }

  /** The bound that was reached, a sentence. */
  describe(error: Error): string {
    if (error instanceof BudgetReached && error.bound === 'requests')
      return `The run has made the ${this.#requests.toLocaleString('en')} requests that it may make.`;
    if (this.#spentRows >= this.#rows)
      return `The run has read the ${this.#rows.toLocaleString('en')} rows that it may read.`;
    return `The run has taken the ${this.#minutes} minutes that it may take.`;
  }
}
