import { type Cursor, type PullEffects, PullError, type PulledPage, type ReadRequest } from '../contract/pull.ts';
import { WebinarMemory } from './webinar-memory.ts';

/**
 * How the streams of a webinar service are read. The services list webinars by their start and tell nothing about what has changed,
 * so each run lists a window around now and reads every webinar in it again (`recent`); once a week everything older is read again,
 * too (`older`). What is as it was the last time is not written again. A run that stops half way leaves in its cursor the place in its
 * pass: the next one goes on behind the last webinar that was complete.
 */

export interface Listed {
  /** Without spaces. */
  id: string;
  /** Start, UTC milliseconds. */
  at: number;
}

export interface Windows {
  look_back_days: number;
  ahead_days: number;
  /** `2025-11-18`; a year back where absent. */
  since?: string | undefined;
}

export interface Batch {
  /** Journalled one by one. */
  bodies: { body: unknown; rows: number }[];
  /** The last webinar that is complete with them; absent: none. */
  through?: Listed;
}

/** What `read` may use while a pass is going on. */
export interface PassContext {
  memory: WebinarMemory;
  /** Text of the stream's own in the cursor; may be written. */
  notes: { text: string };
  /** UTC milliseconds. */
  from: number;
  to: number;
  /** False for the older pass and for a backfill. */
  recent: boolean;
}

export interface WebinarService<W extends Listed> {
  windows: Windows;
  /** What starts in `[from, to)`, in any order. */
  list(from: number, to: number): Promise<W[]>;
  /** What else a cursor has to hold, beside the places in the passes. */
  extras?(): Cursor;
  /** Reads these, in order. A webinar that nothing has happened to yields nothing. */
  read(webinars: readonly W[], context: PassContext): AsyncIterable<Batch>;
}

const DAY_MS = 86_400_000;
/** A little less than a week, so that the weekly pass does not slip to the next day. */
const OLDER_EVERY_MS = 6.5 * DAY_MS;
/** A pass that began earlier is followed by another one: what it read first is out of date. */
const FRESH_MS = 3_600_000;
const MAX_BODY_BYTES = 900_000;

interface Pass {
  /** UTC milliseconds. */
  begun: number;
  from: number;
  to: number;
  /** Place of the last complete webinar; '' before the first. */
  after: string;
}

interface State {
  recentAt: number | undefined;
  recent: Pass | undefined;
  olderAt: number | undefined;
  older: Pass | undefined;
  memory: WebinarMemory;
  notes: { text: string };
}

export async function* readInPasses<W extends Listed>(
  { cursor, range }: Pick<ReadRequest<unknown>, 'cursor' | 'range'>,
  service: WebinarService<W>,
  effects: PullEffects,
): AsyncIterable<PulledPage> {
  if (range !== undefined) {
    const state = readCursor(null);
    const pass = { begun: effects.now(), from: Date.parse(range.from), to: Date.parse(range.to), after: '' };
    for await (const page of runPass(pass, state, service, false)) yield withoutCursor(page);
    return;
  }
  const state = readCursor(cursor);
  const { look_back_days: back, ahead_days: ahead } = service.windows;
  const began = effects.now();
  const since = sinceOf(service.windows, began);
  // A run that is stopped again and again still gets to the older ones.
  const goesOn = state.older !== undefined || state.olderAt === undefined;
  const justRead = state.recent === undefined && began - (state.recentAt ?? 0) < FRESH_MS;
  while (!(goesOn && justRead)) {
    const now = effects.now();
    state.recent ??= {
      begun: now,
      from: Math.max(since, Math.min(state.recentAt ?? now, now) - back * DAY_MS),
      to: now + ahead * DAY_MS,
      after: '',
    };
    const { begun } = state.recent;
    yield* runPass(state.recent, state, service, true);
    state.recentAt = begun;
    state.recent = undefined;
    yield passDone(state, service.extras?.());
    if (began - begun < FRESH_MS) break;
  }
  if (state.older === undefined && began - (state.olderAt ?? 0) < OLDER_EVERY_MS) return;
  state.older ??= { begun: began, from: since, to: began - back * DAY_MS, after: '' };
  const { begun } = state.older;
  yield* runPass(state.older, state, service, false);
  state.olderAt = begun;
  state.older = undefined;
  yield passDone(state, service.extras?.());
}

