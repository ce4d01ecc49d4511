import type { Feed } from '../../contract/connector.ts';
import type { RowMapping } from '../../contract/mapping.ts';

/** What rows under a mapping become: kinds of records, and the table of rows. */
export function feedsOfMapping({ record, table }: Pick<RowMapping, 'record' | 'table'>): Feed[] {
  if (record === 'webinar_report') return [{ record: 'registration' }, { record: 'attendance' }, { record: 'webinar' }];
  return [record === 'row' && table !== undefined ? { record, table } : { record }];
}

/** The first of them, for a stream that is described by one. */
export function mainFeedOfMapping(mapping: Pick<RowMapping, 'record' | 'table'>): Feed {
  const [main = { record: 'row' }] = feedsOfMapping(mapping);
  return main;
}
