/** So many at once; the others wait in the order in which they came. */
export class Places {
  #free: number;
  readonly #waiting: ((taken: boolean) => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  get full(): boolean {
    return this.#free === 0;
  }

  /** False where it was aborted before there was a place. */
  async take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
      resolve(false);
    };
    this.#waiting.push(resolve);
    signal.addEventListener('abort', leave, { once: true });
    const taken = await promise;
    signal.removeEventListener('abort', leave);
    return taken;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next(true);
  }
}
