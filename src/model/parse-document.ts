import type { z } from 'zod';
import type { Problem } from '../contract/errors.ts';
import { didYouMean } from '../contract/suggest.ts';
import { allowedKeys } from './schema-keys.ts';
import { type Pointer, problemAt, type SourceDocument } from './source-document.ts';

/** Checks a document against its schema. Every mistake is a problem at its line, unknown keys and words with "did you mean". */
export function parseDocument<T>(
  source: SourceDocument,
  schema: z.ZodType<T>,
): { ok: true; value: T } | { ok: false; problems: Problem[] } {
  const result = schema.safeParse(source.document, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => explainIssue(source, schema, issue, [])) };
}

type Issue = z.core.$ZodIssue;

function explainIssue(source: SourceDocument, schema: z.ZodType, issue: Issue, parent: Pointer): Problem[] {
  const pointer = [...parent, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const name = pointer.length === 0 ? 'the document' : `"${String(pointer.at(-1))}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        problemAt(
          source,
          [...pointer, key],
          'unknown_key',
          `The key "${key}" is not known here.`,
          didYouMean(key, allowedKeys(schema, pointer, source.document)),
        ),
      );
    case 'invalid_value':
      return [unknownWord(source, pointer, issue.values.map(String))];
    case 'invalid_union': {
      if ('discriminator' in issue && 'options' in issue && Array.isArray(issue.options))
        return [unknownWord(source, pointer, issue.options.map(String))];
      const nearest = nearestBranch(issue.errors);
      if (nearest === undefined) return [problemAt(source, pointer, 'invalid_value', `${name} is not understood.`)];
      return nearest.flatMap((inner) => explainIssue(source, schema, inner, pointer));
    }
    case 'invalid_type':
      return [
        valueAt(source.document, pointer) === undefined
          ? problemAt(source, pointer, 'missing_key', `The key ${name} is missing.`)
          : problemAt(
              source,
              pointer,
              'invalid_value',
              `${name} must be ${TYPE_WORDS[issue.expected] ?? `a ${issue.expected}`}.`,
            ),
      ];
    default:
      return [problemAt(source, pointer, 'invalid_value', `${name}: ${issue.message}.`)];
  }
}

const TYPE_WORDS: Record<string, string> = {
  object: 'a set of keys',
  record: 'a set of keys',
  array: 'a list',
  string: 'text (put it in quotes)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function unknownWord(source: SourceDocument, pointer: Pointer, words: string[]): Problem {
  const key = `"${String(pointer.at(-1))}"`;
  const value = valueAt(source.document, pointer);
  const list = words.length === 1 ? `be ${words[0]}` : `be one of ${words.join(', ')}`;
  if (value === undefined)
    return problemAt(source, pointer, 'missing_key', `The key ${key} is missing; it must ${list}.`);
  const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
  return problemAt(source, pointer, 'invalid_value', `${key} must ${list}, not ${JSON.stringify(value)}.`, hint);
}

/** Of a union's branches the one with the fewest mistakes is what the writer meant. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const weigh = (issues: readonly Issue[]) =>
    issues.reduce(
      (sum, issue) =>
        sum + (issue.code === 'unrecognized_keys' ? issue.keys.length * 2 : issue.path.length === 0 ? 4 : 1),
      0,
    );
  return [...branches].sort((a, b) => weigh(a) - weigh(b))[0];
}

function valueAt(document: unknown, pointer: Pointer): unknown {
  let value = document;
  for (const step of pointer) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
