import { isIP } from 'node:net';
import { z } from 'zod';
import type { Stream } from '../contract/pull.ts';
import { canonicalRecord, type RecordKind } from '../contract/record.ts';

const KINDS = canonicalRecord.options.map(({ shape }) => shape.record.value).filter((kind) => kind !== 'deletion') as [
  RecordKind,
  ...RecordKind[],
];

const column = z.string().min(1).max(63);

const streamSettings = z.strictObject({
  /** Unique in the source; the table's name, or the kind of record, where absent. Part of every record's key. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'lower-case letters, digits, _ and - only')
    .optional(),
  record: z.enum(KINDS),
  /** Where `record` is `row`: the table of the workspace. */
  table: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _ only')
    .optional(),
  /** One SELECT. Its column names are the record's fields: `AS charge`, `AS "recipient.phone"`. */
  query: z.string().min(1).max(100_000),
  /** Columns that make a row unique. */
  key: z.union([column, z.array(column).min(1).max(8)]),
  /** A column that only grows: `updated_at`, or an id where rows never change. */
  cursor: column.optional(),
  /** How far before the cursor is read again: a length for times, a number for whole numbers. */
  look_back: z
    .union([
      z.number().int().min(0),
      z.string().regex(/^\d{1,6} (second|minute|hour|day)s?$/, 'a length such as "10 minutes", "2 hours" or "3 days"'),
    ])
    .optional(),
  /** A column that says that a row is gone: true, or anything but empty. */
  deleted: column.optional(),
  /** incremental where there is a cursor, else full. */
  mode: z.enum(['full', 'incremental']).optional(),
});

export const postgresSettings = z
  .strictObject({
    /** postgres://user:password@host:5432/database */
    url: z.string().min(1).max(2000),
    /** off: plain text. require: encrypted, whoever answers. verify: encrypted, and the certificate is checked. */
    tls: z.enum(['off', 'require', 'verify']).optional(),
    /** Text of the certificate (PEM) that signed the server's. */
    ca: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
    /** Zone of columns without one (`timestamp`, `date`); the workspace's where absent. */
    time_zone: z.string().refine(isTimeZone, 'an IANA time zone such as Asia/Jakarta or UTC').optional(),
    streams: z.array(streamSettings).min(1).max(200),
  })
  .superRefine((settings, context) => {
    const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const target = parsePostgresUrl(settings.url);
    if ('problem' in target) problem(['url'], target.problem);
    else if (target.tls === 'off' && settings.tls !== undefined && settings.tls !== 'off') {
      problem(['tls'], 'The url says sslmode=disable and tls says otherwise: remove one of them.');
    }
    if (settings.ca !== undefined && settings.tls === 'off') problem(['ca'], 'A certificate needs tls: verify.');
    const names = new Set<string>();
    for (const [index, stream] of settings.streams.entries()) {
      const name = streamName(stream);
      if (names.has(name)) {
        problem(['streams', index, 'name'], `Two streams are called "${name}": give each its own name.`);
      }
      names.add(name);
      if (stream.record === 'row' && stream.table === undefined) {
        problem(['streams', index, 'table'], 'Rows go into a table of the workspace: name it with table.');
      }
      if (stream.record !== 'row' && stream.table !== undefined) {
        problem(['streams', index, 'table'], `Only records of kind row go into a table; this is a ${stream.record}.`);
      }
      if (stream.mode === 'incremental' && stream.cursor === undefined) {
        problem(['streams', index, 'cursor'], 'An incremental stream needs a cursor: a column that only grows.');
      }
      if (stream.look_back !== undefined && stream.cursor === undefined) {
        problem(['streams', index, 'look_back'], 'look_back needs a cursor.');
      }
    }
  });

export type PostgresSettings = z.infer<typeof postgresSettings>;
export type PostgresStream = PostgresSettings['streams'][number];

export interface PostgresTarget {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** What `sslmode` in the url says. */
  tls?: 'off' | 'require' | 'verify';
}

/** Parameters of libpq that say how TLS is to be used; those that may fall back to plain text are refused. */
const SSL_MODES: Record<string, 'off' | 'require' | 'verify'> = {
  disable: 'off',
  require: 'require',
  'no-verify': 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
};

/** The url's parts, or a sentence that says what is wrong and shows nothing of it. */
export function parsePostgresUrl(text: string): PostgresTarget | { problem: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return {
      problem:
        'This is not a database address. Write postgres://user:password@host:5432/database; characters such as @ / : in the password are written as %40 %2F %3A.',
    };
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    return { problem: 'The address begins with postgres:// or postgresql://.' };
  }
  if (
    url.hostname === '' ||
    url.hostname.includes('%2F') ||
    url.hostname.includes('%2f') ||
    url.hostname.includes(',')
  ) {
    return { problem: 'The address names one host; sockets and lists of hosts are not read.' };
  }
  const extra: { tls?: 'off' | 'require' | 'verify' } = {};
  for (const [name, value] of url.searchParams) {
    if (name === 'application_name' || name === 'connect_timeout') continue;
    if (name !== 'sslmode') {
      const hint = name.startsWith('sslroot') ? ' Put the text of the certificate into ca.' : ' Remove it.';
      return { problem: `The parameter "${name.slice(0, 60)}" of the address is not known here.${hint}` };
    }
    const mode = SSL_MODES[value];
    if (mode === undefined) {
      return {
        problem:
          'sslmode is disable, require or verify-full. Modes that fall back to plain text (allow, prefer) are not offered.',
      };
    }
    extra.tls = mode;
  }
  const user = decode(url.username);
  const password = decode(url.password);
  const database = decode(url.pathname.slice(1));
  if (user === undefined || password === undefined || database === undefined) {
    return { problem: 'The address holds a % that begins no character code: write % itself as %25.' };
  }
  if (user === '') return { problem: 'The address names no user: postgres://user:password@host/database.' };
  if (database === '' || database.includes('/')) {
    return { problem: 'The address names no database: postgres://user:password@host/database.' };
  }
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1').toLowerCase();
  return { host, port: url.port === '' ? 5432 : Number(url.port), user, password, database, ...extra };
}

/** The parts of a url that the schema has accepted. */
export function postgresTarget(settings: PostgresSettings): PostgresTarget {
  const target = parsePostgresUrl(settings.url);
  if ('problem' in target) throw new Error(target.problem);
  return target;
}

/** How the connection is kept secret. Without a word in the settings: verified, but plain for a private address. */
export function tlsOf(settings: PostgresSettings, isPrivate: boolean): 'off' | 'require' | 'verify' {
  const said = settings.tls ?? postgresTarget(settings).tls;
  if (said !== undefined) return said;
  return isPrivate && settings.ca === undefined ? 'off' : 'verify';
}

export function streamName(stream: PostgresStream): string {
  return stream.name ?? stream.table ?? stream.record;
}

export function streamMode(stream: PostgresStream): Stream['mode'] {
  return stream.mode ?? (stream.cursor === undefined ? 'full' : 'incremental');
}

export function keyColumns(stream: PostgresStream): string[] {
  return typeof stream.key === 'string' ? [stream.key] : stream.key;
}

/** SNI and certificates name hosts, never addresses. */
export function serverName(host: string): string | undefined {
  return isIP(host) === 0 ? host : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
