import { ClickHouseError } from '@clickhouse/client';
import { TurnoutError } from '../contract/errors.ts';

/** The connection was never made, so nothing was sent. */
export const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
export const BROKEN: ReadonlySet<string> = new Set([
  ...NOT_CONNECTED,
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
]);

/** What is read from disk is not what was written; `detail` is the engine's own sentence. */
export class DamagedDataError extends TurnoutError {
  readonly detail: string;

  constructor(detail: string) {
    super('unavailable', 'The analytics data on disk is damaged and must be rebuilt from the journal.');
    this.detail = detail;
  }
}

export const timedOut = (timeoutMs: number): TurnoutError =>
  new TurnoutError('timeout', `The engine did not answer within ${timeoutMs / 1000} s. Ask for a shorter period.`);

/** The system's word for a broken connection, e.g. `ECONNREFUSED`; undefined where the engine did answer. */
export function connectionFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof ClickHouseError) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined && BROKEN.has(code)) return code;
  return /socket hang up|aborted|terminated|Premature close/i.test(error.message) ? 'ECONNRESET' : undefined;
}
