import type { ImportCheck, ImportColumn, ImportInfo, ImportKind } from '../../src/contract/api.ts';

/** An uploaded file and kinds of rows for the unit tests of this folder. */

export const MESSAGE: ImportKind = {
  record: 'message_event',
  label: 'A message',
  description: '',
  fields: [
    { name: 'channel', label: 'Channel', required: true, type: 'text', synonyms: [] },
    { name: 'recipient.phone', label: 'Phone of the recipient', required: false, type: 'phone', synonyms: [] },
    { name: 'status', label: 'Status', required: false, type: 'text', options: ['sent', 'failed'], synonyms: [] },
    { name: 'at', label: 'Time of the status', required: false, type: 'time', synonyms: [] },
    { name: 'sent_at', label: 'Sent at', required: false, type: 'time', synonyms: [] },
    { name: 'charge', label: 'Charge', required: false, type: 'number', synonyms: [] },
  ],
};

export const PERSON: ImportKind = {
  record: 'person',
  label: 'A recipient',
  description: '',
  fields: [
    { name: 'email', label: 'E-mail', required: false, type: 'email', synonyms: [] },
    { name: 'phone', label: 'Phone', required: false, type: 'phone', synonyms: [] },
    { name: 'attributes.name', label: 'Name', required: false, type: 'text', synonyms: [] },
  ],
};

export const OWN: ImportKind = { record: 'row', label: 'A table of your own', description: '', fields: [] };

export const column = (name: string, more: Partial<ImportColumn> = {}): ImportColumn => ({
  name,
  samples: [],
  type: 'text',
  ...more,
});

export const CHECK: ImportCheck = {
  rows: 10,
  good: 7,
  fixed: 2,
  rejected: 1,
  repeated: 0,
  reasons: [],
  fixes: [],
  unmapped_values: [],
  sample: [],
  funnel: [],
} as ImportCheck;

export const importInfo = (more: Partial<ImportInfo> = {}): ImportInfo => ({
  id: 'abc',
  file: 'calls.csv',
  bytes: 100,
  uploaded_at: '2026-11-20T08:00:00Z',
  state: 'uploaded',
  error: null,
  format: {},
  guesses: [],
  sheets: [],
  sections: [],
  columns: [column('To'), column('State')],
  preview: { rows: [], row_numbers: [] },
  skipped_rows: 0,
  mapping: { record: 'row', columns: [] },
  confidence: {},
  saved: null,
  check: null,
  run: null,
  total_rows: null,
  result: null,
  ...more,
});