async function* runPass<W extends Listed>(
  pass: Pass,
  state: State,
  service: WebinarService<W>,
  recent: boolean,
): AsyncIterable<PulledPage> {
  const { from, to } = pass;
  if (from >= to) return;
  const listed = await service.list(from, to);
  const unique = new Map(listed.map((webinar) => [webinar.id, webinar]));
  const left = [...unique.values()]
    .filter((webinar) => placeOf(webinar) > pass.after)
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  for await (const batch of service.read(left, { memory: state.memory, notes: state.notes, from, to, recent })) {
    if (batch.through !== undefined) pass.after = placeOf(batch.through);
    for (const [index, { body, rows }] of batch.bodies.entries()) {
      const page = { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json', rows };
      yield index === batch.bodies.length - 1
        ? { ...page, cursor: { ...writeCursor(state), ...service.extras?.() } }
        : page;
    }
  }
}

function passDone(state: State, extras: Cursor = {}): PulledPage {
  return passDonePage({ ...writeCursor(state), ...extras });
}

/** Nothing but the cursor; `parse` yields nothing for it (`isPassDone`). */
export function passDonePage(cursor: Cursor): PulledPage {
  return { body: PASS_DONE, contentType: 'application/json', rows: 0, cursor };
}

const PASS_DONE = Buffer.from('{"pass":"done"}');

/** True for the page that only says where a pass has come to. */
export function isPassDone(body: Buffer): boolean {
  return body.equals(PASS_DONE);
}

function withoutCursor({ body, contentType, rows }: PulledPage): PulledPage {
  return { body, contentType, rows };
}

function placeOf({ at, id }: Listed): string {
  return `${String(Math.max(0, at)).padStart(15, '0')} ${id}`;
}

function sinceOf({ since }: Windows, now: number): number {
  const said = since === undefined ? Number.NaN : Date.parse(since);
  return Number.isNaN(said) ? now - 365 * DAY_MS : said;
}

function writeCursor({ recentAt, recent, olderAt, older, memory, notes }: State): Cursor {
  return {
    ...(recentAt === undefined ? {} : { recent_at: recentAt }),
    ...(recent === undefined ? {} : { recent: JSON.stringify(recent) }),
    ...(olderAt === undefined ? {} : { older_at: olderAt }),
    ...(older === undefined ? {} : { older: JSON.stringify(older) }),
    seen: memory.toString(),
    ...(notes.text === '' ? {} : { notes: notes.text }),
  };
}

function readCursor(cursor: Cursor | null): State {
  const number = (name: string) => (typeof cursor?.[name] === 'number' ? cursor[name] : undefined);
  const text = (name: string) => (typeof cursor?.[name] === 'string' ? cursor[name] : '');
  return {
    recentAt: number('recent_at'),
    recent: readPass(text('recent')),
    olderAt: number('older_at'),
    older: readPass(text('older')),
    memory: new WebinarMemory(text('seen')),
    notes: { text: text('notes') },
  };
}

function readPass(text: string): Pass | undefined {
  return text === '' ? undefined : (JSON.parse(text) as Pass);
}

/**
 * Rows in bodies of at most about 1 MB. Rows of a group stay together.
 * @param wrap what else belongs into each body
 */
export function packRows(
  groups: readonly (readonly unknown[])[],
  wrap: (rows: unknown[]) => unknown,
): { body: unknown; rows: number }[] {
  const bodies: { body: unknown; rows: number }[] = [];
  let rows: unknown[] = [];
  let bytes = 0;
  const flush = () => {
    if (rows.length > 0) bodies.push({ body: wrap(rows), rows: rows.length });
    rows = [];
    bytes = 0;
  };
  for (const group of groups) {
    const size = Buffer.byteLength(JSON.stringify(group));
    if (bytes + size > MAX_BODY_BYTES) flush();
    rows.push(...group);
    bytes += size;
  }
  flush();
  return bodies;
}

/** So many webinars in a row that the service cannot tell about are no longer a fault of single ones. */
const FAILURES_IN_A_ROW = 3;

/**
 * Keeps one broken webinar from stopping the others: where the service answers for it with the same error however often it is asked,
 * the read goes on without it and says so; it is asked for again by the next run.
 */
export function guardEach(effects: Pick<PullEffects, 'notice'>): {
  /** @returns undefined where the webinar has to be left out */
  attempt<T>(title: string, read: () => Promise<T>): Promise<T | undefined>;
} {
  let failures = 0;
  return {
    async attempt(title, read) {
      try {
        const result = await read();
        failures = 0;
        return result;
      } catch (error) {
        const single = error instanceof PullError && error.kind === 'retry' && (error.status ?? 0) === 500;
        failures += 1;
        if (!single || failures >= FAILURES_IN_A_ROW) throw error;
        effects.notice(
          `The service cannot tell about the webinar "${title}" (500). It is left out for now; the next run asks again.`,
        );
        return undefined;
      }
    },
  };
}
