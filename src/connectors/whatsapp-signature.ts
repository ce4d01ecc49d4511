import { createHmac } from 'node:crypto';
import type { Verdict } from '../contract/connector.ts';
import { equalBytes, type SecretSetting, toList } from './constant-time.ts';

/** `X-Hub-Signature-256: sha256=<hex of HMAC-SHA256(app secret, raw body)>`. */
export function checkHubSignature(header: string | undefined, body: Buffer, secrets: SecretSetting): Verdict {
  if (header === undefined) return { ok: false, reason: 'The header X-Hub-Signature-256 is missing.' };
  const match = /^sha256=([0-9a-fA-F]{64})$/.exec(header.trim());
  if (match?.[1] === undefined) {
    return { ok: false, reason: 'The header X-Hub-Signature-256 is not "sha256=" and 64 hex digits.' };
  }
  const given = Buffer.from(match[1], 'hex');
  let valid = false;
  for (const secret of toList(secrets)) {
    valid = equalBytes(given, createHmac('sha256', secret).update(body).digest()) || valid;
  }
  return valid ? { ok: true } : { ok: false, reason: 'The signature does not match the body under this app secret.' };
}
