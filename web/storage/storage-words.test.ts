import { expect, test } from 'vitest';
import type { StorageInfo } from '../../src/contract/api.ts';
import { formatPerMessage, journalSentences } from './storage-words.ts';

const storage = (journal: Partial<StorageInfo['journal']>): StorageInfo => ({
  measured_at: '2026-11-22T08:00:00Z',
  bytes: 0,
  free_bytes: 0,
  messages: 0,
  facts_bytes_per_message: null,
  groups: [],
  tables: [],
  journal: {
    segments: 12,
    compacted_segments: 0,
    before_compaction_bytes: 0,
    bulk_files: 0,
    compact_after_days: null,
    delete_after_days: null,
    deleted_through: 0,
    ...journal,
  },
  advice: [],
});

test('what the journal is made of and how long it is kept', () => {
  expect(journalSentences(storage({}), 'en')).toEqual([
    'The journal has 12 segments, none of them compacted.',
    'Segments are never compacted.',
    'Nothing is ever deleted.',
  ]);
  expect(
    journalSentences(
      storage({
        segments: 1,
        compacted_segments: 1,
        before_compaction_bytes: 3 * 1024 ** 2,
        bulk_files: 2,
        compact_after_days: 1,
        delete_after_days: 400,
        deleted_through: 12_345,
      }),
      'en',
    ),
  ).toEqual([
    'The journal has 1 segment, 1 of them compacted, which took 3 MB before.',
    '2 files of loaded history.',
    'Segments are compacted after 1 day.',
    'They are deleted after 400 days.',
    'Entries up to number 12,345 were deleted: their facts stay but cannot be made anew.',
  ]);
});

test('bytes of one message', () => {
  expect([12.54, 99.96, 412.3, null].map((bytes) => formatPerMessage(bytes, 'en'))).toEqual([
    '12.5 B',
    '100.0 B',
    '412 B',
    '—',
  ]);
});
