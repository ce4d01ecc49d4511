import { parseConfig } from '../config.ts';
import { type ErrorBody, TurnoutError } from '../contract/errors.ts';
import { createLogger } from '../logger.ts';
import { startServer } from '../server.ts';
import { sendBytes } from './send-bytes.ts';

/** Asks the API; errors of the server become `TurnoutError`. */
export interface ServerCalls {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** @param bytes a portion may be used again when the next one is asked for */
  send<T>(path: string, bytes: Blob | AsyncIterable<Buffer>): Promise<T>;
}

/** Works with the server that runs (PORT, or `url`); where none does, with one that is started for the time being. */
export async function withServer<T>(url: string | undefined, work: (server: ServerCalls) => Promise<T>): Promise<T> {
  const config = parseConfig(process.env);
  const base = url ?? `http://127.0.0.1:${config.port}`;
  if (await answers(base)) return work(callsOf(base));
  if (url !== undefined) throw new TurnoutError('unavailable', `No Turnout answers at ${url}.`);
  const server = await startServer({ ...config, host: '127.0.0.1', port: 0, sample: false }, createLogger('error'));
  try {
    return await work(callsOf(server.url));
  } finally {
    await server.close();
  }
}

async function answers(base: string): Promise<boolean> {
  try {
    const health = (await (await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(5_000) })).json()) as object;
    return 'status' in health && 'data' in health;
  } catch {
    return false;
  }
}

function callsOf(base: string): ServerCalls {
  const told = <T>(ok: boolean, body: T | ErrorBody): T => {
    if (ok) return body as T;
    const { error } = body as ErrorBody;
    throw new TurnoutError(error.code, error.message, error.problems);
  };
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(`${base}${path}`, init);
    return told<T>(answer.ok, (await answer.json()) as T | ErrorBody);
  };
  return {
    get: (path) => call(path, {}),
    post: (path, body) =>
      call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    send: async <T>(path: string, bytes: Blob | AsyncIterable<Buffer>) => {
      if (bytes instanceof Blob)
        return call<T>(path, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: bytes,
        });
      const { status, body } = await sendBytes(`${base}${path}`, bytes);
      return told<T>(status >= 200 && status < 300, JSON.parse(body) as T | ErrorBody);
    },
  };
}
