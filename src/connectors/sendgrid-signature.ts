import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Verdict } from '../contract/connector.ts';
import { type SecretSetting, toList } from './constant-time.ts';

const MAX_AGE_MS = 26 * 3_600_000;
const MAX_SKEW_MS = 15 * 60_000;
const keys = new Map<string, KeyObject>();

/**
 * ECDSA P-256 over timestamp header + raw body. SendGrid retries for up to 24 hours, so a timestamp may be 26 hours old
 * and no older; `now` is UTC milliseconds.
 */
export function checkEventSignature(
  signature: string | undefined,
  timestamp: string | undefined,
  body: Buffer,
  publicKeys: SecretSetting,
  now: number,
): Verdict {
  if (signature === undefined || timestamp === undefined) {
    return {
      ok: false,
      reason:
        'The headers X-Twilio-Email-Event-Webhook-Signature and -Timestamp are missing. Switch "Signed Event Webhook" on in SendGrid.',
    };
  }
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'The timestamp header is not Unix seconds.' };
  const age = now - Number(timestamp) * 1000;
  if (age > MAX_AGE_MS) return { ok: false, reason: 'The request was signed more than 26 hours ago.' };
  if (age < -MAX_SKEW_MS)
    return { ok: false, reason: 'The request is signed in the future: check the clock of this machine.' };

  const message = Buffer.concat([Buffer.from(timestamp, 'utf8'), body]);
  const given = Buffer.from(signature, 'base64');
  for (const text of toList(publicKeys)) {
    const key = readPublicKey(text);
    if (key !== undefined && isSignedBy(key, message, given)) return { ok: true };
  }
  return { ok: false, reason: 'The signature does not match the body under this public key.' };
}

function isSignedBy(key: KeyObject, message: Buffer, signature: Buffer): boolean {
  try {
    return verify('sha256', message, { key, dsaEncoding: 'der' }, signature);
  } catch {
    return false;
  }
}

/** The verification key as SendGrid shows it (base64 SPKI, P-256), with or without PEM lines; undefined where it is no such key. */
export function readPublicKey(text: string): KeyObject | undefined {
  const known = keys.get(text);
  if (known !== undefined) return known;
  try {
    const der = Buffer.from(text.replace(/-----[A-Z ]+-----/g, ''), 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
    keys.set(text, key);
    return key;
  } catch {
    return undefined;
  }
}
