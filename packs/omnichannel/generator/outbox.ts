import type { SampleEntry } from '../../sample/entry.ts';
import { CLOCK } from '../../sample/time.ts';

/** A piece of a body that arrives at a moment; pieces of one source are put into bodies as the service does it. */
export interface Piece {
  /** Arrival, UTC milliseconds. */
  at: number;
  json: string;
  /** WhatsApp: digits of the business number, and the list of the notification that it goes into. */
  business?: string;
  list?: 'statuses' | 'messages' | 'user_preferences';
}

/** Everything that the services will send. What would arrive after the sample's clock has not happened. */
export class Outbox {
  readonly whatsapp: Piece[] = [];
  readonly sendgrid: Piece[] = [];
  readonly platform: Piece[] = [];
  readonly entries: SampleEntry[] = [];

  put(list: Piece[], piece: Piece): void {
    if (piece.at < CLOCK) list.push(piece);
  }

  /** A request that is a body of its own. */
  post(source: string, receivedAt: number, body: string, target = `/hooks/${source}`): void {
    if (receivedAt >= CLOCK) return;
    const form = source === 'sample-twilio';
    const headers = { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' };
    this.entries.push({ source, receivedAt: Math.floor(receivedAt), target, headers, body: Buffer.from(body) });
  }
}

/** Cuts pieces, in order of arrival, into batches of at most `size` that span at most `span` milliseconds. */
export function* batches(pieces: Piece[], size: number, span: number): Iterable<Piece[]> {
  pieces.sort((a, b) => a.at - b.at);
  let batch: Piece[] = [];
  for (const piece of pieces) {
    const first = batch[0];
    if (first !== undefined && (batch.length >= size || piece.at - first.at > span)) {
      yield batch;
      batch = [];
    }
    batch.push(piece);
  }
  if (batch.length > 0) yield batch;
}
