import { PullError } from '../contract/pull.ts';

/** What of a query's mistake is needed to show its place. */
export interface QueryPlace {
  stream: string;
  /** The stream's own query. */
  query: string;
  /** Characters before it in the statement that was run. */
  offset: number;
}

interface DatabaseFailure {
  message: string;
  /** SQLSTATE, or the name of a system error. */
  code: string;
  detail?: string;
  hint?: string;
  position?: string;
}

/** Whatever a connection or a query threw, as a sentence for people. `target` is `host:port/database`; no secret is in it. */
export function pullErrorOf(
  error: unknown,
  target: { host: string; port: number; database: string; user: string },
  place?: QueryPlace,
): PullError {
  if (error instanceof PullError) return error;
  const failure = readFailure(error);
  const where = `${target.host}:${target.port}`;
  const said = sentence(failure.message);
  const of = place === undefined ? '' : ` of stream "${place.stream}"`;
  const at = place === undefined ? '' : positionOf(failure, place);
  const retry = (text: string) => new PullError('retry', text);
  const settings = (text: string) => new PullError('settings', text);

  switch (failure.code) {
    case '28P01':
      return settings(`The database at ${where} refuses the password of "${target.user}".`);
    case '28000':
      return settings(`The database at ${where} does not let "${target.user}" in: ${said}`);
    case '3D000':
      return settings(`There is no database "${target.database}" at ${where}.`);
    case '42P01':
    case '42703':
    case '42883':
    case '42704':
    case '3F000':
      return settings(`The query${of} names something that is not there${at}: ${said}${hintOf(failure)}`);
    case '42501':
      return settings(
        `The role "${target.user}" may not do what the query${of} asks: ${said} Grant it the right to read (GRANT SELECT ON … TO ${target.user}).`,
      );
    case '25006':
      return settings(`The query${of} writes, and Turnout only reads: ${said}`);
    case '57014':
      return /statement timeout/.test(failure.message)
        ? retry(`The query${of} took longer than it may. An index on its cursor and key helps, or a smaller query.`)
        : retry(`The database has cancelled the query${of}: ${said}`);
    case '55P03':
      return retry(`The query${of} waited too long for a lock that someone else holds.`);
    case '53300':
      return retry(`The database at ${where} takes no further connections: ${said}`);
    case '57P01':
    case '57P02':
    case '57P03':
    case '57P05':
      return retry(`The database at ${where} has ended the connection: ${said}`);
    case '40001':
    case '40P01':
      return retry(`The database has given up the query${of}, as it may under load: ${said}`);
    case 'ECONNREFUSED':
      return retry(`Nothing listens at ${where}: the connection was refused.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return retry(`The name "${target.host}" leads to no address.`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return retry(`The connection to ${where} broke off (${failure.code}).`);
    case 'CERT_HAS_EXPIRED':
      return settings(`The certificate of ${where} has expired.`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return settings(`The certificate of ${where} is for another name: ${said}`);
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return settings(
        `The certificate of ${where} is signed by nobody we know. Put the text of its authority's certificate into ca, or say tls: require to accept whoever answers.`,
      );
  }
  return byClass(failure);

  function byClass({ code, message }: DatabaseFailure): PullError {
    if (/does not support SSL/i.test(message)) {
      return settings(
        `The database at ${where} offers no TLS, and these settings ask for it. Switch it on there, or say tls: off if the way to it is safe.`,
      );
    }
    if (/establishing an SSL connection/i.test(message))
      return settings(`What answers at ${where} does not speak PostgreSQL.`);
    if (/Connection terminated|timeout expired|read timeout/i.test(message)) {
      return retry(
        /timeout/i.test(message)
          ? `The database at ${where} did not answer in time.`
          : `The connection to ${where} broke off.`,
      );
    }
    if (/password must be a (non-empty )?string|no password/i.test(message))
      return settings(`The database at ${where} asks for a password, and the address has none.`);
    if (/^(08|53|57|58|XX)/.test(code)) return retry(`The database at ${where} reports: ${said}`);
    if (/^[0-9A-Z]{5}$/.test(code)) return settings(`The query${of} fails${at}: ${said}${hintOf(failure)}`);
    return retry(`The database at ${where} could not be read: ${said}`);
  }
}

function readFailure(error: unknown): DatabaseFailure {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: '' };
  // Several addresses tried at once fail together.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const fields = (typeof first === 'object' && first !== null ? first : error) as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === 'string' ? { [name]: fields[name] } : {});
  return {
    message: typeof fields['message'] === 'string' ? fields['message'] : 'unknown',
    code: typeof fields['code'] === 'string' ? fields['code'] : '',
    ...text('detail'),
    ...text('hint'),
    ...text('position'),
  };
}

/** ` (line 3, column 12)` of the stream's own query. */
function positionOf(failure: DatabaseFailure, place: QueryPlace): string {
  const position = Number(failure.position) - place.offset;
  if (!(position >= 1 && position <= place.query.length + 1)) return '';
  const before = [...place.query]
    .slice(0, position - 1)
    .join('')
    .split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

function hintOf({ hint }: DatabaseFailure): string {
  return hint === undefined ? '' : ` ${sentence(hint)}`;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
