import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_STATUS, type ErrorBody, type ErrorCode, TurnoutError } from '../contract/errors.ts';

/** Turns whatever was thrown into an answer: people's mistakes with their sentence, our bugs as 500 with the request id and nothing else. */
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const known = asTurnoutError(error);
  if (known === null) request.log.error({ err: error }, 'request failed');
  const { code, message, problems } =
    known ??
    new TurnoutError(
      'internal',
      'Something in Turnout failed. The numbers are safe; try again, and report the request id if it happens again.',
    );
  const body: ErrorBody = { error: { code, message: cut(message), request_id: request.id } };
  if (problems.length > 0)
    body.error.problems = problems.slice(0, 50).map((problem) => ({ ...problem, message: cut(problem.message) }));
  if (code === 'unavailable') reply.header('retry-after', '2');
  reply.status(ERROR_STATUS[code]).type('application/json; charset=utf-8').send(body);
}

/** A sentence may quote what was sent; nobody wants a megabyte of it back. */
const cut = (text: string): string => (text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text);

function asTurnoutError(error: FastifyError | Error): TurnoutError | null {
  if (error instanceof TurnoutError) return error;
  if (error.name === 'AbortError')
    return new TurnoutError('unavailable', 'The request was given up because its reader went away.');
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === undefined || status >= 500) return null;
  return new TurnoutError(codeFor(status), sentenceFor(error as FastifyError));
}

function codeFor(status: number): ErrorCode {
  if (status === 404) return 'not_found';
  if (status === 405) return 'method_not_allowed';
  if (status === 413) return 'too_large';
  return 'invalid_request';
}

function sentenceFor(error: FastifyError): string {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'The body is larger than this address takes. Send less at a time.';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The body must be JSON: send Content-Type: application/json.';
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'The body is empty; this address needs a JSON body.';
    default:
      return error instanceof SyntaxError || error.code === 'FST_ERR_CTP_INVALID_JSON_BODY'
        ? 'The body is not valid JSON.'
        : 'The request cannot be read.';
  }
}
