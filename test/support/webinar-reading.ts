import type { ParsedItem } from '../../src/contract/connector.ts';
import { type Cursor, PAGE_HEADERS, type PullConnector, type PulledPage } from '../../src/contract/pull.ts';
import type { CanonicalRecord, RecordKind, RecordOf } from '../../src/contract/record.ts';
import { canonicalRecord } from '../../src/contract/record.ts';
import { testEffects } from './test-effects.ts';

/**
 * Reads a webinar service as runs do, through the real effects with a clock that moves by sleeping: cursors are kept with their pages, and
 * records replace each other by their keys.
 */
export interface WebinarReading {
  /** UTC milliseconds; tests move it. */
  clock: { now: number };
  records: Map<string, CanonicalRecord>;
  poisoned: Extract<ParsedItem, { ok: false }>[];
  /** Of every stream, in order. */
  pages: { stream: string; page: PulledPage }[];
  log: string[];
  notices: string[];
  cursors: Map<string, Cursor>;
  /** Reads every stream. @param stopAfter pages of each stream after which the run is killed */
  run(options?: {
    stopAfter?: number;
    streams?: readonly string[];
    range?: { from: string; to: string };
  }): Promise<void>;
  /** Records of a kind as they stand. */
  of<K extends RecordKind>(kind: K): RecordOf<K>[];
  slept(): number;
}

/** @param now UTC milliseconds, or an instant */
export function openWebinarReading<Settings>(
  connector: PullConnector<Settings>,
  raw: unknown,
  now: string,
): WebinarReading {
  const settings = connector.settings.parse(raw);
  const clock = { now: Date.parse(now) };
  let slept = 0;
  const reading: WebinarReading = {
    clock,
    records: new Map(),
    poisoned: [],
    pages: [],
    log: [],
    notices: [],
    cursors: new Map(),
    slept: () => slept,
    of: (kind) => [...reading.records.values()].filter((record) => record.record === kind) as never,
    async run({ stopAfter, streams, range } = {}) {
      const { effects } = testEffects({
        now: () => clock.now,
        sleep: async (milliseconds) => {
          clock.now += milliseconds;
          slept += milliseconds;
        },
        log: (sentence) => reading.log.push(sentence),
        notice: (sentence) => reading.notices.push(sentence),
      });
      for (const stream of connector.streams(settings)) {
        if (streams !== undefined && !streams.includes(stream.name)) continue;
        const cursor = reading.cursors.get(stream.name) ?? null;
        const request = { settings, stream, cursor, ...(range === undefined ? {} : { range }) };
        let kept = 0;
        for await (const page of connector.read(request, effects)) {
          if (stopAfter !== undefined && kept >= stopAfter) break;
          kept += 1;
          keep(stream.name, page);
        }
      }
    },
  };
  return reading;

  function keep(stream: string, page: PulledPage): void {
    reading.pages.push({ stream, page });
    if (page.cursor !== undefined) reading.cursors.set(stream, page.cursor);
    const headers = { [PAGE_HEADERS.stream]: stream };
    const entry = { seq: reading.pages.length, receivedAt: clock.now, target: '', headers, body: page.body };
    for (const item of connector.parse(entry, { source: 'test', settings, defaults: {} })) {
      if (!item.ok) reading.poisoned.push(item);
      else {
        const record = canonicalRecord.parse(item.record);
        if (record.record === 'deletion') reading.records.delete(record.key);
        else reading.records.set(record.key, record);
      }
    }
  }
}
