/** The outcome of reading a text; what went wrong is a sentence at an offset (from 0). */
export type Parsed<T> = { ok: true; value: T } | { ok: false; position: number; message: string };

/** Thrown inside a parser only, to leave it; never leaves this folder. */
export class ParseMistake extends Error {
  readonly position: number;

  constructor(position: number, message: string) {
    super(message);
    this.position = position;
  }
}

/** Runs a recursive reader and turns its `ParseMistake` into a value. */
export function parsing<T>(read: () => T): Parsed<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof ParseMistake) return { ok: false, position: error.position, message: error.message };
    throw error;
  }
}
