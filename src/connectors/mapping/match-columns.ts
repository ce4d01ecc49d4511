import type { TableColumnType } from '../../contract/facts.ts';
import type { FieldSpec } from './field-spec.ts';
import { looksLikeEmail, looksLikePhone } from './infer-type.ts';
import { normaliseLabel } from './normalise-label.ts';
import { statusOfWord } from './status-words.ts';

export interface Match {
  field: string;
  column: string;
  /** 0 to 1. */
  confidence: number;
}

interface Column {
  name: string;
  samples: readonly string[];
  type: TableColumnType;
}

/** Below this a column is left to the reader. */
const LEAST = 0.5;

/** Pairs columns with fields, the surest first; each column and each field once. In the order of the fields. */
export function matchColumns(columns: readonly Column[], fields: readonly FieldSpec[], country?: string): Match[] {
  const shapes = columns.map((column) => shapeOf(column, country));
  const candidates = fields
    .flatMap((field, place) =>
      columns.map((column, index) => ({
        field,
        place,
        index,
        column: column.name,
        confidence: confidenceOf(field, column, shapes[index] ?? 'other'),
      })),
    )
    .filter(({ confidence }) => confidence >= LEAST)
    .sort((a, b) => b.confidence - a.confidence || a.place - b.place || a.index - b.index);
  const usedColumns = new Set<number>();
  const found = new Map<string, Match>();
  for (const { field, index, column, confidence } of candidates) {
    if (usedColumns.has(index) || found.has(field.name)) continue;
    usedColumns.add(index);
    found.set(field.name, { field: field.name, column, confidence: Math.round(confidence * 100) / 100 });
  }
  return fields.flatMap(({ name }) => found.get(name) ?? []);
}

type Shape = 'email' | 'phone' | 'status' | 'other' | 'empty';

function shapeOf({ samples }: Column, country: string | undefined): Shape {
  if (samples.length === 0) return 'empty';
  const most = (fits: (sample: string) => boolean): boolean => samples.filter(fits).length * 3 >= samples.length * 2;
  if (most(looksLikeEmail)) return 'email';
  if (most((sample) => looksLikePhone(sample, country) || /^\d(?:[.,]\d+)?E\+\d+$/i.test(sample))) return 'phone';
  return most((sample) => statusOfWord(sample) !== undefined) ? 'status' : 'other';
}

function confidenceOf(field: FieldSpec, column: Column, shape: Shape): number {
  const byName = nameConfidence(field, column.name);
  if (shape === 'empty') return byName * 0.8;
  switch (field.type) {
    case 'email':
      return shape === 'email' ? Math.max(byName, 0.75) : 0;
    case 'phone':
      return shape === 'phone'
        ? Math.max(byName, column.type === 'integer' ? 0.5 : 0.65)
        : byName === 1 && shape === 'other'
          ? 0.5
          : 0;
    case 'time':
      return column.type === 'date' || column.type === 'time' ? byName : numericTime(column) ? byName * 0.8 : 0;
    case 'state':
      return column.type === 'date' || column.type === 'time'
        ? byName
        : column.type === 'boolean' || column.type === 'integer'
          ? byName * 0.8
          : 0;
    case 'option':
      if (shape === 'status' && field.options?.includes('delivered')) return Math.max(byName, 0.7);
      return byName === 1 && column.type === 'text' ? 0.8 : 0;
    case 'number':
    case 'integer':
      return column.type === 'number' || column.type === 'integer' ? byName : 0;
    case 'duration':
      return column.type === 'date' || column.type === 'boolean' ? 0 : byName;
    case 'boolean':
      return column.type === 'boolean' || column.type === 'integer' ? byName : 0;
    case 'presence':
      return column.type === 'time' || column.type === 'number' ? 0 : byName;
    case 'text':
    case 'id':
    case 'word':
    case 'currency':
    case 'date':
      if (shape === 'email' || column.type === 'time') return 0;
      if (field.type === 'word' || field.type === 'currency') return column.type === 'text' ? byName : 0;
      return shape === 'phone' && byName < 1 ? 0 : byName;
  }
}

/** 1: it is called so; 0.75: all words of a name that is meant are in it. */
function nameConfidence(field: FieldSpec, name: string): number {
  const label = normaliseLabel(name);
  if (label === '') return 0;
  const words = new Set(label.split(' '));
  let best = 0;
  for (const synonym of namesOf(field)) {
    if (synonym === label) return 1;
    const parts = synonym.split(' ');
    // A single short word inside a longer name says little: "to", "id", "time".
    if (parts.length === 1 && (synonym.length < 5 || words.size > 3)) continue;
    if (parts.every((part) => words.has(part))) best = Math.max(best, 0.6 + 0.2 * (parts.length / words.size));
  }
  return best;
}

const known = new WeakMap<FieldSpec, readonly string[]>();

function namesOf(field: FieldSpec): readonly string[] {
  const cached = known.get(field);
  if (cached !== undefined) return cached;
  const names = [...new Set([field.name, field.label, ...field.synonyms].map(normaliseLabel))];
  known.set(field, names);
  return names;
}

function numericTime(column: Column): boolean {
  return (
    (column.type === 'integer' || column.type === 'number') &&
    column.samples.every((sample) => /^(?:\d{5}(?:[.,]\d+)?|\d{8}|\d{10}|\d{13})$/.test(sample))
  );
}
