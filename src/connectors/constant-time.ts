import { createHash, timingSafeEqual } from 'node:crypto';

/** One secret, or several while they are rotated. */
export type SecretSetting = string | readonly string[];

export function toList(secret: SecretSetting): readonly string[] {
  return typeof secret === 'string' ? [secret] : secret;
}

/** True where the two byte strings are equal; the time taken tells nothing about where they differ. */
export function equalBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** True where `given` is one of the secrets; lengths are hidden too. */
export function matchesSecret(given: string, secrets: SecretSetting): boolean {
  const digest = sha256(given);
  let matches = false;
  for (const secret of toList(secrets)) matches = equalBytes(digest, sha256(secret)) || matches;
  return matches;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
