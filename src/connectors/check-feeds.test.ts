import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { TableSpec } from '../contract/model.ts';
import { checkFeeds } from './check-feeds.ts';
import { parseSources } from './sources.ts';

const TABLES: TableSpec[] = [
  { version: 1, table: 'operator_calls', columns: [{ name: 'called_at', type: 'time' }] },
  { version: 1, table: 'targets', columns: [{ name: 'target', type: 'number' }] },
];

const source = (stream: string) => `version: 1
sources:
  - name: platform
    connector: postgres
    settings:
      url: postgres://reader:secret@db.internal/app
      streams:
        - { record: person, query: SELECT 1, key: id }
        - { ${stream}, query: SELECT 1, key: id }
`;

function check(text: string) {
  expect(parseDocument(text).errors).toEqual([]);
  const { sources, problems, places } = parseSources([{ path: 'sources/main.yaml', text }], {});
  expect(problems).toEqual([]);
  return checkFeeds(sources, TABLES, places);
}

it('finds nothing wrong with tables that are declared', () => {
  expect(check(source('record: row, table: operator_calls'))).toEqual([]);
});

it('says where rows go into a table that is not declared', () => {
  expect(check(source('record: row, table: operator_cals'))).toEqual([
    {
      code: 'unknown_table',
      path: 'sources/main.yaml: sources.0.settings.streams.1.table',
      message: 'Its rows are for the table "operator_cals", which is not declared.',
      hint: 'Did you mean "operator_calls"?',
    },
  ]);
  expect(check(source('record: row, table: shops'))[0]?.hint).toBe('Declare it in tables/shops.yaml.');
});

it('says which column of a mapping the table does not have', () => {
  const { sources, places } = parseSources([{ path: 'sources/main.yaml', text: source('record: invitation') }], {});
  const mapping = {
    record: 'row',
    table: 'targets',
    columns: [
      { field: 'target', column: 'Target', type: 'number' },
      { field: 'targt', column: 'Other' },
    ],
  };
  const mapped = sources.map((one) => ({ ...one, declaration: { ...one.declaration, settings: { mapping } } }));
  expect(checkFeeds(mapped, TABLES, places)).toEqual([
    {
      code: 'unknown_column',
      path: 'sources/main.yaml: sources.0.settings.mapping.columns.1.field',
      message: 'The table "targets" has no column "targt".',
      hint: 'Did you mean "target"?',
    },
  ]);
});
