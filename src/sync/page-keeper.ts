import { type Cursor, PAGE_HEADERS } from '../contract/pull.ts';
import type { Journal, NewEntry } from '../journal/entry.ts';
import { addPageToRun } from '../store/runs.ts';
import { loadSetting, saveSetting } from '../store/settings.ts';
import { saveStreamCursor } from '../store/stream-cursors.ts';
import type { ControlDatabase } from '../store/tables.ts';
import type { Failpoint } from './failpoint.ts';

/** A page of a stream, or the order that ends a full read of it, on its way into the journal. */
export interface PageToKeep {
  source: string;
  stream: string;
  run: number;
  rows: number;
  contentType: string;
  body: Buffer;
  /** The stream's cursor once this is durable. */
  cursor?: Cursor;
  /** The control database's word for an order: `refresh`. */
  control?: 'refresh';
}

export interface PageKeeperOptions {
  journal: Pick<Journal, 'append' | 'durableSeq'>;
  control: ControlDatabase;
  /** UTC milliseconds. */
  clock: () => number;
  failpoint: Failpoint;
}

/**
 * Writes pages to the journal, rows and cursor in one frame, then notes in the control database what the frame says. The control
 * database is an index: `sync_indexed_seq` tells from where a start has to read the journal to bring it up to date.
 */
export class PageKeeper {
  readonly #options: PageKeeperOptions;
  /** Pages on their way, by the highest durable entry when they set out: everything up to the lowest of these is indexed. */
  readonly #underWay = new Set<{ after: number }>();
  #indexed: number;

  constructor(options: PageKeeperOptions, indexed: number) {
    this.#options = options;
    this.#indexed = indexed;
  }

  /** @returns the sequence number. Rejects with `TurnoutError('unavailable')` where the journal takes nothing: nothing has moved. */
  async keep(page: PageToKeep): Promise<number> {
    const { journal, control, clock, failpoint } = this.#options;
    const way = { after: journal.durableSeq };
    this.#underWay.add(way);
    const seq = await journal.append(entryOf(page, clock())).catch((error: unknown) => {
      this.#underWay.delete(way);
      throw error;
    });
    await failpoint('page appended');
    // Where this fails the page stays under way: the next start reads the journal from here.
    await control.transaction().execute(async (transaction) => {
      await indexEntry(transaction, { ...page, seq, bytes: page.body.length });
      await this.#saveIndexed(transaction, seq, way);
    });
    this.#underWay.delete(way);
    await failpoint('page indexed');
    return seq;
  }

  /** Says that there is nothing of ours in the journal up to now, so that the next start need not look. */
  async catchUp(): Promise<void> {
    const { journal, control } = this.#options;
    if (journal.durableSeq > this.#indexed) await this.#saveIndexed(control, journal.durableSeq);
  }

  /** `done`: the way of the page that is indexed in the same step. */
  async #saveIndexed(database: ControlDatabase, seq: number, done?: { after: number }): Promise<void> {
    const others = [...this.#underWay].filter((way) => way !== done);
    const indexed = Math.min(seq, ...others.map((way) => way.after));
    if (indexed <= this.#indexed) return;
    await saveSetting(database, 'sync_indexed_seq', String(indexed), this.#options.clock());
    this.#indexed = indexed;
  }
}

export async function loadIndexedSeq(database: ControlDatabase): Promise<number> {
  return Number((await loadSetting(database, 'sync_indexed_seq')) ?? 0);
}

/** What a frame says, noted in the control database; a second time it changes nothing. */
export async function indexEntry(
  database: ControlDatabase,
  entry: Pick<PageToKeep, 'source' | 'stream' | 'run' | 'rows' | 'cursor' | 'control'> & { seq: number; bytes: number },
): Promise<void> {
  const { source, stream, seq, cursor } = entry;
  const text = cursor === undefined ? null : JSON.stringify(cursor);
  if (entry.control === 'refresh') {
    await saveStreamCursor(database, { source, stream, seq, cursor: text, fullRows: entry.rows });
    return;
  }
  await addPageToRun(database, entry);
  if (text !== null) await saveStreamCursor(database, { source, stream, seq, cursor: text });
}

function entryOf(page: PageToKeep, receivedAt: number): NewEntry {
  return {
    source: page.source,
    receivedAt,
    target: `/pull/${encodeURIComponent(page.stream)}`,
    headers: {
      'content-type': page.contentType,
      [PAGE_HEADERS.stream]: page.stream,
      [PAGE_HEADERS.run]: String(page.run),
      [PAGE_HEADERS.rows]: String(page.rows),
      ...(page.cursor === undefined ? {} : { [PAGE_HEADERS.cursor]: JSON.stringify(page.cursor) }),
      ...(page.control === undefined ? {} : { [PAGE_HEADERS.control]: page.control }),
    },
    body: page.body,
  };
}
