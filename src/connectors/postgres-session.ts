import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type PullEffects, PullError } from '../contract/pull.ts';
import { pullErrorOf, type QueryPlace } from './postgres-errors.ts';
import { type PostgresSettings, type PostgresTarget, postgresTarget, serverName, tlsOf } from './postgres-settings.ts';
import { isPrivateAddress } from './private-address.ts';

export interface TextRows {
  fields: { name: string; typeOid: number }[];
  /** Values in PostgreSQL's text form, in the order of the fields. */
  rows: (string | null)[][];
}

/** One connection in one read-only transaction: everything that it reads is of the same moment. */
export interface ReadSession {
  target: PostgresTarget;
  /** When the transaction began, by the database's clock: `2026-11-22 06:00:00.123456+00`. */
  startedAt: string;
  /** A role that may do everything, files of the server included. */
  isSuperuser: boolean;
  /** One statement; more than one is refused by the server. Throws `PullError`; `place` says whose query it is. */
  query(text: string, values?: readonly (string | null)[], place?: QueryPlace): Promise<TextRows>;
  /** Like `query`, but undefined where it fails; the transaction goes on. At most `milliseconds`. */
  tryQuery(text: string, milliseconds: number): Promise<TextRows | undefined>;
  close(): Promise<void>;
}

const CONNECT_MS = 15_000;
const LOCK_MS = 10_000;
/** How long the pages that were read may wait to be kept. */
const IDLE_MS = 600_000;
const STATEMENT_MS = 600_000;

/** Connects to the address that the egress guard has checked and begins to read. Throws `PullError`. */
export async function openReadSession(
  settings: PostgresSettings,
  effects: PullEffects,
  options: { statementMs?: number } = {},
): Promise<ReadSession> {
  const target = postgresTarget(settings);
  const statementMs = options.statementMs ?? STATEMENT_MS;
  const { address } = await effects.address(target.host, target.port);
  const client = createClient(settings, target, address, statementMs);
  /** Why the connection broke, where it did so between two queries. */
  let broken: unknown;
  client.on('error', (error) => {
    broken ??= error;
  });
  const stop = () => destroy(client);
  effects.signal.addEventListener('abort', stop, { once: true });
  const failed = (error: unknown, place?: QueryPlace): PullError =>
    effects.signal.aborted
      ? new PullError('retry', 'The reading was stopped.')
      : pullErrorOf(broken ?? error, target, place);

  const query = async (text: string, values?: readonly (string | null)[], place?: QueryPlace): Promise<TextRows> => {
    // The extended protocol takes one statement and no more, whatever the text holds.
    const config: pg.QueryArrayConfig & { queryMode: 'extended' } = {
      text,
      rowMode: 'array',
      queryMode: 'extended',
      ...(values === undefined ? {} : { values: [...values] }),
    };
    try {
      const { fields, rows } = await client.query<(string | null)[]>(config);
      return { fields: fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })), rows };
    } catch (error) {
      throw failed(error, place);
    }
  };

  const close = async () => {
    effects.signal.removeEventListener('abort', stop);
    // The server takes a transaction back whose connection ends; a silent one is not waited for.
    const impatience = new AbortController();
    const patience = pause(2000, undefined, { signal: impatience.signal, ref: false }).catch(() => undefined);
    await Promise.race([client.end().catch(() => undefined), patience]);
    impatience.abort();
    destroy(client);
  };

  try {
    effects.signal.throwIfAborted();
    await client.connect();
    await client.query(beginReading(statementMs));
    const { rows } = await query(`SELECT now()::text, current_setting('is_superuser')`);
    const [startedAt, superuser] = rows[0] ?? [];
    return {
      target,
      startedAt: startedAt ?? '',
      isSuperuser: superuser === 'on',
      query,
      async tryQuery(text, milliseconds) {
        await query('SAVEPOINT attempt');
        try {
          await query(`SET LOCAL statement_timeout = ${milliseconds}`);
          return await query(text);
        } catch (error) {
          if (effects.signal.aborted) throw error;
          return undefined;
        } finally {
          await query('ROLLBACK TO SAVEPOINT attempt');
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw failed(error);
  }
}

function createClient(
  settings: PostgresSettings,
  target: PostgresTarget,
  address: string,
  statementMs: number,
): pg.Client {
  const tls = tlsOf(settings, isPrivateAddress(address));
  const name = serverName(target.host);
  return new pg.Client({
    host: address,
    port: target.port,
    user: target.user,
    // As a function, so that neither ~/.pgpass nor the environment is asked for another one.
    password: () => target.password,
    database: target.database,
    application_name: 'turnout',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: statementMs + 30_000,
    keepAlive: true,
    ssl:
      tls === 'off'
        ? false
        : {
            rejectUnauthorized: tls === 'verify',
            ...(name === undefined ? {} : { servername: name }),
            ...(settings.ca === undefined ? {} : { ca: settings.ca }),
          },
    types: { getTypeParser: () => (text: string) => text },
  });
}

/** Settings hold for this transaction only, so poolers in front of the database may be in use. */
function beginReading(statementMs: number): string {
  return [
    'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY',
    `SET LOCAL statement_timeout = ${statementMs}`,
    `SET LOCAL lock_timeout = ${LOCK_MS}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`,
    `SET LOCAL TimeZone = 'UTC'`,
    `SET LOCAL DateStyle = 'ISO, YMD'`,
    `SET LOCAL IntervalStyle = 'iso_8601'`,
    `SET LOCAL lc_monetary = 'C'`,
    'SET LOCAL extra_float_digits = 3',
    // Cursors are read to their end here; without this the planner prefers what gives the first rows fast.
    'SET LOCAL cursor_tuple_fraction = 1',
  ].join(';');
}

function destroy(client: pg.Client): void {
  client.connection.stream.destroy();
}
