import { type PullEffects, PullError, type PulledPage, type ReadRequest } from '../contract/pull.ts';
import { columnProblems } from './postgres-columns.ts';
import {
  compileCount,
  compileRead,
  compileWithoutCursor,
  type DescribedStream,
  describeStream,
  placeOf,
  readCursor,
  tieBreakColumns,
  typeOf,
  writeCursor,
} from './postgres-query.ts';
import { openReadSession, type ReadSession } from './postgres-session.ts';
import { type PostgresSettings, type PostgresStream, streamMode, streamName } from './postgres-settings.ts';
import { cellReader } from './postgres-types.ts';

const PAGE_ROWS = 5000;
const PAGE_CHARACTERS = 1_000_000;
const FIRST_FETCH = 200;
const MAX_FETCH = 2000;
/** A value longer than this is not kept; the longest text that a table takes is 100,000. */
const MAX_CELL = 1_000_000;
const LOCAL_AHEAD_MS = 14 * 3_600_000;
const NULL_CURSOR_MS = 5000;

/** Pages of one stream, all of one moment of the database. Memory is bounded by a page and what one FETCH gives. */
export async function* readPages(
  request: ReadRequest<PostgresSettings>,
  effects: PullEffects,
): AsyncGenerator<PulledPage> {
  const stream = declaredStream(request);
  const session = await openReadSession(request.settings, effects);
  try {
    const described = await describeStream(session, stream);
    const { missing, unknown } = columnProblems(
      stream,
      described.columns.map(({ name }) => name),
    );
    if (missing !== undefined) throw new PullError('settings', missing);
    if (unknown !== undefined) effects.log(unknown);
    if (session.isSuperuser) effects.notice(superuserNotice(session));
    if (streamMode(stream) === 'incremental' && request.range === undefined) {
      if (request.cursor !== null && readCursor(request.cursor, described) === null) {
        effects.notice(
          `Stream "${described.name}" has another cursor or key than before, or one of another type, and is read from its beginning.`,
        );
      }
      await noticeRowsWithoutCursor(session, stream, effects);
    }
    yield* fetchPages(session, described, request, effects);
  } finally {
    await session.close();
  }
}

/** How many rows `readPages` would give. */
export async function countRows(request: ReadRequest<PostgresSettings>, effects: PullEffects): Promise<number | null> {
  const stream = declaredStream(request);
  const session = await openReadSession(request.settings, effects);
  try {
    const described = await describeStream(session, stream);
    const { text, values } = compileCount(described, request, request.settings.time_zone ?? 'UTC');
    const { rows } = await session.query(text, values, placeWithin(stream));
    return Number(rows[0]?.[0]);
  } finally {
    await session.close();
  }
}

export function superuserNotice(session: ReadSession): string {
  return `The role "${session.target.user}" is a superuser of the database. Give Turnout a role that may only read the tables it needs.`;
}

async function* fetchPages(
  session: ReadSession,
  described: DescribedStream,
  request: ReadRequest<PostgresSettings>,
  effects: PullEffects,
): AsyncGenerator<PulledPage> {
  const { stream } = described;
  const statement = compileRead(described, request, request.settings.time_zone ?? 'UTC');
  const place = placeWithin(stream);
  await session.query(`DECLARE turnout_rows NO SCROLL CURSOR FOR ${statement.text}`, statement.values, place);
  const fetch = (rows: number) => session.query(`FETCH ${rows} FROM turnout_rows`, undefined, place);

  const page = new PageBuilder(described, noticeOnce(effects));
  const moves = statement.ordered ? cursorMover(described, session, effects) : undefined;
  let size = FIRST_FETCH;
  let pending = fetch(size);
  for (;;) {
    const asked = size;
    const { rows } = await pending;
    const last = rows.length < asked;
    if (!last) {
      size = nextFetch(page.averageRow(rows), asked);
      // The database works on the next rows while these are written.
      pending = fetch(size);
      pending.catch(() => undefined);
    }
    for (const row of rows) {
      page.add(row);
      moves?.see(row);
      if (page.isFull) yield page.take(moves?.moved());
    }
    if (last) break;
  }
  if (page.rows > 0) yield page.take(moves?.moved());
  else if (streamMode(stream) === 'full' && request.range === undefined && page.taken === 0) yield page.take(undefined);
  moves?.end();
}

/** Cells of the rows as JSON text, until they are worth a page. */
class PageBuilder {
  rows = 0;
  taken = 0;
  readonly #columns: { name: string; type: string }[];
  readonly #readers: ((text: string) => string | number | boolean | null)[];
  #first = 1;
  #characters = 0;
  #lines: string[] = [];

