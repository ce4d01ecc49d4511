import { type PullEffects, PullError } from '../contract/pull.ts';
import type { GoToWebinarSettings } from './gotowebinar-settings.ts';
import { isObject, parseJsonBody } from './json.ts';
import { shortText } from './parsed-item.ts';

/**
 * Access tokens of GoTo, for an hour each. A refresh token lives for 30 days; shortly before its end GoTo gives a new one with an access
 * token. The newest is kept in the cursors, because settings are not written: the one in the settings is tried where it is refused.
 */

export interface GoToAccess {
  token: string;
  /** UTC milliseconds. */
  until: number;
  /** Where GoTo said it. */
  organizerKey: string | undefined;
  /** The newest that is known. */
  refreshToken: string;
}

const LIFE_MS = 3_600_000;
/** A token is not used in its last minute: a request takes a while. */
const RESERVE_MS = 60_000;

/** By client and first refresh token; one process reads for one source and one run. */
const granted = new Map<string, GoToAccess>();

/** @param kept the refresh token of the cursor */
export async function goToAccess(
  settings: GoToWebinarSettings,
  kept: string | undefined,
  effects: PullEffects,
): Promise<GoToAccess> {
  const slot = slotOf(settings);
  const known = granted.get(slot);
  if (known !== undefined && known.until > effects.now()) return known;
  const tokens = new Set([known?.refreshToken, kept, settings.refresh_token].filter((token) => token !== undefined));
  let refusal: PullError | undefined;
  for (const token of tokens) {
    const answer = await refresh(settings, token, effects);
    if (answer instanceof PullError) refusal = answer;
    else {
      granted.set(slot, answer);
      return answer;
    }
  }
  throw refusal ?? new PullError('settings', 'The settings have no refresh_token.');
}

/** After the token was refused: the next call asks for another. */
export function forgetAccess(settings: GoToWebinarSettings): void {
  const known = granted.get(slotOf(settings));
  if (known !== undefined) known.until = 0;
}

function slotOf(settings: GoToWebinarSettings): string {
  return JSON.stringify([settings.token_url, settings.client_id, settings.refresh_token]);
}

async function refresh(
  settings: GoToWebinarSettings,
  token: string,
  effects: PullEffects,
): Promise<GoToAccess | PullError> {
  const { client_id: id, client_secret: secret, token_url: url } = settings;
  const answer = await effects.http({
    url,
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }).toString(),
    maxBytes: 200_000,
  });
  const read = parseJsonBody(answer.body);
  const body = read.ok && isObject(read.value) ? read.value : {};
  if (answer.status !== 200) return refused(answer.status, body);
  const access = body['access_token'];
  if (typeof access !== 'string' || access === '')
    throw new PullError('retry', 'GoTo answered the request for a token with something that is none.');
  const next = body['refresh_token'];
  const life = typeof body['expires_in'] === 'number' && body['expires_in'] > 0 ? body['expires_in'] * 1000 : LIFE_MS;
  return {
    token: access,
    until: effects.now() + Math.max(RESERVE_MS, life - RESERVE_MS),
    organizerKey: shortText(body['organizer_key'], 30),
    refreshToken: typeof next === 'string' && next !== '' ? next : token,
  };
}

function refused(status: number, body: Record<string, unknown>): PullError {
  const why = `${shortText(body['error'], 100) ?? ''} ${shortText(body['error_description'], 300) ?? ''}`.trim();
  if (/invalid_client|unauthorized_client/i.test(why) || (status === 401 && !/grant|refresh/i.test(why)))
    return new PullError('settings', 'GoTo does not know this client: check client_id and client_secret.');
  if (/invalid_grant|refresh/i.test(why))
    return new PullError(
      'settings',
      'GoTo does not accept the refresh token any more: it lives for 30 days unless it is used, and ends when access is withdrawn. Allow access again and put the new refresh_token into the settings (docs/connect/gotowebinar.md).',
    );
  return new PullError('settings', `GoTo gives no token (${status}${why === '' ? '' : `: ${why}`}).`);
}
