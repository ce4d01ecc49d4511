import type { ImportKind } from '../../contract/api.ts';
import { type FieldType, KIND_SPECS, type KindSpec } from './field-specs.ts';

const PUBLIC_TYPE: Record<FieldType, string> = {
  text: 'text',
  id: 'text',
  word: 'text',
  currency: 'text',
  number: 'number',
  duration: 'number',
  integer: 'integer',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  state: 'time',
  presence: 'boolean',
  email: 'email',
  phone: 'phone',
  option: 'text',
};

/** The kinds of rows that a file can hold, in the order in which people are asked. */
export const IMPORT_KINDS: readonly ImportKind[] = Object.entries(KIND_SPECS).map(
  ([record, { label, description, fields }]: [string, KindSpec]) => ({
    record,
    label,
    description,
    fields: fields.map(({ name, label, required, type, options, synonyms }) => ({
      name,
      label,
      required,
      type: PUBLIC_TYPE[type],
      ...(options === undefined ? {} : { options: [...options] }),
      synonyms: [...synonyms],
    })),
  }),
);
