import { hash } from 'node:crypto';

const FREE = 0;

/**
 * Which texts were seen, by 52 bits of their hash in one flat array: 16 MB for a million. Beyond `limit` nothing new is
 * remembered, so that memory stays bounded and repetitions of what came later are missed.
 */
export class BoundedSet {
  #slots = new Float64Array(1024);
  #size = 0;
  readonly #limit: number;

  constructor(limit = 2_000_000) {
    this.#limit = limit;
  }

  /** True where the text was not here before. */
  add(text: string): boolean {
    const value = Number.parseInt(hash('sha256', text.toWellFormed(), 'hex').slice(0, 13), 16) || 1;
    const at = this.#find(value);
    if (this.#slots[at] === value) return false;
    if (this.#size >= this.#limit) return true;
    this.#slots[at] = value;
    this.#size++;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  #find(value: number): number {
    const mask = this.#slots.length - 1;
    let at = value % this.#slots.length;
    while (this.#slots[at] !== FREE && this.#slots[at] !== value) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2);
    for (const value of old) if (value !== FREE) this.#slots[this.#find(value)] = value;
  }
}
