import type { StatementAnswer, TableRead } from './query-context.ts';

interface KeptAnswer {
  answer: StatementAnswer;
  /** What it depends on; anything where absent. */
  reads: readonly TableRead[] | undefined;
  /** Of that. */
  version: number | string;
}

interface Kept extends KeptAnswer {
  bytes: number;
}

export interface KeptAnswersStatus {
  answers: number;
  rows: number;
  /** Estimated. */
  bytes: number;
}

/** Answers by key, each of one version; the least recently used go first when there are too many rows or bytes. */
export class KeptAnswers {
  readonly #maxRows: number;
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Kept>();
  #rows = 0;
  #bytes = 0;

  constructor(maxRows: number, maxBytes: number) {
    this.#maxRows = maxRows;
    this.#maxBytes = maxBytes;
  }

  status(): KeptAnswersStatus {
    return { answers: this.#kept.size, rows: this.#rows, bytes: this.#bytes };
  }

  /** The answer, where what it depends on still has the version that it had. */
  find(key: string, versionOf: (reads: KeptAnswer['reads']) => number | string): StatementAnswer | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.version !== versionOf(kept.reads)) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.answer;
  }

  /** Keeps an answer in place of the one of another version; one that would push out a quarter of all others is not kept. */
  keep(key: string, { answer, reads, version }: KeptAnswer): void {
    this.#forget(key);
    const bytes = key.length * 2 + bytesOf(answer);
    if (answer.rows.length > this.#maxRows / 4 || bytes > this.#maxBytes / 4) return;
    this.#kept.set(key, { answer, reads, version, bytes });
    this.#rows += rowsOf(answer);
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#rows <= this.#maxRows && this.#bytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#rows -= rowsOf(kept.answer);
    this.#bytes -= kept.bytes;
  }
}

/** An answer without rows takes space, too. */
const rowsOf = ({ rows }: StatementAnswer): number => rows.length + 1;

const ROW_BYTES = 64;
const CELL_BYTES = 16;

/** Roughly what the rows hold in memory. */
function bytesOf({ rows }: StatementAnswer): number {
  let bytes = 0;
  for (const row of rows) {
    bytes += ROW_BYTES;
    for (const name in row) bytes += CELL_BYTES + sizeOf(row[name]);
  }
  return bytes;
}

function sizeOf(cell: unknown): number {
  if (typeof cell === 'string') return cell.length * 2;
  return Array.isArray(cell) ? cell.length * CELL_BYTES : 0;
}
