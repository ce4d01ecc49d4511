import { readFileSync } from 'node:fs';
import { TurnoutError } from '../contract/errors.ts';
import type { Layout } from './layout.ts';
import { DATABASE } from './tables.ts';

/** Where a ClickHouse server answers, and as whom it is asked. */
export interface ServerEndpoint {
  /** `https://host:8443/`, without name and password. */
  url: string;
  user: string;
  password: string;
}

/** A ClickHouse server or cluster; plain data, so that it can be handed to a thread. */
export interface ServerConnection {
  writer: ServerEndpoint;
  /** Who asks; the writer where no other is named. */
  reader: ServerEndpoint;
  /** PEM of the authority that signed the server's certificate; the system's own where absent. */
  ca?: string;
  layout: Exclude<Layout, { kind: 'embedded' }>;
}

/** How the warehouse is reached: the engine child's unix socket, or a server. */
export type WarehouseConnection = { socketPath: string } | { server: ServerConnection };

const URL_VARIABLE = 'TURNOUT_CLICKHOUSE_URL';
const READER_VARIABLE = 'TURNOUT_CLICKHOUSE_READER_URL';
const CA_VARIABLE = 'TURNOUT_CLICKHOUSE_CA_FILE';
const CLUSTER_VARIABLE = 'TURNOUT_CLICKHOUSE_CLUSTER';

/**
 * The server that the environment names; undefined where it names none. The file of the authority is read here.
 * @throws TurnoutError('invalid_request') with a sentence on the variable that cannot be used
 */
export function parseServerConnection(env: NodeJS.ProcessEnv): ServerConnection | undefined {
  const url = env[URL_VARIABLE];
  const [readerUrl, caFile, cluster] = [env[READER_VARIABLE], env[CA_VARIABLE], env[CLUSTER_VARIABLE]];
  if (!url) {
    const alone = [READER_VARIABLE, CA_VARIABLE, CLUSTER_VARIABLE].find((name) => env[name]);
    if (alone !== undefined)
      throw refuse(
        `${alone} is set, but not ${URL_VARIABLE}. Set that too, or unset ${alone} for the built-in engine.`,
      );
    return undefined;
  }
  if (cluster && !/^[A-Za-z0-9_.{}-]+$/.test(cluster))
    throw refuse(`${CLUSTER_VARIABLE} is no name of a cluster: letters, digits and _ . - { } are allowed.`);
  const writer = parseEndpoint(URL_VARIABLE, url);
  const ca = caFile ? readAuthority(caFile) : undefined;
  return {
    writer,
    reader: readerUrl ? parseEndpoint(READER_VARIABLE, readerUrl) : writer,
    layout: cluster ? { kind: 'cluster', cluster } : { kind: 'server' },
    ...(ca === undefined ? {} : { ca }),
  };
}

/** `https://user:password@host:8443/turnout`; the database may be left out. */
function parseEndpoint(variable: string, text: string): ServerEndpoint {
  const wrong = (what: string) =>
    refuse(`${variable} ${what} It looks like https://user:password@clickhouse.example.com:8443/${DATABASE}.`);
  if (!URL.canParse(text)) throw wrong('is no URL.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw wrong(`must begin with https:// or http://: the HTTP interface is used, not ${url.protocol}//.`);
  const database = url.pathname.replace(/^\/|\/$/g, '');
  if (database !== '' && database !== DATABASE)
    throw wrong(`names the database "${database}", but Turnout keeps everything in a database called ${DATABASE}.`);
  if (url.search !== '' || url.hash !== '') throw wrong('may not have anything after the database.');
  return {
    url: `${url.protocol}//${url.host}/`,
    user: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
  };
}

function readAuthority(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw refuse(`${CA_VARIABLE}: ${file} cannot be read (${error instanceof Error ? error.message : error}).`);
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw refuse(`${CA_VARIABLE}: ${file} holds no certificate in PEM form.`);
  return pem;
}

const refuse = (sentence: string): TurnoutError => new TurnoutError('invalid_request', sentence);
