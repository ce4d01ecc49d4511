import { createHash } from 'node:crypto';

/** What a stream remembers of the webinars that it has read, small enough for its cursor. */
export interface Remembered {
  /** Of everything that was read of the webinar. */
  digest: string;
  /** The most stays that anybody had. */
  most: number;
}

const LIMIT = 2_000;

/** Written as `<id>=<digest>` or `<id>=<digest>*<most>`, parted by spaces; what was not touched for the longest time is forgotten first. */
export class WebinarMemory {
  readonly #seen = new Map<string, Remembered>();

  constructor(text = '') {
    for (const entry of text.split(' ')) {
      const match = /^(.+)=([\w-]+)(?:\*(\d+))?$/.exec(entry);
      const [, id = '', digest = '', most = '1'] = match ?? [];
      if (match) this.#seen.set(id, { digest, most: Number(most) });
    }
  }

  get(id: string): Remembered | undefined {
    return this.#seen.get(id);
  }

  set(id: string, digest: string, most = 1): void {
    this.#seen.delete(id);
    this.#seen.set(id, { digest, most });
    if (this.#seen.size > LIMIT) for (const oldest of [...this.#seen.keys()].slice(0, 100)) this.#seen.delete(oldest);
  }

  toString(): string {
    return [...this.#seen].map(([id, { digest, most }]) => `${id}=${digest}${most > 1 ? `*${most}` : ''}`).join(' ');
  }
}

/** A short digest of anything that can be JSON. */
export function digestOf(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8);
}
