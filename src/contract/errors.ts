/** The closed list of error codes and the HTTP status each one answers with. */
export const ERROR_STATUS = {
  invalid_request: 400,
  forbidden: 403,
  bad_signature: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  internal: 500,
  unavailable: 503,
  timeout: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One mistake a person can mend. `path` is a dotted path into what they sent (`filters.0.dimension`) or a file path with a pointer. */
export interface Problem {
  /** Stable machine word, e.g. `unknown_metric`. */
  code: string;
  path: string;
  /** A sentence that says what is wrong. */
  message: string;
  /** What to do about it, e.g. `Did you mean "charges"?`. */
  hint?: string;
}

/** Body of every error answer of the HTTP API. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; problems?: Problem[]; request_id?: string };
}

/** An error whose message is meant for the person who caused it. Everything else that is thrown is our bug and answers 500. */
export class TurnoutError extends Error {
  readonly code: ErrorCode;
  readonly problems: Problem[];

  constructor(code: ErrorCode, message: string, problems: Problem[] = []) {
    super(message);
    this.name = 'TurnoutError';
    this.code = code;
    this.problems = problems;
  }
}

/** For `default:` branches: a missing case becomes a compile error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
