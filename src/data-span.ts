import type { WorkspaceInfo } from './contract/api.ts';
import { HOUR_MS, type TableChange } from './contract/changes.ts';

type Span = WorkspaceInfo['data'];

export interface DataSpanOptions {
  /** Asks the facts. */
  load: () => Promise<Span>;
  /** Local date of an instant, UTC milliseconds. */
  localDate: (instant: number) => string;
  /** Milliseconds that only rise. */
  steadyNow?: () => number;
}

/** What lies on the first and the last day may have gone; nobody needs to know that sooner. */
const LOOK_AGAIN_AFTER_MS = 15_000;

/**
 * Local dates of the first and the last thing that happened. Asking the facts reads much, so it is done again only when a batch
 * touched a day outside of what is known (then the next who asks waits for it), or a first or last day (then behind, now and then).
 */
export class DataSpan {
  readonly #options: DataSpanOptions;
  readonly #steadyNow: () => number;
  #known: Span | undefined;
  #loading: Promise<void> | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;
  /** Changes outside of what is known, counted; and how many of them there were when what is known was asked for. */
  #changes = 0;
  #seen = 0;
  /** On the first or the last day something changed. */
  #doubtful = false;

  constructor(options: DataSpanOptions) {
    this.#options = options;
    this.#steadyNow = options.steadyNow ?? (() => performance.now());
  }

  /** What was known last, however old. */
  get known(): Span {
    return this.#known ?? { first: null, last: null };
  }

  /** @param changes null where everything may have changed */
  applied(changes: readonly TableChange[] | null): void {
    if (changes === null) this.#changes++;
    const { first, last } = this.known;
    for (const { hours } of changes ?? []) {
      if (hours === undefined) this.#changes++;
      for (const touched of Object.values(hours ?? {})) {
        for (const hour of [touched[0], touched.at(-1)]) {
          if (hour === undefined) continue;
          // An hour may lie in two local days.
          const days = [hour * HOUR_MS, (hour + 1) * HOUR_MS - 1].map(this.#options.localDate);
          if (first === null || last === null || days.some((day) => day < first || day > last)) this.#changes++;
          else if (days.some((day) => day === first || day === last)) this.#doubtful = true;
        }
      }
    }
  }

  /** @throws what `load` throws, where nothing fitting is known */
  async current(): Promise<Span> {
    // What is being asked for already may have been read before the last change.
    const needed = this.#changes;
    while (this.#known === undefined || this.#seen < needed) await this.#load();
    if (this.#doubtful && this.#steadyNow() - this.#loadedAt > LOOK_AGAIN_AFTER_MS) this.#load().catch(() => {});
    return this.#known;
  }

  #load(): Promise<void> {
    this.#loading ??= this.#ask().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #ask(): Promise<void> {
    const changes = this.#changes;
    this.#doubtful = false;
    this.#loadedAt = this.#steadyNow();
    this.#known = await this.#options.load();
    this.#seen = changes;
  }
}
