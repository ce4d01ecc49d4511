import type { PullEffects } from '../contract/pull.ts';
import { digestOf } from './webinar-memory.ts';
import { type Batch, type Listed, type PassContext, packRows } from './webinar-passes.ts';

/** The stream of the webinars themselves: what changed among those that are listed, and which of the upcoming ones are gone. */

export interface CatalogueEntry extends Listed {
  /** What is journalled of it, and remembered while it lies ahead. */
  content: Record<string, unknown>;
  /** What `content` alone does not tell and the record says: live, finished. */
  phase: string;
  title: string;
}

export interface Catalogue {
  /** Asks for one that is no longer listed. `gone`: the service says that there is none; undefined: it does not say. */
  lookUp(id: string, content: Record<string, unknown>): Promise<CatalogueEntry | 'gone' | undefined>;
  /** Body of a page. */
  wrap(listed: Record<string, unknown>[], gone: Record<string, unknown>[]): unknown;
  /** Settings that the records depend on: when they change everything is written again. */
  settings: unknown;
}

/** So many of the upcoming webinars are remembered, the next ones first. */
const UPCOMING = 300;

interface Upcoming {
  at: number;
  content: Record<string, unknown>;
}

/**
 * Services forget a webinar that is cancelled. One that was listed ahead of its start, is listed no more and is unknown when it is asked
 * for by its id was cancelled: it is written once more as it was, marked as gone.
 */
export async function* readCatalogue(
  listed: readonly CatalogueEntry[],
  { memory, notes, from, to, recent }: PassContext,
  catalogue: Catalogue,
  effects: PullEffects,
): AsyncIterable<Batch> {
  const upcoming = readUpcoming(notes.text);
  const now = effects.now();
  const entries = [...listed];
  if (recent) {
    const ids = new Set(listed.map(({ id }) => id));
    const gone: Record<string, unknown>[] = [];
    for (const [id, { at, content }] of upcoming) {
      if (at < from || at >= to || ids.has(id)) continue;
      const found = await catalogue.lookUp(id, content);
      if (found === undefined) continue;
      upcoming.delete(id);
      if (found === 'gone') {
        effects.log(
          `The webinar ${id} is not known to the service any more before it has begun: it counts as cancelled.`,
        );
        gone.push(content);
      } else entries.push(found);
    }
    notes.text = writeUpcoming(upcoming, now);
    if (gone.length > 0) yield { bodies: [{ body: catalogue.wrap([], gone), rows: gone.length }] };
  }
  const changed = entries.filter(({ id, content, phase }) => {
    const digest = digestOf(content, phase, catalogue.settings);
    if (memory.get(id)?.digest === digest) return false;
    memory.set(id, digest);
    return true;
  });
  if (recent) {
    for (const { id, at, content } of entries) if (at > now) upcoming.set(id, { at, content });
    notes.text = writeUpcoming(upcoming, now);
  }
  const groups = changed.map(({ content }) => [content]);
  const bodies = packRows(groups, (rows) => catalogue.wrap(rows as Record<string, unknown>[], []));
  // One batch: the memory is of all of them.
  const last = listed.at(-1);
  yield last === undefined ? { bodies } : { bodies, through: last };
}

function readUpcoming(text: string): Map<string, Upcoming> {
  return new Map(text === '' ? [] : (JSON.parse(text) as [string, Upcoming][]));
}

function writeUpcoming(upcoming: Map<string, Upcoming>, now: number): string {
  const ahead = [...upcoming].filter(([, { at }]) => at > now).sort(([, a], [, b]) => a.at - b.at);
  return JSON.stringify(ahead.slice(0, UPCOMING));
}
