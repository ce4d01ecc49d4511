import type { Source } from '../connectors/sources.ts';
import { PAGE_HEADERS } from '../contract/pull.ts';
import type { NewEntry } from '../journal/entry.ts';
import { insertRun, saveRunStream } from '../store/runs.ts';
import { saveCompleteThrough } from '../store/stream-cursors.ts';
import type { ControlDatabase } from '../store/tables.ts';

interface PastRun {
  source: string;
  startedAt: number;
  endedAt: number;
  streams: Set<string>;
}

/**
 * Runs that were never made here: of the sample, whose pages are put into the journal as they once came. Without them its sources
 * would look as if they had never been read. What the runs brought is counted from the journal when the sync is opened.
 */
export class PastRuns {
  readonly #runs = new Map<number, PastRun>();

  /** Passes the entries on and remembers which run brought them. */
  *note(entries: Iterable<NewEntry>): Iterable<NewEntry> {
    for (const entry of entries) {
      const run = Number(entry.headers[PAGE_HEADERS.run]);
      const stream = entry.headers[PAGE_HEADERS.stream];
      if (stream !== undefined && Number.isSafeInteger(run)) this.#add(run, stream, entry);
      yield entry;
    }
  }

  #add(run: number, stream: string, { source, receivedAt }: NewEntry): void {
    const known = this.#runs.get(run) ?? { source, startedAt: receivedAt, endedAt: receivedAt, streams: new Set() };
    known.endedAt = receivedAt;
    known.streams.add(stream);
    this.#runs.set(run, known);
  }

  /** Writes them down as runs of the schedule that came to their end; every stream of a source is complete through its last one. */
  async save(control: ControlDatabase, sources: readonly Source[]): Promise<void> {
    await control.transaction().execute(async (transaction) => {
      for (const [id, { source, startedAt, endedAt, streams }] of this.#runs) {
        await insertRun(transaction, {
          id,
          source,
          trigger: 'schedule',
          state: 'ok',
          scheduled_for: startedAt,
          started_at: startedAt,
          ended_at: endedAt,
          first_seq: null,
          last_seq: null,
          error: null,
          range_from: null,
          range_to: null,
          file: null,
        });
        for (const stream of streams) await saveRunStream(transaction, { run: id, stream, state: 'ok' });
      }
      for (const { name, pull, settings } of sources) {
        const runs = [...this.#runs.values()].filter(({ source }) => source === name);
        if (pull === undefined || runs.length === 0) continue;
        const through = Math.max(...runs.map(({ startedAt }) => startedAt));
        for (const stream of pull.streams(settings))
          await saveCompleteThrough(transaction, { source: name, stream: stream.name, through });
      }
    });
  }
}
