import { createPrivateKey, sign } from 'node:crypto';
import { type PullEffects, PullError } from '../contract/pull.ts';
import { isObject, parseJson } from './json.ts';

/** Access tokens of Google's service accounts: a signed JWT is exchanged for a token (RFC 7523). */

export interface ServiceAccountKey {
  clientEmail: string;
  /** PEM. */
  privateKey: string;
  keyId: string | undefined;
  /** Who the JWT is for: `token_uri` of the key file. */
  audience: string;
  /** Where it is sent. */
  tokenUrl: string;
}

const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/spreadsheets.readonly';
const LIFE_SECONDS = 3600;
/** A token is not used in its last minute: a request takes a while. */
const RESERVE_MS = 60_000;
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const NO_KEY =
  'This is not the key of a service account: give the whole JSON file that Google Cloud offers for download';

/** The key file as text or as an object; `problem` is a sentence. */
export function readServiceAccountKey(
  value: string | Record<string, unknown>,
): ServiceAccountKey | { problem: string } {
  const parsed = typeof value === 'string' ? parseJson(value) : { ok: true as const, value };
  if (!parsed.ok || !isObject(parsed.value)) return { problem: `${NO_KEY}.` };
  const { client_email: email, private_key: pem, private_key_id: id, token_uri: uri } = parsed.value;
  if (typeof email !== 'string' || !email.includes('@')) return { problem: `${NO_KEY} (client_email is missing).` };
  if (typeof pem !== 'string' || !pem.includes('PRIVATE KEY'))
    return { problem: `${NO_KEY} (private_key is missing).` };
  const audience = typeof uri === 'string' && uri !== '' ? uri : TOKEN_URI;
  return {
    clientEmail: email,
    // A key that went through an environment variable often has its line breaks written out.
    privateKey: pem.replaceAll('\\n', '\n'),
    keyId: typeof id === 'string' && id !== '' ? id : undefined,
    audience,
    tokenUrl: audience,
  };
}

/** Header and claims of the JWT, as they are signed. `now`: UTC milliseconds. */
export function signingInput(key: ServiceAccountKey, now: number): string {
  const issued = Math.floor(now / 1000);
  const header = { alg: 'RS256', typ: 'JWT', ...(key.keyId === undefined ? {} : { kid: key.keyId }) };
  const claims = { iss: key.clientEmail, scope: SCOPE, aud: key.audience, iat: issued, exp: issued + LIFE_SECONDS };
  return `${base64url(header)}.${base64url(claims)}`;
}

/** The signed JWT. Throws `PullError` for a private key that cannot be used. */
export function signAssertion(key: ServiceAccountKey, now: number): string {
  const input = signingInput(key, now);
  try {
    return `${input}.${sign('RSA-SHA256', Buffer.from(input), createPrivateKey(key.privateKey)).toString('base64url')}`;
  } catch {
    throw new PullError('settings', `The private key of ${key.clientEmail} cannot be read. ${NO_KEY}.`);
  }
}

const tokens = new Map<string, { token: string; until: number }>();

/** A token for the account; kept in this process until a minute before it ends. */
export async function accessToken(key: ServiceAccountKey, effects: PullEffects): Promise<string> {
  const slot = slotOf(key);
  const kept = tokens.get(slot);
  if (kept !== undefined && kept.until > effects.now()) return kept.token;
  const answer = await effects.http({
    url: key.tokenUrl,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: GRANT, assertion: signAssertion(key, effects.now()) }).toString(),
    maxBytes: 100_000,
  });
  const parsed = parseJson(answer.body.toString('utf8'));
  const body = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const { access_token: token, expires_in: life } = body;
  if (answer.status !== 200) throw tokenRefused(key, answer.status, body);
  if (typeof token !== 'string' || token === '')
    throw new PullError('retry', 'Google answered the request for a token with something that is none.');
  const lifeMs = (typeof life === 'number' && life > 0 ? life : LIFE_SECONDS) * 1000;
  tokens.set(slot, { token, until: effects.now() + lifeMs - RESERVE_MS });
  return token;
}

/** After the token was refused: the next call asks for another. */
export function forgetToken(key: ServiceAccountKey): void {
  tokens.delete(slotOf(key));
}

function slotOf(key: ServiceAccountKey): string {
  return JSON.stringify([key.tokenUrl, key.clientEmail, key.keyId ?? key.privateKey]);
}

function tokenRefused(key: ServiceAccountKey, status: number, body: Record<string, unknown>): PullError {
  const why = typeof body['error_description'] === 'string' ? body['error_description'].slice(0, 300) : '';
  if (/short-lived|iat|exp\b/i.test(why))
    return new PullError('settings', "Google refuses the key because this machine's clock is wrong: set the clock.");
  if (/signature/i.test(why))
    return new PullError(
      'settings',
      `Google does not know this key of ${key.clientEmail} (any more): make a new key in Google Cloud and put it in place.`,
    );
  if (/not found|invalid email|account/i.test(why))
    return new PullError('settings', `Google knows no service account ${key.clientEmail}: was it deleted? (${why})`);
  return new PullError(
    'settings',
    `Google gives no token for ${key.clientEmail} (${status}${why === '' ? '' : `: ${why}`}).`,
  );
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
