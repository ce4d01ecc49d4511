export interface LedgerWatchOptions {
  /**
   * Checks the ledger, or the slice of it that has its turn; must not reject.
   * @returns how many turns go through all of it
   */
  check: (turn: number) => Promise<number>;
  /** Milliseconds between two checks while something changes; default one minute. */
  everyMs?: number;
  /** The longest rest while nothing does; default one hour. */
  longestRestMs?: number;
}

/** A check that takes long is made more rarely: at most a twentieth of the time goes into it. */
const SHARE = 20;

/**
 * Has the ledger checked as long as it runs: every minute while something changes, and until all of it has been gone through since
 * then; ever more rarely afterwards. Going through everything takes the processor and 100 MB, and what nobody touches can only
 * decay.
 */
export class LedgerWatch {
  readonly #options: Required<LedgerWatchOptions>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #turn = 0;
  #changed = true;
  /** Turns until all has been gone through since the last change. */
  #left = 0;
  #restMs: number;
  #restsUntil = 0;

  constructor({ check, everyMs = 60_000, longestRestMs = 3_600_000 }: LedgerWatchOptions) {
    this.#options = { check, everyMs, longestRestMs };
    this.#restMs = everyMs;
    this.#lookAfter(everyMs);
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
    const { check, everyMs, longestRestMs } = this.#options;
    const startedAt = performance.now();
    const news = this.#changed;
    if (!news && startedAt < this.#restsUntil) return this.#lookAfter(everyMs);
    this.#changed = false;
    const turns = await check(this.#turn++);
    this.#left = (news ? turns : this.#left) - 1;
    const least = Math.max(everyMs, (performance.now() - startedAt) * SHARE);
    this.#restMs = this.#left > 0 || news ? least : Math.max(least, Math.min(2 * this.#restMs, longestRestMs));
    this.#restsUntil = performance.now() + this.#restMs;
    this.#lookAfter(least);
  }
}
