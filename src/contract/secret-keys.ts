/** Which settings are secrets: they are masked wherever settings are shown, and kept apart when the page writes a source. */
const SECRET_KEY =
  /(^|_)(secret|secrets|token|password|passwd|api_key|private_key|service_account|public_key|client_secret|refresh_token|auth|key_file)$|(secret|token|password)/i;

export const MASK = '••••';

/** True for a name such as `app_secret` or `api_key`. `url` is masked by its password alone, see `maskSettings`. */
export function isSecretKey(name: string): boolean {
  return SECRET_KEY.test(name);
}

/** Settings as they may be shown: literal secrets and the passwords in URLs masked; `${NAME}` stays, it tells nothing. */
export function maskSettings(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => maskSettings(item, name));
  if (typeof value === 'object' && value !== null) {
    if (isSecretKey(name)) return MASK;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskSettings(item, key)]));
  }
  if (typeof value !== 'string') return value;
  if (/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value)) return value;
  if (isSecretKey(name)) return MASK;
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*):([^@\s]*)@/i, (whole, head: string, password: string) =>
    password.startsWith('${') ? whole : `${head}:${MASK}@`,
  );
}
