import { TurnoutError } from '../contract/errors.ts';
import { isSecretKey, MASK } from '../contract/secret-keys.ts';
import type { SourceDeclaration } from '../contract/source.ts';

const VARIABLE_ONLY = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;
const WITH_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*):([^@\s]*)@(.*)$/is;

/** Takes literal secrets out of settings: `app_secret: abc` becomes `app_secret: ${CRM_APP_SECRET}` and a secret of that name. */
export function separateSecrets(declaration: SourceDeclaration): {
  declaration: SourceDeclaration;
  secrets: Record<string, string>;
} {
  const secrets: Record<string, string> = {};
  const keep = (path: readonly string[], value: string): string => {
    const name = [declaration.name, ...path]
      .join('_')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_');
    secrets[name] = value;
    return `\${${name}}`;
  };
  const separate = (value: unknown, path: readonly string[]): unknown => {
    const key = path.findLast((step) => !/^\d+$/.test(step)) ?? '';
    if (Array.isArray(value)) return value.map((item, index) => separate(item, [...path, String(index)]));
    if (typeof value === 'object' && value !== null) {
      // A key file as an object is one secret.
      if (isSecretKey(key)) return keep(path, JSON.stringify(value));
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, separate(item, [...path, name])]));
    }
    if (typeof value !== 'string' || VARIABLE_ONLY.test(value)) return value;
    if (isSecretKey(key)) return keep(path, value);
    const [, head, password, tail] = WITH_PASSWORD.exec(value) ?? [];
    if (password === undefined || password === '' || VARIABLE_ONLY.test(password)) return value;
    return `${head}:${keep([...path, 'password'], password)}@${tail}`;
  };
  return {
    declaration: { ...declaration, settings: separate(declaration.settings, []) as SourceDeclaration['settings'] },
    secrets,
  };
}

/**
 * Puts back what the page showed masked. A password is not carried to another address: whoever changes the address writes it again.
 * @throws TurnoutError('invalid_request') for a mask where nothing was saved, or with another address
 */
export function unmaskSettings(next: unknown, saved: unknown, path = 'settings'): unknown {
  const field = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  if (Array.isArray(next))
    return next.map((item, index) => unmaskSettings(item, field(saved, String(index)), `${path}.${index}`));
  if (typeof next === 'object' && next !== null)
    return Object.fromEntries(
      Object.entries(next).map(([key, item]) => [key, unmaskSettings(item, field(saved, key), `${path}.${key}`)]),
    );
  if (typeof next !== 'string' || !next.includes(MASK)) return next;
  if (next === MASK && saved !== undefined) return saved;
  const [, head, , tail] = WITH_PASSWORD.exec(next) ?? [];
  const [, savedHead, password, savedTail] = WITH_PASSWORD.exec(typeof saved === 'string' ? saved : '') ?? [];
  if (password !== undefined && head === savedHead && hostOf(tail) === hostOf(savedTail))
    return `${head}:${password}@${tail}`;
  throw new TurnoutError('invalid_request', `${path}: write the secret again, because the address has changed.`, [
    { code: 'secret_needed', path, message: 'The secret is not kept for another address. Write it again.' },
  ]);
}

const hostOf = (tail: string | undefined): string | undefined => tail?.split(/[/?]/)[0];
