/** What the queue knows of one tile on the page. */
export interface QueuedTile<State, Place = Element> {
  place: Place;
  /** Draws the tile from this state, wholly, before it returns. */
  show(state: State): void;
  /** Dims it: its picture belongs to a state before. */
  setBusy(busy: boolean): void;
  /** Fetches what the tile is drawn with. */
  load(): Promise<unknown>;
}

interface Entry<State, Place> extends QueuedTile<State, Place> {
  loaded: boolean;
  /** The browser knows how high it is. */
  drawn: boolean;
}

/** The page around the queue, and its time. */
export interface QueuePage<Place> {
  now(): number;
  /** Calls back in a task of its own: input and painting go first. */
  nextTask(run: () => void): void;
  /** Calls back after the next painting. */
  nextFrame(run: () => void): void;
  /** Pixels from the top of what is in sight, which is `height` high. */
  boxOf(place: Place): { top: number; bottom: number };
  height(): number;
  /** The browser need not lay out what is out of sight: the row of this place, until it is woken. */
  rest(place: Place): void;
  /** Whether there was anything to wake: its row rested. */
  wake(place: Place): boolean;
  /** The reader works with what is there. */
  hasFocus(place: Place): boolean;
}

/** A task that draws tiles ends after so long; the longest tile comes on top. */
const TASK_MS = 16;

/**
 * Hands the state of the page to its tiles, one after the other, so that many tiles never block the page: those in sight first, then
 * the others by their distance. While the answer is on the way, tiles keep what they show and are dimmed; only the tile that
 * is being worked with follows at once. The newest state wins. Rows out of sight rest until everything is drawn.
 */
export class TileQueue<State, Place = Element> {
  readonly #page: QueuePage<Place>;
  readonly #entries = new Set<Entry<State, Place>>();
  #waiting: Entry<State, Place>[] = [];
  readonly #resting = new Set<Place>();
  #state: State;
  /** The state is one that tiles should show. */
  #answered = false;
  #scheduled = false;
  /** How many of those that wait are in sight. */
  #inSight = 0;

  constructor(initial: State, page: QueuePage<Place>) {
    this.#state = initial;
    this.#page = page;
  }

  /** Adds a tile; it gets the state as soon as there is an answer. Call what is returned when it leaves. */
  add(tile: QueuedTile<State, Place>): () => void {
    const entry: Entry<State, Place> = { ...tile, loaded: false, drawn: false };
    this.#entries.add(entry);
    const ready = (): void => {
      entry.loaded = true;
      if (this.#answered && this.#entries.has(entry)) this.#enqueue([...this.#waiting, entry]);
    };
    // What cannot be fetched says so itself when it is drawn.
    entry.load().then(ready, ready);
    return () => {
      this.#entries.delete(entry);
      this.#waiting = this.#waiting.filter((one) => one !== entry);
      this.#resting.delete(entry.place);
    };
  }

  /** `loading`: the answer to this state is still on the way. */
  update(state: State, loading: boolean): void {
    this.#state = state;
    this.#answered = !loading;
    if (loading) {
      this.#restOutOfSight(this.#order([...this.#entries].filter(({ drawn }) => drawn)));
      for (const entry of this.#entries) entry.setBusy(true);
      const active = [...this.#entries].find(({ place }) => this.#page.hasFocus(place));
      this.#enqueue(active?.loaded ? [active] : []);
    } else {
      this.#enqueue([...this.#entries].filter(({ loaded }) => loaded));
    }
  }

  #enqueue(entries: readonly Entry<State, Place>[]): void {
    const ordered = this.#order([...new Set(entries)]);
    this.#waiting = ordered.order;
    this.#inSight = ordered.inSight;
    this.#restOutOfSight(ordered);
    this.#scheduleNext(this.#page.nextTask);
  }

  #order(entries: readonly Entry<State, Place>[]): Ordered<Entry<State, Place>> {
    return orderByDistance(entries, ({ place }) => this.#page.boxOf(place), this.#page.height());
  }

  #restOutOfSight({ order, inSight }: Ordered<Entry<State, Place>>): void {
    for (const { place } of order.slice(inSight)) {
      this.#page.rest(place);
      this.#resting.add(place);
    }
  }

  #drawSome(): void {
    this.#scheduled = false;
    if (this.#waiting.length === 0) {
      if (this.#answered) this.#wakeOne();
      return;
    }
    const until = this.#page.now() + TASK_MS;
    do {
      const last = this.#waiting.shift();
      if (last === undefined) break;
      const wasLastInSight = this.#inSight === 1;
      this.#inSight = Math.max(0, this.#inSight - 1);
      last.show(this.#state);
      last.drawn = true;
      if (this.#answered) last.setBusy(false);
      // What is in sight is painted before anything else is drawn.
      if (wasLastInSight) {
        this.#scheduleNext(this.#page.nextFrame);
        return;
      }
    } while (this.#page.now() < until);
    this.#scheduleNext(this.#page.nextTask);
  }

  /** One row a frame: all of them at once would be one long task. */
  #wakeOne(): void {
    for (const place of this.#resting) {
      this.#resting.delete(place);
      if (this.#page.wake(place)) break;
    }
    this.#scheduleNext(this.#page.nextFrame);
  }

  #scheduleNext(later: QueuePage<Place>['nextTask']): void {
    if ((this.#waiting.length === 0 && this.#resting.size === 0) || this.#scheduled) return;
    this.#scheduled = true;
    later(() => this.#drawSome());
  }
}

interface Ordered<T> {
  order: T[];
  /** How many of them, the first ones, are in sight. */
  inSight: number;
}

/** Those in sight in the order of the page, then those below and above by their distance. */
export function orderByDistance<T>(
  items: readonly T[],
  boxOf: (item: T) => { top: number; bottom: number },
  height: number,
): Ordered<T> {
  const placed = items.map((item) => {
    const { top, bottom } = boxOf(item);
    return { item, top, distance: Math.max(0, top - height, -bottom) };
  });
  placed.sort((a, b) => a.distance - b.distance || a.top - b.top);
  return { order: placed.map(({ item }) => item), inSight: placed.filter(({ distance }) => distance === 0).length };
}

const rowOf = (cell: Element): Element => cell.closest('.dashboard-row') ?? cell;

export const browserPage: QueuePage<Element> = {
  now: () => performance.now(),
  nextTask(run) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      run();
    };
    port2.postMessage(null);
  },
  nextFrame(run) {
    let done = false;
    const once = (): void => {
      if (done) return;
      done = true;
      browserPage.nextTask(run);
    };
    requestAnimationFrame(once);
    // A page in the background paints no frames.
    window.setTimeout(once, 100);
  },
  boxOf(element) {
    // Asking for a tile whose row is out of sight would lay the whole row out.
    const row = rowOf(element).getBoundingClientRect();
    return row.bottom < 0 || row.top > window.innerHeight ? row : element.getBoundingClientRect();
  },
  height: () => window.innerHeight,
  rest: (element) => rowOf(element).setAttribute('data-resting', ''),
  wake(element) {
    const row = rowOf(element);
    const rested = row.hasAttribute('data-resting');
    row.removeAttribute('data-resting');
    return rested;
  },
  hasFocus: (element) => element.contains(document.activeElement),
};
