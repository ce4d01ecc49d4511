import type { JournalEntry, JournalReader } from './entry.ts';
import { type FileLayer, nodeFileLayer } from './file-layer.ts';
import { listSegments } from './segment.ts';
import { SegmentCursor } from './segment-cursor.ts';

export interface Damage {
  path: string;
  /** Where the unreadable bytes start. */
  offset: number;
}

/**
 * Opens the journal in `folder` for reading, in any thread: it shares nothing with the writer but the files, and never looks at
 * an entry above the `through` of a call. Unreadable bytes are skipped and told to `onDamage`, once per place; an empty answer
 * means that nothing readable is left between `after` and `through`.
 */
export async function openJournalReader(
  folder: string,
  fs: FileLayer = nodeFileLayer,
  onDamage: (damage: Damage) => void = () => {},
): Promise<JournalReader> {
  return new SegmentedReader(folder, fs, onDamage);
}

class SegmentedReader implements JournalReader {
  readonly #folder: string;
  readonly #fs: FileLayer;
  readonly #onDamage: (damage: Damage) => void;
  #cursor: SegmentCursor | undefined;
  #lastDamage = '';

  constructor(folder: string, fs: FileLayer, onDamage: (damage: Damage) => void) {
    this.#folder = folder;
    this.#fs = fs;
    this.#onDamage = onDamage;
  }

  async read(after: number, through: number, limit: number, maxBytes = 8 * 1024 * 1024): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    let bytes = 0;
    let last = after;
    if (this.#cursor !== undefined && this.#cursor.lastSeq > after) await this.close();
    this.#cursor?.forgetAhead();
    while (last < through && entries.length < limit && bytes < maxBytes) {
      const cursor = this.#cursor ?? (await this.#enter(last, through, -1));
      if (cursor === undefined) break;
      const step = await cursor.next();
      if (step.kind === 'entry') {
        if (step.entry.seq > through) {
          cursor.stepBack(step);
          break;
        }
        if (step.entry.seq <= last) continue;
        entries.push(step.entry);
        last = step.entry.seq;
        bytes += step.size;
        continue;
      }
      if (step.kind === 'unreadable') {
        this.#report({ path: cursor.segment.path, offset: step.offset });
        if (await cursor.skipDamage()) continue;
      }
      if ((await this.#enter(last, through, cursor.segment.firstSeq)) === undefined) break;
    }
    return entries;
  }

  async close(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    await cursor?.close();
  }

  /** Opens the segment that holds the entry after `last`, among those that begin after `beyond`; `undefined` (and stays) where none does. */
  async #enter(last: number, through: number, beyond: number): Promise<SegmentCursor | undefined> {
    const segments = (await listSegments(this.#fs, this.#folder)).filter((segment) => segment.firstSeq > beyond);
    const segment = segments.findLast((candidate) => candidate.firstSeq <= last + 1) ?? segments[0];
    if (segment === undefined || segment.firstSeq > through) return undefined;
    const cursor = await SegmentCursor.open(this.#fs, segment);
    await this.close();
    this.#cursor = cursor;
    return cursor;
  }

  #report(damage: Damage): void {
    const place = `${damage.path}:${damage.offset}`;
    if (place !== this.#lastDamage) this.#onDamage(damage);
    this.#lastDamage = place;
  }
}
