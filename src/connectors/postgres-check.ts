import type { PullEffects, StreamReport } from '../contract/pull.ts';
import type { TablePage } from '../contract/table-page.ts';
import { maskPeople } from './mask-people.ts';
import { columnProblems } from './postgres-columns.ts';
import { pullErrorOf } from './postgres-errors.ts';
import { superuserNotice } from './postgres-pages.ts';
import { compileRead, compileWithoutCursor, type DescribedStream, describeStream, placeOf } from './postgres-query.ts';
import { parseRows } from './postgres-records.ts';
import { openReadSession, type ReadSession } from './postgres-session.ts';
import {
  keyColumns,
  type PostgresSettings,
  type PostgresStream,
  postgresTarget,
  streamName,
} from './postgres-settings.ts';
import { cellReader, shownType } from './postgres-types.ts';

const STATEMENT_MS = 15_000;
const LOOKED_AT = 1000;
const SHOWN = 5;

/** Connects and looks at every stream: columns, five rows as they are mapped, about how many there are, and what is doubtful. */
export async function checkStreams(settings: PostgresSettings, effects: PullEffects): Promise<StreamReport[]> {
  const started = effects.now();
  let session: ReadSession;
  try {
    session = await openReadSession(settings, effects, { statementMs: STATEMENT_MS });
  } catch (error) {
    const detail = pullErrorOf(error, postgresTarget(settings)).message;
    const elapsed_ms = effects.now() - started;
    return settings.streams.map((stream) => ({ ...failed(stream, detail), elapsed_ms }));
  }
  try {
    const reports: StreamReport[] = [];
    for (const stream of settings.streams) {
      const began = effects.now();
      // A connection that is gone fails every stream that is left with the same sentence.
      const report = await session
        .query('SAVEPOINT stream')
        .then(() => checkStream(session, stream, settings))
        .catch((error: unknown) => failed(stream, pullErrorOf(error, session.target).message));
      await session.query('ROLLBACK TO SAVEPOINT stream').catch(() => undefined);
      reports.push({ ...report, elapsed_ms: effects.now() - began });
    }
    return reports;
  } finally {
    await session.close();
  }
}

function failed(stream: PostgresStream, detail: string): StreamReport {
  return { stream: streamName(stream), ok: false, detail, elapsed_ms: 0, rows: null, columns: [], sample: [] };
}

async function checkStream(
  session: ReadSession,
  stream: PostgresStream,
  settings: PostgresSettings,
): Promise<StreamReport> {
  const described = await describeStream(session, stream);
  const columns = described.columns.map(({ name, type }) => ({ name, type: shownType(type) }));
  const { missing, unknown } = columnProblems(
    stream,
    columns.map(({ name }) => name),
  );
  if (missing !== undefined) return { ...failed(stream, missing), columns };

  const rows = await estimateRows(session, described);
  const looked = await lookAtRows(session, described);
  const remarks = [
    unknown,
    repeatedKey(looked, stream),
    await withoutCursor(session, stream),
    withoutZone(described, settings),
    session.isSuperuser ? superuserNotice(session) : undefined,
  ].filter((remark) => remark !== undefined);
  const items = parseRows({ ...looked, rows: looked.rows.slice(0, SHOWN) }, stream, {
    source: '',
    settings,
    defaults: {},
    timeZone: 'UTC',
  });
  return {
    stream: described.name,
    ok: true,
    detail: [
      `${columns.length} columns, ${rows === null ? 'rows not counted' : `about ${rows.toLocaleString('en')} rows`}.`,
      ...remarks,
    ].join(' '),
    elapsed_ms: 0,
    rows,
    columns,
    sample: items.map(
      (item) => maskPeople(item.ok ? item.record : { problem: item.reason }) as Record<string, unknown>,
    ),
  };
}

/** What the planner expects; exact counting of a large table would take as long as reading it. */
async function estimateRows(session: ReadSession, described: DescribedStream): Promise<number | null> {
  const { text, values } = compileRead(described, { cursor: null }, 'UTC');
  const { rows } = await session.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const plan: unknown = JSON.parse(rows[0]?.[0] ?? 'null');
  const first = Array.isArray(plan) ? (plan[0] as { Plan?: { 'Plan Rows'?: unknown } }) : undefined;
  const expected = first?.Plan?.['Plan Rows'];
  return typeof expected === 'number' ? expected : null;
}

async function lookAtRows(session: ReadSession, { stream, columns }: DescribedStream): Promise<TablePage> {
  const { query, offset } = placeOf(stream);
  const { rows } = await session.query(`SELECT q.* FROM (\n${query}\n) AS q LIMIT ${LOOKED_AT}`, undefined, {
    stream: streamName(stream),
    query,
    offset,
  });
  const readers = columns.map(({ name, type }) => cellReader(type, name, () => undefined));
  return {
    columns: columns.map(({ name }) => name),
    first_row: 1,
    rows: rows.map((row) =>
      row.map((text, index) => (text === null ? null : (readers[index]?.(text.slice(0, 100_000)) ?? null))),
    ),
  };
}

function repeatedKey(looked: TablePage, stream: PostgresStream): string | undefined {
  const at = keyColumns(stream).map((column) => looked.columns.indexOf(column));
  const keys = new Set(looked.rows.map((row) => JSON.stringify(at.map((index) => row[index]))));
  if (keys.size === looked.rows.length) return undefined;
  return `The key (${keyColumns(stream).join(', ')}) is not unique: of ${looked.rows.length} rows ${looked.rows.length - keys.size} repeat another one's and would replace it. Name every column that tells rows apart.`;
}

async function withoutCursor(session: ReadSession, stream: PostgresStream): Promise<string | undefined> {
  const { cursor } = stream;
  if (cursor === undefined) return undefined;
  const answer = await session.tryQuery(compileWithoutCursor({ ...stream, cursor }), 3000);
  const rows = Number(answer?.rows[0]?.[0] ?? 0);
  return rows === 0 ? undefined : `${rows} rows or more have no "${cursor}" and are not read.`;
}

function withoutZone({ columns }: DescribedStream, settings: PostgresSettings): string | undefined {
  const local = columns.filter(({ type }) => type.name === 'timestamp').map(({ name }) => `"${name}"`);
  if (local.length === 0 || settings.time_zone !== undefined) return undefined;
  return `${local.join(', ')} ${local.length === 1 ? 'has' : 'have'} no time zone and ${local.length === 1 ? 'is' : 'are'} read in the workspace's; set time_zone (often UTC) if it is another one.`;
}
