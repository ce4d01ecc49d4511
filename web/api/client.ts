import type { ErrorBody, Problem } from '../../src/contract/errors.ts';

/** An answer of the server that is no success, or none at all: `code` is then `unreachable`. */
export class RequestError extends Error {
  readonly code: string;
  readonly problems: Problem[];
  readonly requestId: string | undefined;

  constructor(code: string, message: string, problems: Problem[] = [], requestId?: string) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.problems = problems;
    this.requestId = requestId;
  }
}

export function fetchJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, signal ? { signal } : {});
}

/** POST with the header that tells the server that the page itself, not a foreign form, asks. */
export function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return sendJson('POST', path, body, signal);
}

/** The same by other methods; DELETE has no body. */
export function sendJson<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  return request<T>(path, {
    method,
    headers: { 'x-turnout': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestError('unreachable', 'Turnout cannot be reached. Check that the server runs.');
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const told = (body as Partial<ErrorBody> | null)?.error;
  throw new RequestError(
    told?.code ?? 'unreachable',
    told?.message ?? `The server answered ${response.status}. Try again in a moment.`,
    told?.problems,
    told?.request_id,
  );
}

/** Mistakes do not mend themselves; silence and overload may. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  const code = error instanceof RequestError ? error.code : 'internal';
  return failures < 3 && (code === 'unreachable' || code === 'unavailable' || code === 'timeout');
}
