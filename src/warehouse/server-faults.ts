import { ClickHouseError } from '@clickhouse/client';
import { TurnoutError } from '../contract/errors.ts';
import { connectionFault, NOT_CONNECTED, timedOut } from './client-faults.ts';
import { BUSY_CODES, ENGINE_ERROR } from './engine-errors.ts';

/** What went wrong, and whether asking again can help. */
export interface ServerFault {
  /** `unsent`: the server did nothing; `unknown`: it may have; `refused`: it said no for good. */
  effect: 'unsent' | 'unknown' | 'refused';
  /** What is thrown where it is not tried again. */
  error: unknown;
}

/** Codes of a server that is under load, starting, or without one of its replicas: the statement was turned away or may not have ended. */
const PASSING: ReadonlyMap<number, 'unsent' | 'unknown'> = new Map([
  [202, 'unsent'], // TOO_MANY_SIMULTANEOUS_QUERIES
  [3, 'unknown'], // UNEXPECTED_END_OF_FILE
  [209, 'unknown'], // SOCKET_TIMEOUT
  [210, 'unknown'], // NETWORK_ERROR
  [242, 'unknown'], // TABLE_IS_READ_ONLY: a replica without its keeper
  [252, 'unknown'], // TOO_MANY_PARTS
  [279, 'unknown'], // ALL_CONNECTION_TRIES_FAILED
  [285, 'unknown'], // TOO_FEW_LIVE_REPLICAS
  [286, 'unknown'], // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  [289, 'unknown'], // REPLICA_IS_NOT_IN_QUORUM
  [319, 'unknown'], // UNKNOWN_STATUS_OF_INSERT
  [335, 'unknown'], // BARRIER_TIMEOUT
  [999, 'unknown'], // KEEPER_EXCEPTION
]);

/** Codes of a server that will say the same the next time, with what a person can do. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [516, 'ClickHouse does not know the user, or the password is wrong. See TURNOUT_CLICKHOUSE_URL.'],
  [192, 'ClickHouse does not know the user. See TURNOUT_CLICKHOUSE_URL.'],
  [497, 'ClickHouse does not allow this to the user. docs/scale.md says what must be granted.'],
  [164, 'ClickHouse lets the user change no settings. Give it a profile with readonly = 2 or 0, see docs/scale.md.'],
  [452, 'A limit of the user’s profile is below what Turnout asks for. docs/scale.md says which settings are sent.'],
  [
    115,
    'ClickHouse does not know a setting that Turnout sends: it is too old. docs/scale.md says which version is needed.',
  ],
  [170, 'ClickHouse knows no cluster of the name in TURNOUT_CLICKHOUSE_CLUSTER.'],
  [701, 'ClickHouse knows no cluster of the name in TURNOUT_CLICKHOUSE_CLUSTER.'],
  [225, 'The cluster has no keeper: replicated tables need ClickHouse Keeper or ZooKeeper.'],
]);

const CERTIFICATE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO)/;

/** Sorts what the client threw. @param timeoutMs of the statement */
export function readServerFault(error: unknown, timeoutMs: number): ServerFault {
  if (error instanceof ClickHouseError) return readException(error, timeoutMs);
  const broken = connectionFault(error);
  if (broken !== undefined) {
    const away = unavailable(
      `ClickHouse does not answer (${broken}). It is tried again; what arrives is safe meanwhile.`,
    );
    return { effect: NOT_CONNECTED.has(broken) ? 'unsent' : 'unknown', error: away };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (CERTIFICATE.test(code)) {
    const sentence = `ClickHouse’s certificate is not trusted (${code}). TURNOUT_CLICKHOUSE_CA_FILE names the authority that signed it.`;
    return { effect: 'refused', error: unavailable(sentence) };
  }
  // Whatever a proxy says in the server's place.
  if (error instanceof Error && error.constructor === Error) {
    const said = error.message.replaceAll(/\s+/g, ' ').slice(0, 120);
    return { effect: 'unknown', error: unavailable(`Something else answers in ClickHouse’s place: ${said}`) };
  }
  return { effect: 'refused', error };
}

function readException(error: ClickHouseError, timeoutMs: number): ServerFault {
  const code = Number(error.code);
  if (code === ENGINE_ERROR.timeout) return { effect: 'refused', error: timedOut(timeoutMs) };
  const passing = PASSING.get(code);
  if (passing !== undefined) {
    const name = error.type === undefined ? '' : ` (${error.type})`;
    return {
      effect: passing,
      error: unavailable(`ClickHouse is busy or without one of its replicas${name}. It is tried again.`),
    };
  }
  const busy = BUSY_CODES.get(code);
  // Memory that all statements together use up is free again soon; what one statement needs, it needs again.
  if (busy !== undefined)
    return { effect: /\(total\)/.test(error.message) ? 'unknown' : 'refused', error: unavailable(busy) };
  const refusal = REFUSALS.get(code);
  if (refusal !== undefined)
    return { effect: 'refused', error: unavailable(`${refusal} It said: ${firstSentence(error)}`) };
  return { effect: 'refused', error };
}

const firstSentence = ({ message }: Error): string => message.replaceAll(/\s+/g, ' ').slice(0, 200).trim();

const unavailable = (sentence: string): TurnoutError => new TurnoutError('unavailable', sentence);
