import type { ImportKind } from '../../contract/api.ts';
import type { FieldType, KindSpec } from './field-spec.ts';
import { KIND_SPECS, type MappedKind } from './field-specs.ts';

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

/** The kinds in the order in which people are asked. */
const OFFERED: readonly MappedKind[] = [
  'message_event',
  'activity',
  'person',
  'invitation',
  'webinar_report',
  'registration',
  'attendance',
  'recording_view',
  'webinar',
  'row',
];

/** The kinds of rows that the import page offers. */
export const IMPORT_KINDS: readonly ImportKind[] = OFFERED.map((record) => {
  const { label, description, fields }: KindSpec = KIND_SPECS[record];
  return {
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
  };
});
