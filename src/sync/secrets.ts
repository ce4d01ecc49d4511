import { isSecretKey, MASK } from '../contract/secret-keys.ts';

/** Shorter texts from variables are no secrets by themselves, and masking them would make a log unreadable. */
const MIN_LENGTH = 8;
const MIN_SECRET_LENGTH = 4;
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Makes the function that masks the secrets of a source in sentences: whatever came from `${NAME}`, stands under a key such as
 * `token`, or is the password of a URL; also percent-encoded, and line by line where it has several.
 * @param declared settings as the file says them; `settings` as they are used, `${NAME}` read
 */
export function createMask(
  declared: unknown,
  settings: unknown,
  env: Readonly<Record<string, string | undefined>>,
): (sentence: string) => string {
  const found = new Set<string>();
  collectVariables(declared, '', env, found);
  collectSecrets(settings, '', false, found);
  const secrets = [...found].sort((a, b) => b.length - a.length);
  return (sentence) => secrets.reduce((text, secret) => text.replaceAll(secret, MASK), sentence);
}

function collectVariables(
  value: unknown,
  key: string,
  env: Readonly<Record<string, string | undefined>>,
  found: Set<string>,
): void {
  if (typeof value === 'string') {
    for (const [, name = ''] of value.matchAll(VARIABLE))
      add(env[name] ?? '', isSecretKey(key) || isSecretKey(name) ? MIN_SECRET_LENGTH : MIN_LENGTH, found);
    return;
  }
  for (const [name, item] of entriesOf(value, key)) collectVariables(item, name, env, found);
}

function collectSecrets(value: unknown, key: string, inside: boolean, found: Set<string>): void {
  const secret = inside || isSecretKey(key);
  if (typeof value === 'string') {
    if (secret) add(value, MIN_SECRET_LENGTH, found);
    const password = URL.canParse(value) ? new URL(value).password : '';
    if (password !== '') {
      found.add(password);
      found.add(decodeOrKeep(password));
    }
    return;
  }
  for (const [name, item] of entriesOf(value, key)) collectSecrets(item, name, secret, found);
}

/** Fields of an object by their name, items of a list by the name of the list. */
function entriesOf(value: unknown, key: string): [string, unknown][] {
  if (Array.isArray(value)) return value.map((item) => [key, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function add(secret: string, minimum: number, found: Set<string>): void {
  if (secret.length < minimum) return;
  found.add(secret);
  found.add(encodeURIComponent(secret));
  // A key in several lines may be quoted in part, or with its line ends written out.
  const lines = secret.split(/\\n|\n/).map((line) => line.trim());
  if (lines.length > 1) for (const line of lines.filter((each) => each.length >= 16)) found.add(line);
  const parsed = parseObject(secret);
  if (parsed !== undefined) collectSecrets(parsed, '', false, found);
}

function parseObject(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
