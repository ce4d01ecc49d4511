import type { CanonicalRecord, RecordKind } from '../../src/contract/record.ts';

/**
 * The slow, obvious reading of a source that is read again and again: everything that ever came is gone through from the start
 * after every order. Written apart from the projector.
 */

/** A record that came, with its place. */
export interface Came {
  seq: number;
  item: number;
  /** The entry that first brought it. */
  origin: number;
  stream: string;
  /** UTC milliseconds; of the entry that first brought it. */
  receivedAt: number;
  record: CanonicalRecord;
  /** What the record says but for when it was seen. */
  content: string;
}

/** A full read did not find the record. */
interface NotFound {
  seq: number;
  item: number;
  origin: number;
  key: string;
}

type Step = (Came & { key: string }) | NotFound;

export interface Quarantined {
  seq: number;
  item: number;
  origin: number;
  key: string;
  stream: string;
  receivedAt: number;
  record: CanonicalRecord;
}

export type ReferenceEntry =
  | { kind: 'page'; seq: number; stream: string; receivedAt: number; records: readonly CanonicalRecord[] }
  | { kind: 'refresh'; seq: number; stream: string; first: number }
  | { kind: 'undo'; seq: number; first: number; last: number }
  | {
      kind: 'replay';
      seq: number;
      receivedAt: number;
      items: readonly { seq: number; item: number; record?: CanonicalRecord }[];
    };

export interface ReferenceState {
  /** The records that stand, by key; when they were last seen, UTC milliseconds. */
  standing: Map<string, Came & { observed: number }>;
  quarantined: Quarantined[];
  ledger: { counted: number; duplicate: number; quarantined: number; erased: number };
}

const EVENTS: ReadonlySet<RecordKind> = new Set(['message_event', 'activity']);

/** @param isBad records that cannot be counted */
export function readAll(
  entries: readonly ReferenceEntry[],
  isBad: (record: CanonicalRecord) => boolean,
): ReferenceState {
  let steps: Step[] = [];
  let waiting: Quarantined[] = [];
  /** Places of records that were in quarantine and came again: duplicates of themselves. */
  let settled: { seq: number; origin: number }[] = [];
  let erased = 0;

  const take = (place: Omit<Came, 'content'>) => {
    const { record, ...rest } = place;
    if (isBad(record)) waiting.push({ ...rest, record, key: record.key });
    else steps.push({ ...place, key: record.key, content: contentOf(record) });
  };

  for (const entry of entries) {
    if (entry.kind === 'page') {
      const { seq, stream, receivedAt } = entry;
      for (const [item, record] of entry.records.entries())
        take({ seq, item, origin: seq, stream, receivedAt, record });
    } else if (entry.kind === 'refresh') {
      const { standing } = goThrough(steps);
      for (const [key, { stream }] of standing) {
        const seen = [...steps.filter(isCame), ...waiting].some(
          (step) => step.key === key && step.seq >= entry.first && step.seq < entry.seq,
        );
        if (stream === entry.stream && !seen) steps.push({ seq: entry.seq, item: 0, origin: entry.seq, key });
      }
    } else if (entry.kind === 'undo') {
      const within = (seq: number) => seq >= entry.first && seq <= entry.last && seq < entry.seq;
      const inRange = ({ seq, origin }: { seq: number; origin: number }) => within(seq) || within(origin);
      erased += [...steps.filter(isCame), ...waiting, ...settled].filter(inRange).length;
      steps = steps.filter((step) => !inRange(step));
      waiting = waiting.filter((one) => !inRange(one));
      settled = settled.filter((one) => !inRange(one));
      // An end that ends nothing any more is none.
      const { idle } = goThrough(steps);
      steps = steps.filter((step) => !idle.has(step));
    } else {
      let item = 0;
      const wanted = entry.items
        .filter(
          (one, index) =>
            entry.items.findLastIndex((other) => other.seq === one.seq && other.item === one.item) === index,
        )
        .sort((a, b) => a.seq - b.seq || a.item - b.item);
      for (const wish of wanted) {
        const found = waiting.find((one) => one.seq === wish.seq && one.item === wish.item);
        if (found === undefined) continue;
        waiting = waiting.filter((one) => one !== found);
        settled.push(found);
        const record = wish.record ?? found.record;
        take({
          seq: entry.seq,
          item,
          origin: found.origin,
          stream: found.stream,
          receivedAt: found.receivedAt,
          record,
        });
        item += 1;
      }
    }
  }
  const { standing, counted, duplicate } = goThrough(steps);
  return {
    standing,
    quarantined: waiting,
    ledger: { counted, duplicate: duplicate + settled.length, quarantined: waiting.length, erased },
  };
}

const isCame = (step: Step): step is Came & { key: string } => 'record' in step;

function goThrough(steps: readonly Step[]) {
  const standing = new Map<string, Came & { observed: number }>();
  const contents = new Map<string, Set<string>>();
  const idle = new Set<Step>();
  let counted = 0;
  let duplicate = 0;
  for (const step of [...steps].sort((a, b) => a.seq - b.seq || a.item - b.item)) {
    const { key } = step;
    const current = standing.get(key);
    if (!isCame(step)) {
      if (current === undefined) idle.add(step);
      standing.delete(key);
      continue;
    }
    const { record, content, receivedAt } = step;
    const known = contents.get(key) ?? new Set();
    contents.set(key, known);
    if (known.has(content)) duplicate += 1;
    else counted += 1;
    known.add(content);
    const observed = record.observed_at === undefined ? receivedAt : Date.parse(record.observed_at);
    if (record.record === 'deletion') standing.delete(key);
    else if (current === undefined || current.record.record !== record.record) standing.set(key, { ...step, observed });
    else if (current.content === content) {
      if (record.observed_at !== undefined && observed > current.observed) current.observed = observed;
    } else if (EVENTS.has(record.record) || observed >= current.observed) standing.set(key, { ...step, observed });
  }
  return { standing, idle, counted, duplicate };
}

function contentOf(record: CanonicalRecord): string {
  const { observed_at: _, ...says } = record as Record<string, unknown> & { observed_at?: string };
  return JSON.stringify(says);
}
