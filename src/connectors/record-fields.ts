import { z } from 'zod';
import { canonicalRecord, type RecordKind } from '../contract/record.ts';

/** The fields of a kind of record as columns of a table can name them: `charge`, `recipient.phone`. */
export interface RecordField {
  /** Dotted for what lies in a reference to a person. */
  path: string;
  type: 'text' | 'number' | 'boolean' | 'instant' | 'option' | 'object';
  /** True where the record cannot be without it; parts of a reference are never required one by one. */
  required: boolean;
  /** Of an `option`. */
  options?: readonly string[];
}

/** Set by whoever makes the record, never by a column. */
const NOT_COLUMNS = new Set(['record', 'key', 'table', 'values', 'of']);

const fieldsByKind = new Map<RecordKind, ReadonlyMap<string, RecordField>>(
  canonicalRecord.options.map(({ shape }) => [
    shape.record.value,
    new Map(fieldsOf(shape).map((one) => [one.path, one])),
  ]),
);

/** Fields that columns can fill, by path; none for kinds whose content is free (`row`). */
export function recordFields(kind: RecordKind): ReadonlyMap<string, RecordField> {
  return fieldsByKind.get(kind) ?? new Map();
}

function fieldsOf(shape: Record<string, z.core.$ZodType>): RecordField[] {
  return Object.entries(shape)
    .filter(([name]) => !NOT_COLUMNS.has(name))
    .flatMap(([name, schema]): RecordField[] => {
      const required = !(schema instanceof z.ZodOptional);
      const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
      if (inner instanceof z.ZodObject) {
        return Object.keys(inner.shape).map((part) => ({ path: `${name}.${part}`, type: 'text', required: false }));
      }
      const options = inner instanceof z.ZodEnum ? { options: inner.options.map(String) } : {};
      return [{ path: name, type: typeOf(inner), required, ...options }];
    });
}

function typeOf(schema: z.core.$ZodType): RecordField['type'] {
  if (schema instanceof z.ZodISODateTime) return 'instant';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodEnum) return 'option';
  return schema instanceof z.ZodRecord ? 'object' : 'text';
}

/** References to people that a record of this kind cannot be without: `person` of an invitation. */
export function requiredReferences(kind: RecordKind): string[] {
  const option = canonicalRecord.options.find(({ shape }) => shape.record.value === kind);
  return Object.entries(option?.shape ?? {}).flatMap(([name, schema]) => (schema instanceof z.ZodObject ? [name] : []));
}
