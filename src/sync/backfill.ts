import { TurnoutError } from '../contract/errors.ts';
import type { Stream } from '../contract/pull.ts';
import type { ReadRange } from './reader.ts';
import type { SyncSource } from './sync-source.ts';

export interface BackfillWish {
  /** All that have a cursor where absent. */
  stream?: string | undefined;
  /** Instants, half-open. */
  from: string;
  to: string;
}

/**
 * The streams and the range of a backfill. Streams that are read whole each time have nothing to backfill.
 * @throws TurnoutError('invalid_request') with a sentence
 */
export function readBackfill(source: SyncSource, wish: BackfillWish): { streams: Stream[]; range: ReadRange } {
  const from = Date.parse(wish.from);
  const to = Date.parse(wish.to);
  if (Number.isNaN(from) || Number.isNaN(to) || from >= to)
    throw new TurnoutError('invalid_request', 'A backfill needs two instants, the first before the second.');
  if (wish.stream !== undefined) checkStreams(source, [wish.stream]);
  const streams = source.streams.filter(
    (stream) => stream.mode === 'incremental' && (wish.stream ?? stream.name) === stream.name,
  );
  if (streams.length === 0)
    throw new TurnoutError('invalid_request', 'This is read whole each time, so nothing is left to backfill.');
  return { streams, range: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } };
}

/** @throws TurnoutError('invalid_request') for a name that is none of the source's streams */
export function checkStreams(source: SyncSource, names: readonly string[]): readonly string[] {
  const known = source.streams.map((stream) => stream.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TurnoutError(
      'invalid_request',
      `"${source.name}" has no stream "${unknown}"; it has ${known.join(', ')}.`,
    );
  return names;
}