  constructor({ columns }: DescribedStream, notice: (sentence: string) => void) {
    this.#columns = columns.map(({ name, type }) => ({ name, type: type.name }));
    this.#readers = columns.map(({ name, type }) => {
      const reader = cellReader(type, name, notice);
      return (text) => {
        if (text.length <= MAX_CELL) return reader(text);
        notice(`The column "${name}" holds a text of more than ${MAX_CELL} characters; it is kept as nothing.`);
        return null;
      };
    });
  }

  get isFull(): boolean {
    return this.rows >= PAGE_ROWS || this.#characters >= PAGE_CHARACTERS;
  }

  add(row: readonly (string | null)[]): void {
    const cells = this.#readers.map((reader, index) => {
      const text = row[index];
      return text === null || text === undefined ? null : reader(text);
    });
    const line = JSON.stringify(cells);
    this.#lines.push(line);
    this.#characters += line.length;
    this.rows++;
  }

  /** Characters of one of these rows, so that the next FETCH can be of the right size. */
  averageRow(rows: readonly (readonly (string | null)[])[]): number {
    const sample = rows.slice(-20);
    const characters = sample.reduce((sum, row) => sum + row.reduce((of, text) => of + (text?.length ?? 0), 0), 0);
    return Math.max(1, characters / Math.max(1, sample.length));
  }

  take(cursor: PulledPage['cursor']): PulledPage {
    const names = JSON.stringify(this.#columns.map(({ name }) => name));
    const page: PulledPage = {
      body: Buffer.from(`{"columns":${names},"first_row":${this.#first},"rows":[${this.#lines.join(',\n')}]}`),
      contentType: 'application/json',
      rows: this.rows,
      columns: this.#columns,
      ...(cursor === undefined ? {} : { cursor }),
    };
    this.#first += this.rows;
    this.rows = 0;
    this.#characters = 0;
    this.#lines = [];
    this.taken++;
    return page;
  }
}

/** The stream's cursor moves with the rows behind it, but never into the future: what is to come would be passed over. */
function cursorMover(described: DescribedStream, session: ReadSession, effects: PullEffects) {
  const { stream, columns, name } = described;
  const column = stream.cursor ?? '';
  const at = (wanted: string) => columns.findIndex((one) => one.name === wanted);
  const cursorAt = at(column);
  const keyAt = tieBreakColumns(stream).map(at);
  const isNewAt = columns.length;
  const latest = latestCursor(typeOf(described, column).name, session.startedAt);
  let newest: readonly (string | null)[] | undefined;
  let future = 0;
  return {
    see(row: readonly (string | null)[]): void {
      if (row[isNewAt] !== 't') return;
      const value = row[cursorAt] ?? '';
      if (latest !== undefined && (!/^\d{4}-/.test(value) || value.slice(0, latest.length) > latest)) future++;
      else newest = row;
    },
    /** The cursor after the rows seen so far; undefined where it has not moved. */
    moved(): PulledPage['cursor'] {
      const row = newest;
      newest = undefined;
      const value = row?.[cursorAt];
      if (row === undefined || value === null || value === undefined) return undefined;
      return writeCursor(
        described,
        value,
        keyAt.map((index) => row[index] ?? null),
      );
    },
    end(): void {
      if (future === 0) return;
      effects.notice(
        `${future} rows of stream "${name}" have a "${column}" that lies in the future (or no date at all). They are read, and read again by every run.`,
      );
    },
  };
}

/** The database's time to the second, as texts of this type are compared; undefined where the cursor is no time. */
function latestCursor(type: string, startedAt: string): string | undefined {
  if (type === 'timestamptz') return startedAt.slice(0, 19);
  if (type !== 'timestamp' && type !== 'date') return undefined;
  // Somewhere on earth it is that late already.
  const now = Date.parse(`${startedAt.slice(0, 19).replace(' ', 'T')}Z`);
  return new Date(now + LOCAL_AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');
}

async function noticeRowsWithoutCursor(
  session: ReadSession,
  stream: PostgresStream,
  effects: PullEffects,
): Promise<void> {
  const { cursor } = stream;
  if (cursor === undefined) return;
  const answer = await session.tryQuery(compileWithoutCursor({ ...stream, cursor }), NULL_CURSOR_MS);
  const rows = Number(answer?.rows[0]?.[0] ?? 0);
  if (rows === 0) return;
  const many = rows >= 1000 ? `${rows} or more` : String(rows);
  effects.notice(
    `${many} rows of stream "${streamName(stream)}" have no "${cursor}" and are not read. Give them one in the query, e.g. coalesce(${cursor}, created_at) AS ${cursor}.`,
  );
}

function nextFetch(averageRow: number, before: number): number {
  const wanted = Math.floor(PAGE_CHARACTERS / averageRow);
  return Math.max(1, Math.min(wanted, MAX_FETCH, before * 4));
}

function noticeOnce(effects: PullEffects): (sentence: string) => void {
  const told = new Set<string>();
  return (sentence) => {
    if (told.has(sentence) || told.size >= 50) return;
    told.add(sentence);
    effects.notice(sentence);
  };
}

/** In a longer statement the server's positions are not those of the query. */
function placeWithin(stream: PostgresStream) {
  return { ...placeOf(stream), offset: Number.POSITIVE_INFINITY };
}

function declaredStream({ settings, stream }: ReadRequest<PostgresSettings>): PostgresStream {
  const found = settings.streams.find((one) => streamName(one) === stream.name);
  if (found === undefined) throw new PullError('settings', `The settings have no stream "${stream.name}".`);
  return found;
}
