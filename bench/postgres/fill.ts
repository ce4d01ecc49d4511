import { request } from 'node:http';
import type pg from 'pg';
import type { Calendar } from '../store/calendar.ts';
import { DAYS } from '../store/calendar.ts';
import { copyIn } from './copy-in.ts';
import { SOURCE_OF, TABLES } from './schema.ts';

export interface Filled {
  loadSeconds: number;
  indexSeconds: number;
  /** Bytes of tables and of indexes. */
  bytes: number;
  indexBytes: number;
}

/** Copies the store's facts into PostgreSQL, makes the indexes, and leaves the tables vacuumed and analysed. */
export async function fillPostgres(client: pg.Client, socketPath: string, calendar: Calendar): Promise<Filled> {
  const started = performance.now();
  for (const [name, { columns, where }] of Object.entries(TABLES)) {
    const definitions = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    await client.query(`DROP TABLE IF EXISTS ${name}`);
    await client.query('BEGIN');
    await client.query(`CREATE TABLE ${name} (${definitions.join(', ')})`);
    const names = Object.keys(columns).join(', ');
    for (const slice of slicesOf(name, calendar)) {
      const conditions = [where, slice].filter((part) => part !== undefined);
      const lines = await exportLines(
        socketPath,
        `SELECT ${Object.keys(columns).map(exported).join(', ')} FROM turnout.${SOURCE_OF[name] ?? name} FINAL${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`,
      );
      await copyIn(client, `COPY ${name} (${names}) FROM STDIN WITH (FREEZE)`, lines);
    }
    await client.query('COMMIT');
  }
  const loaded = performance.now();
  for (const { indexes } of Object.values(TABLES)) for (const index of indexes) await client.query(index);
  for (const name of Object.keys(TABLES)) await client.query(`VACUUM (ANALYZE, FREEZE) ${name}`);
  await client.query('CHECKPOINT');
  const list = Object.keys(TABLES).map((name) => `'${name}'::regclass`);
  const { rows } = await client.query<{ bytes: string; index_bytes: string }>(
    `SELECT sum(pg_table_size(t)) AS bytes, sum(pg_indexes_size(t)) AS index_bytes FROM unnest(ARRAY[${list.join(', ')}]) AS t`,
  );
  return {
    loadSeconds: (loaded - started) / 1000,
    indexSeconds: (performance.now() - loaded) / 1000,
    bytes: Number(rows[0]?.bytes),
    indexBytes: Number(rows[0]?.index_bytes),
  };
}

/** PostgreSQL has no unsigned numbers: the upper half of people's becomes negative, in as many bytes. */
const exported = (column: string): string =>
  PEOPLE.has(column) ? `reinterpretAsInt32(${column}) AS ${column}_number` : column;

const PEOPLE: ReadonlySet<string> = new Set(['account', 'recipient', 'person']);

/** Conditions that cut a table into pieces of a few hundred thousand rows: days of messages, all of the others. */
function slicesOf(name: string, { dayStart }: Calendar): (string | undefined)[] {
  if (name !== 'messages') return [undefined];
  const instant = (day: number) => `fromUnixTimestamp64Milli(${dayStart(day)}, 'UTC')`;
  return Array.from({ length: DAYS }, (_, day) => `at >= ${instant(day)} AND at < ${instant(day + 1)}`);
}

/** The engine's answer as it comes, in TabSeparated. On a write session, because those of readers are cut in length. */
function exportLines(socketPath: string, statement: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: '/?default_format=TabSeparated' }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const body = Buffer.concat(chunks);
        if (answer.statusCode === 200) resolve(body);
        else reject(new Error(body.toString('utf8')));
      });
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(statement);
  });
}
