import type pg from 'pg';

/** What `pg` has for COPY besides what its types tell. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** COPY … FROM STDIN of lines in PostgreSQL's own text format, which is the engine's TabSeparated too. */
class CopyIn {
  readonly #text: string;
  readonly #chunk: Buffer;
  readonly #done: (error?: Error) => void;

  constructor(text: string, chunk: Buffer, done: (error?: Error) => void) {
    this.#text = text;
    this.#chunk = chunk;
    this.#done = done;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#chunk);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}
  handleError(error: Error): void {
    this.#done(error);
  }
  handleReadyForQuery(): void {
    this.#done();
  }
}

/** Resolves when the rows are in. Must run inside a transaction of its own where `FREEZE` is asked for. */
export function copyIn(client: pg.Client, text: string, lines: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(text, lines, (error) => (error === undefined ? resolve() : reject(error))));
  });
}
