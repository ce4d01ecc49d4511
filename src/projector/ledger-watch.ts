/**
 * Checks the ledger, or the slice of it that has its turn; must not reject.
 * @returns how many turns go through all of it; undefined where it could not be looked at
 */
export type CheckInTurn = (turn: number) => Promise<number | undefined>;

const EVERY_MS = 60_000;
const LONGEST_REST_MS = 3_600_000;
/** A check that takes long is made more rarely: at most a twentieth of the time goes into it. */
const SHARE = 20;

/**
 * Has the ledger checked as long as it runs: every minute while something changes, and until all of it has been gone through since
 * then; ever more rarely afterwards. Going through everything takes the processor and 100 MB, and what nobody touches can only
 * decay.
 */
export class LedgerWatch {
  readonly #check: CheckInTurn;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #turn = 0;
  #changed = true;
  /** Turns until all has been gone through since the last change. */
  #left = 0;
  #restMs = EVERY_MS;
  #restsUntil = 0;

  constructor(check: CheckInTurn) {
    this.#check = check;
    this.#lookAfter(EVERY_MS);
  }

  noteChange(): void {
    this.#changed = true;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #lookAfter(wait: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look(), wait);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const startedAt = performance.now();
    const news = this.#changed;
    if (!news && startedAt < this.#restsUntil) return this.#lookAfter(EVERY_MS);
    this.#changed = false;
    const turns = await this.#check(this.#turn++);
    const least = Math.max(EVERY_MS, (performance.now() - startedAt) * SHARE);
    if (turns === undefined) this.#changed = true;
    else {
      this.#left = (news ? turns : this.#left) - 1;
      const settled = !news && this.#left <= 0;
      this.#restMs = settled ? Math.max(least, Math.min(2 * this.#restMs, LONGEST_REST_MS)) : least;
      this.#restsUntil = performance.now() + this.#restMs;
    }
    this.#lookAfter(least);
  }
}
