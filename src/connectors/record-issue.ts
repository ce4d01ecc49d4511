import type { z } from 'zod';
import { canonicalRecord } from '../contract/record.ts';
import { didYouMean } from '../contract/suggest.ts';

const kinds = canonicalRecord.options.map((option) => option.shape.record.value);
const fieldsByKind = new Map<unknown, string[]>(
  canonicalRecord.options.map((option) => [option.shape.record.value, Object.keys(option.shape)]),
);

/** What is wrong with a record that failed the schema, in one sentence that names the field. */
export function describeIssue(raw: Record<string, unknown>, error: z.ZodError): string {
  const fields = fieldsByKind.get(raw['record']);
  if (fields === undefined) return describeKind(raw['record']);
  const issue = error.issues[0];
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? '';
    const at = issue.path.length === 0 ? '' : ` of "${issue.path.join('.')}"`;
    const hint = issue.path.length === 0 ? didYouMean(name, fields) : undefined;
    return `The field "${name.slice(0, 100)}"${at} is not known in records of kind ${raw['record']}${more}.${hint ? ` ${hint}` : ''}`;
  }
  const path = issue?.path.join('.') ?? '';
  return `The field "${path}" of this ${raw['record']} is wrong${more}: ${issue?.message ?? 'not valid'}.`;
}

function describeKind(kind: unknown): string {
  const known = `Known are ${kinds.join(', ')}.`;
  if (kind === undefined) return `The field "record" is missing. ${known}`;
  const hint = typeof kind === 'string' ? didYouMean(kind, kinds) : undefined;
  return `The field "record" names no kind of record. ${hint ?? known}`;
}
