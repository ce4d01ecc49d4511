import { createHmac } from 'node:crypto';
import type { ChallengeAnswer, HookRequest, Verdict } from '../contract/connector.ts';
import { equalBytes, type SecretSetting, toList } from './constant-time.ts';
import { isObject, parseJsonBody } from './json.ts';

/** Zoom comes again up to 85 minutes later; whether with a fresh timestamp is not documented. */
const WINDOW_MS = 2 * 3_600_000;

/** `x-zm-signature: v0=<hex of HMAC-SHA256(secret, "v0:" + timestamp + ":" + body)>`. */
export function checkZoomSignature(request: HookRequest, secrets: SecretSetting | undefined, now: number): Verdict {
  if (request.method !== 'POST') return { ok: false, reason: 'Zoom sends events by POST.' };
  if (secrets === undefined)
    return { ok: false, reason: 'This source has no webhook_secret: write the secret token of the app into it.' };
  const timestamp = request.headers['x-zm-request-timestamp'];
  if (timestamp === undefined || !/^\d{9,11}$/.test(timestamp))
    return { ok: false, reason: 'The header x-zm-request-timestamp is missing or holds no seconds.' };
  if (Math.abs(now - Number(timestamp) * 1000) > WINDOW_MS)
    return { ok: false, reason: 'The request was signed more than two hours ago or ahead: is the clock right?' };
  if (!/^v0=[0-9a-fA-F]{64}$/.test(request.headers['x-zm-signature']?.trim() ?? ''))
    return { ok: false, reason: 'The header x-zm-signature is missing or not "v0=" and 64 hex digits.' };
  return signingSecret(request, secrets) === undefined
    ? { ok: false, reason: 'The signature does not match the body under this secret token.' }
    : { ok: true };
}

/**
 * Zoom's `endpoint.url_validation`, which it signs as it signs events: the token goes back hashed, with the secret that signed the
 * request. Undefined for an event.
 */
export function answerUrlValidation(
  request: HookRequest,
  secrets: SecretSetting | undefined,
): ChallengeAnswer | undefined {
  const json = parseJsonBody(request.body);
  if (!json.ok || !isObject(json.value) || json.value['event'] !== 'endpoint.url_validation') return undefined;
  const { payload } = json.value;
  const plainToken = isObject(payload) ? payload['plainToken'] : undefined;
  const secret = secrets === undefined ? undefined : signingSecret(request, secrets);
  if (typeof plainToken !== 'string' || secret === undefined)
    return { status: 400, contentType: 'application/json', body: '{}' };
  const encryptedToken = createHmac('sha256', secret).update(plainToken).digest('hex');
  return { status: 200, contentType: 'application/json', body: JSON.stringify({ plainToken, encryptedToken }) };
}

/** The secret under which the request is signed: over the bytes, or over the JSON written anew, as Zoom's own library does. */
function signingSecret(request: HookRequest, secrets: SecretSetting): string | undefined {
  const given = Buffer.from(request.headers['x-zm-signature']?.trim().slice(3) ?? '', 'hex');
  const prefix = `v0:${request.headers['x-zm-request-timestamp']}:`;
  const matching = (body: Buffer | string): string | undefined => {
    let found: string | undefined;
    for (const secret of toList(secrets)) {
      const digest = createHmac('sha256', secret).update(prefix).update(body).digest();
      if (equalBytes(given, digest)) found ??= secret;
    }
    return found;
  };
  return matching(request.body) ?? matching(writtenAnew(request.body));
}

function writtenAnew(body: Buffer): string {
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8'))) ?? '';
  } catch {
    return '';
  }
}
