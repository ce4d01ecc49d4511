import { type PullEffects, PullError } from '../contract/pull.ts';
import { isObject, parseJsonBody } from './json.ts';
import type { ZoomSettings } from './zoom-settings.ts';

/** Access tokens of server-to-server apps: account credentials for a token of an hour, and no refresh token. */

const TOKEN_URL = 'https://zoom.us/oauth/token';
const API_URL = 'https://api.zoom.us/v2';
/** Asked for anew before its hour is over: a request takes a while. */
const LIFE_MS = 55 * 60_000;

export interface ZoomAccess {
  token: string;
  /** What paths are put behind; no slash at the end. */
  api: string;
}

const tokens = new Map<string, ZoomAccess & { until: number }>();

/** A token; kept in this process for 55 minutes at most. Throws `PullError`. */
export async function zoomAccess(settings: ZoomSettings, effects: PullEffects): Promise<ZoomAccess> {
  const slot = slotOf(settings);
  const kept = tokens.get(slot);
  if (kept !== undefined && kept.until > effects.now()) return kept;
  const url = new URL(tokenUrl(settings));
  url.searchParams.set('grant_type', 'account_credentials');
  url.searchParams.set('account_id', settings.account_id);
  const basic = Buffer.from(`${settings.client_id}:${settings.client_secret}`).toString('base64');
  const answer = await effects.http({
    url: url.href,
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    maxBytes: 100_000,
  });
  const parsed = parseJsonBody(answer.body);
  const body = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const { access_token: token, expires_in: life } = body;
  if (answer.status !== 200) throw refused(settings, answer.status, body);
  if (typeof token !== 'string' || token === '')
    throw new PullError('retry', 'Zoom answered the request for a token with something that is none.');
  const lifeMs = typeof life === 'number' && life > 120 ? Math.min(LIFE_MS, (life - 60) * 1000) : LIFE_MS;
  const access = { token, api: apiOf(settings, body['api_url']), until: effects.now() + lifeMs };
  tokens.set(slot, access);
  return access;
}

/** After the token was refused: the next call asks for another. */
export function forgetZoomToken(settings: ZoomSettings): void {
  tokens.delete(slotOf(settings));
}

/** Host and port of every address that the settings lead to. */
export function zoomTargets(settings: ZoomSettings): { host: string; port: number }[] {
  return [tokenUrl(settings), settings.base_url ?? API_URL].map((text) => {
    const url = new URL(text);
    return { host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) };
  });
}

function tokenUrl({ token_url, base_url }: ZoomSettings): string {
  return token_url ?? (base_url === undefined ? TOKEN_URL : new URL('/oauth/token', base_url).href);
}

/** Accounts may have a cluster of their own, which the token names. */
function apiOf(settings: ZoomSettings, said: unknown): string {
  if (settings.base_url !== undefined) return settings.base_url.replace(/\/+$/, '');
  const url = typeof said === 'string' ? URL.parse(said) : null;
  return url !== null && url.protocol === 'https:' && /(^|\.)zoom\.us$/.test(url.hostname)
    ? `${url.origin}/v2`
    : API_URL;
}

function slotOf({ account_id, client_id, client_secret, ...settings }: ZoomSettings): string {
  return JSON.stringify([
    tokenUrl({ account_id, client_id, client_secret, ...settings }),
    account_id,
    client_id,
    client_secret,
  ]);
}

function refused(settings: ZoomSettings, status: number, body: Record<string, unknown>): PullError {
  const said = [body['reason'], body['error']].find((text) => typeof text === 'string');
  const why = typeof said === 'string' ? `: ${said.slice(0, 200)}` : '';
  return new PullError(
    'settings',
    `Zoom gives no token for the app ${settings.client_id} (${status}${why}). Look at account_id, client_id and client_secret, and whether the app is activated in the Marketplace.`,
  );
}
