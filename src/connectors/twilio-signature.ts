import { createHash, createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import type { HookRequest, Verdict } from '../contract/connector.ts';
import { equalBytes, type SecretSetting, toList } from './constant-time.ts';

/**
 * `X-Twilio-Signature`: base64 of HMAC-SHA1(auth token, URL + sorted form parameters). The URL is the public one as Twilio
 * requested it. With `bodySHA256` in the query the URL is signed alone and the body is held to that hash.
 */
export function checkTwilioSignature(request: HookRequest, publicUrl: string, tokens: SecretSetting): Verdict {
  const header = request.headers['x-twilio-signature'];
  if (header === undefined) return { ok: false, reason: 'The header X-Twilio-Signature is missing.' };
  const given = Buffer.from(header.trim(), 'base64');
  if (given.length !== 20) return { ok: false, reason: 'The header X-Twilio-Signature is not a base64 SHA-1 value.' };

  const bodyHash = new URLSearchParams(queryOf(request.target)).get('bodySHA256');
  if (bodyHash !== null && !hasHash(request.body, bodyHash)) {
    return { ok: false, reason: 'The body does not have the hash that bodySHA256 promises.' };
  }
  const params = bodyHash === null && request.method === 'POST' ? sortedParams(request.body) : '';
  let valid = false;
  for (const url of signedUrls(publicUrl, request.target)) {
    for (const token of toList(tokens)) {
      const expected = createHmac('sha1', token)
        .update(url + params, 'utf8')
        .digest();
      valid = equalBytes(given, expected) || valid;
    }
  }
  if (valid) return { ok: true };
  return {
    ok: false,
    reason:
      'The signature does not match. Check auth_token, and that public_url is the URL that Twilio calls, with its scheme and port.',
  };
}

/** Names by code unit, each unique value in order, `name + value` with nothing between. */
function sortedParams(body: Buffer): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    const known = values.get(name);
    if (known === undefined) values.set(name, new Set([value]));
    else known.add(value);
  }
  let text = '';
  for (const name of [...values.keys()].sort(byCodeUnit)) {
    for (const value of [...(values.get(name) ?? [])].sort(byCodeUnit)) text += name + value;
  }
  return text;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `public_url` may be the origin, a prefix or the whole hook URL; the query is always the request's own, so it cannot be swapped. */
function signedUrls(publicUrl: string, target: string): Set<string> {
  const base = publicUrl.replace(/[?#].*$/s, '');
  const path = target.replace(/[?#].*$/s, '');
  const query = queryOf(target);
  const urls = new Set<string>();
  for (const url of [base, base.replace(/\/+$/, '') + path]) {
    for (const withPort of [url, withoutPort(url), withStandardPort(url)]) {
      urls.add(query === '' ? withPort : `${withPort}?${query}`);
      if (query !== '') urls.add(`${withPort}?${querystring.stringify(querystring.parse(query))}`);
    }
  }
  return urls;
}

function queryOf(target: string): string {
  const start = target.indexOf('?');
  return start === -1 ? '' : target.slice(start + 1).replace(/#.*$/s, '');
}

const AUTHORITY = /^(https?:\/\/)([^/:]+|\[[^\]]*\])(:\d+)?/i;

function withoutPort(url: string): string {
  return url.replace(AUTHORITY, '$1$2');
}

function withStandardPort(url: string): string {
  return url.replace(AUTHORITY, (all, scheme: string, host: string, port: string | undefined) =>
    port === undefined ? `${scheme}${host}:${scheme.toLowerCase() === 'https://' ? 443 : 80}` : all,
  );
}

function hasHash(body: Buffer, hex: string): boolean {
  return equalBytes(Buffer.from(hex, 'hex'), createHash('sha256').update(body).digest());
}
