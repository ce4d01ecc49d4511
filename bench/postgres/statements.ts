import type pg from 'pg';

export type PgRow = Record<string, string | number | boolean | null | string[] | number[]>;

/** Runs the statements of one tile, each text once: what two of its parts need is asked for one time. */
export class Statements {
  readonly #client: pg.Client;
  readonly #asked = new Map<string, Promise<PgRow[]>>();

  constructor(client: pg.Client) {
    this.#client = client;
  }

  /** The statements so far. */
  get texts(): string[] {
    return [...this.#asked.keys()];
  }

  run(text: string): Promise<PgRow[]> {
    const asked = this.#asked.get(text) ?? this.#client.query<PgRow>(text).then(({ rows }) => rows);
    this.#asked.set(text, asked);
    return asked;
  }
}
