import type { Problem } from '../contract/errors.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces every `${NAME}` in texts, lists and objects from `env`; one problem for each variable that is not set. */
export function readVariables(
  value: unknown,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  return { value: readValue(value, path, env, problems), problems };
}

function readValue(
  value: unknown,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): unknown {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (_, name: string) => {
      const found = env[name];
      if (found === undefined || found === '') problems.push(missing(name, path));
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => readValue(item, `${path}.${index}`, env, problems));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, readValue(item, `${path}.${key}`, env, problems)]),
    );
  }
  return value;
}

function missing(name: string, path: string): Problem {
  return {
    code: 'missing_variable',
    path,
    message: `The environment variable ${name} is not set.`,
    hint: `Set ${name} before Turnout starts, or write the value in its place.`,
  };
}
