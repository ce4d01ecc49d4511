import type { StorageInfo } from '../../src/contract/api.ts';
import { formatBytes, formatValue } from '../format/index.ts';

/** What lies on the disk, in words. Pure. */

/** What the journal is made of and how long it is kept, a sentence each. */
export function journalSentences({ journal }: StorageInfo, locale: string): string[] {
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const days = (value: number) => `${count(value)} ${value === 1 ? 'day' : 'days'}`;
  const segments = `${count(journal.segments)} ${journal.segments === 1 ? 'segment' : 'segments'}`;
  const compacted =
    journal.compacted_segments === 0
      ? 'none of them compacted'
      : `${count(journal.compacted_segments)} of them compacted, which took ${formatBytes(journal.before_compaction_bytes, locale)} before`;
  const loaded =
    journal.bulk_files === 0
      ? []
      : [`${count(journal.bulk_files)} ${journal.bulk_files === 1 ? 'file' : 'files'} of loaded history.`];
  return [
    `The journal has ${segments}, ${compacted}.`,
    ...loaded,
    journal.compact_after_days === null
      ? 'Segments are never compacted.'
      : `Segments are compacted after ${days(journal.compact_after_days)}.`,
    journal.delete_after_days === null
      ? 'Nothing is ever deleted.'
      : `They are deleted after ${days(journal.delete_after_days)}.`,
    ...(journal.deleted_through > 0
      ? [
          `Entries up to number ${count(journal.deleted_through)} were deleted: their facts stay but cannot be made anew.`,
        ]
      : []),
  ];
}

/** "12.5 B", with one decimal below a hundred; "—" where there are no messages. */
export function formatPerMessage(bytes: number | null, locale: string): string {
  const decimals = bytes !== null && bytes < 100 ? '0.0' : '#,##0';
  return bytes === null
    ? formatValue(null, { locale }, 'table')
    : `${formatValue(bytes, { format: decimals, locale }, 'table')} B`;
}
