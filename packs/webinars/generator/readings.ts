import { PAGE_HEADERS } from '../../../src/contract/pull.ts';
import type { SampleEntry } from '../../sample/entry.ts';
import { DAY_MS, HOUR_MS, ZONE_MS } from '../../sample/time.ts';
import { LAST_READING } from './sign-up.ts';

interface Page {
  source: string;
  /** The morning of the run, UTC milliseconds. */
  morning: number;
  stream: string;
  rows: number;
  body: object;
}

/** Order of the streams in a run. */
const STREAMS = ['webinars', 'registrations', 'attendance', 'recording_views'];
/** Between two pages of a run. */
const PAGE_MS = 400;

/** The first reading after an instant: every morning at 6:00, local time. */
export function morningAfter(instant: number): number {
  const local = instant + ZONE_MS;
  const today = Math.floor(local / DAY_MS) * DAY_MS + 6 * HOUR_MS;
  return (local < today ? today : today + DAY_MS) - ZONE_MS;
}

/** Pages as the services answered them, run by run, on their way to being journal entries. */
export class Readings {
  readonly #pages: Page[] = [];

  /** Runs after the last one have not happened. */
  add(page: Page): void {
    if (page.morning <= LAST_READING) this.#pages.push(page);
  }

  /** In order of receipt; runs are numbered in order of their start. */
  *entries(): Iterable<SampleEntry> {
    const rank = ({ stream }: Page) => STREAMS.indexOf(stream);
    this.#pages.sort((a, b) => a.morning - b.morning || compare(a.source, b.source) || rank(a) - rank(b));
    let run = 0;
    let last: Page | undefined;
    let receivedAt = 0;
    for (const page of this.#pages) {
      const begins = last?.morning !== page.morning || last.source !== page.source;
      if (begins) run += 1;
      receivedAt = last?.morning === page.morning ? receivedAt + PAGE_MS : page.morning + 2_000;
      last = page;
      yield {
        source: page.source,
        receivedAt,
        target: `/pull/${page.stream}`,
        headers: {
          'content-type': 'application/json',
          [PAGE_HEADERS.stream]: page.stream,
          [PAGE_HEADERS.run]: String(run),
          [PAGE_HEADERS.rows]: String(page.rows),
        },
        body: Buffer.from(JSON.stringify(page.body)),
      };
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Rows in pages of at most so many. */
export function pagesOf<T>(rows: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, page) => rows.slice(page * size, (page + 1) * size));
}
