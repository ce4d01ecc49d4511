import { TurnoutError } from '../contract/errors.ts';
import { PullError, type Stream, type StreamReport } from '../contract/pull.ts';
import type { OpenReader, Reader, ReaderJob, ReadRange } from './reader.ts';
import type { SyncSource } from './sync-source.ts';

/** Questions to a service that leave nothing in the journal. `now` is UTC milliseconds; secrets are masked in every sentence. */

const LIMITS = { requests: 200, milliseconds: 60_000 };

/** What `Test` shows, stream by stream. What a person can mend is a report with `ok: false`. */
export async function testSource(openReader: OpenReader, source: SyncSource, now: number): Promise<StreamReport[]> {
  return withReader(openReader, source, async (reader) => {
    try {
      const reports = await reader.check(jobAt(now));
      return reports.map((report) => ({ ...report, detail: source.mask(report.detail) }));
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      const refused = {
        ok: false,
        detail: source.mask(error.message),
        elapsed_ms: 0,
        rows: null,
        columns: [],
        sample: [],
      };
      return source.streams.map(({ name }) => ({ stream: name, ...refused }));
    }
  });
}

/**
 * How many rows a backfill would read; null where the service cannot tell.
 * @throws TurnoutError('unavailable' | 'invalid_request') where the service cannot be asked, now or as it is set up
 */
export async function countRange(
  openReader: OpenReader,
  source: SyncSource,
  asked: { streams: readonly Stream[]; range: ReadRange; now: number },
): Promise<number | null> {
  return withReader(openReader, source, async (reader) => {
    let rows = 0;
    try {
      for (const stream of asked.streams) {
        const counted = await reader.count({ stream, cursor: null, range: asked.range }, jobAt(asked.now));
        if (counted === null) return null;
        rows += counted;
      }
      return rows;
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      throw new TurnoutError(error.kind === 'settings' ? 'invalid_request' : 'unavailable', source.mask(error.message));
    }
  });
}

async function withReader<T>(
  openReader: OpenReader,
  source: SyncSource,
  ask: (reader: Reader) => Promise<T>,
): Promise<T> {
  const reader = openReader({ connector: source.connector.name, settings: source.settings });
  try {
    return await ask(reader);
  } finally {
    await reader.close();
  }
}

function jobAt(now: number): ReaderJob {
  return {
    limits: { now, ...LIMITS },
    signal: AbortSignal.timeout(LIMITS.milliseconds),
    listener: { log: () => {}, notice: () => {}, request: () => {} },
  };
}
