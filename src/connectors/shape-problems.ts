import { z } from 'zod';
import type { Problem } from '../contract/errors.ts';
import { didYouMean } from '../contract/suggest.ts';

/** What zod found, as problems with a path, a sentence that shows no value, and a "did you mean" for unknown keys. */
export function shapeProblems(error: z.ZodError, schema: z.ZodType, value: unknown, place: string): Problem[] {
  return error.issues.flatMap(nearestBranch).flatMap((issue): Problem[] => {
    const at = [...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const known = keysAt(schema, at);
        return {
          code: 'unknown_key',
          path: joinPath(place, [...at, key]),
          message: `"${key}" is not known here.${known.length === 0 ? '' : ` Known are ${known.join(', ')}.`}`,
          ...hintOf(didYouMean(key, known)),
        };
      });
    }
    const found = valueAt(value, at);
    return [
      {
        code: found === undefined ? 'missing' : 'invalid',
        path: joinPath(place, at),
        message: found === undefined ? `"${String(at.at(-1) ?? 'the file')}" is missing.` : sentence(issue.message),
        ...hintOf(ownHint(issue)),
      },
    ];
  });
}

/** Of a union (a secret or a list of secrets) the branch whose type fits says more than "Invalid input". */
function nearestBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fitting = issue.errors.find(
    (branch) => !branch.some((one) => one.code === 'invalid_type' && one.path.length === 0),
  );
  return (fitting ?? []).length === 0
    ? [issue]
    : (fitting ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** The hint that a check of ours gave with its message. */
function ownHint(issue: z.core.$ZodIssue): string | undefined {
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
  return typeof hint === 'string' ? hint : undefined;
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function joinPath(place: string, path: readonly PropertyKey[]): string {
  const dotted = path.map(String).join('.');
  if (dotted === '') return place.replace(/: $/, '');
  return place.endsWith(' ') ? place + dotted : `${place}.${dotted}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[step];
  }
  return current;
}

/** Keys of the object schema at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const step of path) {
    current = unwrap(current);
    if (current instanceof z.ZodObject) current = current.shape[String(step)];
    else if (current instanceof z.ZodArray) current = current.element;
    else return [];
  }
  const object = unwrap(current);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let current = schema;
  while (current instanceof z.ZodDefault || current instanceof z.ZodOptional || current instanceof z.ZodPrefault) {
    current = current.unwrap();
  }
  return current;
}
