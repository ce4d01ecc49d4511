import type { IncomingMessage } from 'node:http';
import { TurnoutError } from '../contract/errors.ts';

export interface HookBodyLimits {
  /** Bytes of one body. */
  bodyBytes: number;
  /** Bytes of all bodies that are still arriving: none of their senders has proved anything yet. */
  heldBytes: number;
}

/** Reads bodies of hooks within bounds that no number of slow or forged requests can cross. */
export class HookBodyReader {
  readonly #limits: HookBodyLimits;
  #held = 0;

  constructor(limits: HookBodyLimits) {
    this.#limits = limits;
  }

  /** @throws TurnoutError `too_large`, `unavailable` where too much is arriving, `invalid_request` where the sender went away */
  async read(request: IncomingMessage): Promise<Buffer> {
    if (Number(request.headers['content-length'] ?? 0) > this.#limits.bodyBytes) throw tooLarge();
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      // Kept open after a refusal: the sender is to read the answer.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > this.#limits.bodyBytes) throw tooLarge();
        if (this.#held > this.#limits.heldBytes)
          throw new TurnoutError('unavailable', 'Too much arrives at once. Nothing was kept: send it again later.');
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof TurnoutError) throw error;
      throw new TurnoutError('invalid_request', 'The connection ended before the body did.');
    } finally {
      this.#held -= size;
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
  }
}

const tooLarge = (): TurnoutError => new TurnoutError('too_large', 'The body is larger than a hook takes.');
