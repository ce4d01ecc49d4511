/**
 * What a source has brought is complete in the numbers only when the projector has counted it: each `through` (UTC milliseconds)
 * waits for the journal entry that was the last one when it was reached.
 */
export class CountedThrough {
  readonly #reached: { through: number | null; seq: number }[];

  /** What was known at a start is taken as counted. */
  constructor(through: number | null) {
    this.#reached = [{ through, seq: 0 }];
  }

  /** @param seq highest durable entry of the journal when the source had brought everything up to `through` */
  reach(through: number | null, seq: number): void {
    if (this.#reached.at(-1)?.through !== through) this.#reached.push({ through, seq });
  }

  /** @param projected entry up to which everything is counted */
  at(projected: number): number | null {
    const last = this.#reached.findLastIndex(({ seq }) => seq <= projected);
    this.#reached.splice(0, last);
    return this.#reached[0]?.through ?? null;
  }
}
