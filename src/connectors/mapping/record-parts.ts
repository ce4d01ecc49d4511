import type { FieldValue } from './cell-reader.ts';
import { FIXES, type RowNotes } from './row-notes.ts';

/** What builders of records share. */

/** Fields of a row by their dotted names. */
export type RowFields = ReadonlyMap<string, FieldValue>;

/** Records before the source's defaults are filled in; null with a failure in `notes`, or `skip` for a row that tells of nothing. */
export type Built = Record<string, unknown>[] | 'skip' | null;

/** Longest texts of the contract; longer ones are cut, since a cut text says more than a rejected row. */
const TEXT_LIMITS: ReadonlyMap<string, number> = new Map([
  ['failure_reason', 2000],
  ['title', 2000],
  ['utm_source', 2000],
  ['utm_medium', 2000],
  ['utm_campaign', 2000],
  ['utm_content', 2000],
  ['utm_term', 2000],
  ['referrer', 2000],
  ['message_id', 500],
  ['digits', 100],
]);

export function withSeconds(base: Record<string, unknown>, fields: RowFields): Record<string, unknown> {
  const seconds = fields.get('seconds') ?? fields.get('minutes');
  return seconds === undefined ? base : { ...base, seconds };
}

export function withPerson(base: Record<string, unknown>, fields: RowFields, notes: RowNotes): Built {
  if (!namesSomebody(fields, 'person.')) return missingPerson(notes);
  noteLeftOut(notes);
  return [{ ...base, ...nested(fields, notes, ['seconds', 'minutes', 'attended']) }];
}

export function failed(notes: RowNotes, reason: string): null {
  notes.fail(reason);
  return null;
}

export function missingPerson(notes: RowNotes): null {
  notes.failure ??= notes.weak ?? { reason: 'The row names nobody: e-mail, phone and id are empty.' };
  return null;
}

export function namesSomebody(fields: RowFields, prefix: '' | 'person.' | 'recipient.'): boolean {
  return ['email', 'phone', 'external_id'].some((name) => fields.has(`${prefix}${name}`));
}

/** A row that knows the person in another way loses only the cell that cannot be read. */
export function noteLeftOut(notes: RowNotes): void {
  if (notes.weak !== null) notes.fixed(FIXES.identityLeftOut);
}

/** `person.email` → `{person: {email}}`; one level, as the contract has it. */
export function nested(fields: RowFields, notes: RowNotes, without: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    if (without.includes(name)) continue;
    const dot = name.indexOf('.');
    if (dot < 0) {
      record[name] = typeof value === 'string' ? limited(name, value, notes) : value;
      continue;
    }
    const outer = name.slice(0, dot);
    const inner = (record[outer] ?? {}) as Record<string, unknown>;
    record[outer] = inner;
    inner[name.slice(dot + 1)] = typeof value === 'string' ? limited(name, value, notes) : value;
  }
  return record;
}

export function limited(name: string, value: string, notes: RowNotes): string {
  const max = name.startsWith('attributes.') ? 2000 : (TEXT_LIMITS.get(name) ?? 200);
  if (value.length <= max) return value;
  notes.fixed(FIXES.cut);
  return value.slice(0, max).toWellFormed().trim();
}
