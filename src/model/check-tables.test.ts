import { describe, expect, it } from 'vitest';
import { type ChannelSpec, workspaceFile } from '../contract/workspace.ts';
import { checkModel } from './check-model.ts';
import { checkTables } from './check-tables.ts';
import { parseYaml } from './parse-yaml.ts';

const documentsOf = (...texts: string[]) =>
  texts.flatMap((text, index) => parseYaml(`tables/file-${index + 1}.yaml`, text).documents);
const check = (...texts: string[]) => checkTables(documentsOf(...texts));
const brief = (problems: { code: string; path: string; hint?: string }[]) =>
  problems.map(({ code, path, hint }) => `${code} ${path}${hint === undefined ? '' : ` ${hint}`}`);

const CALLS = `
version: 1
table: calls
columns:
  - { name: called_at, type: time }
  - { name: operator, type: text, from: Operator name }
  - { name: resolved, type: boolean }
  - { name: talk, type: integer }
  - { name: amount, type: number }
`;

describe('checkTables', () => {
  it('reads tables with their columns', () => {
    const { tables, problems } = check(
      `${CALLS}---\nversion: 1\ntable: prices\ncolumns: [{ name: a, type: number }]\n`,
    );
    expect(problems).toEqual([]);
    expect(tables.map(({ table }) => table)).toEqual(['calls', 'prices']);
    expect(tables[0]?.columns[1]).toEqual({ name: 'operator', type: 'text', from: 'Operator name' });
  });

  it('says what is wrong, with the place and the nearest word, and leaves such tables out', () => {
    const { tables, unreadable, problems } = check(
      CALLS,
      CALLS,
      'version: 1\ntable: messages\ncolumns: [{ name: a, type: text }]',
      'version: 1\ntable: one\ncolums: [{ name: a, type: text }]',
      'version: 1\ntable: two\ncolumns: [{ name: a, type: txt }, { name: b, typ: text, type: text }]',
      'version: 1\ntable: three\ncolumns: [{ name: a, type: text }, { name: row, type: text }, { name: a, type: date }]',
      'version: 1\ntable: Four\ncolumns: []',
      '- nothing',
    );
    expect(tables.map(({ table }) => table)).toEqual(['calls']);
    expect(unreadable).toEqual(['calls', 'messages', 'one', 'two', 'three', 'Four']);
    expect(brief(problems)).toEqual([
      'duplicate_name tables/file-2.yaml:3 (table) The other one is at tables/file-1.yaml:3 (table).',
      'reserved_name tables/file-3.yaml:2 (table) Choose another name, such as own_messages.',
      'missing_key tables/file-4.yaml:1 (columns)',
      'unknown_key tables/file-4.yaml:3 (colums) Did you mean "columns"?',
      'invalid_value tables/file-5.yaml:3 (columns.0.type) Did you mean "text"?',
      'unknown_key tables/file-5.yaml:3 (columns.1.typ) Did you mean "type"?',
      'reserved_name tables/file-6.yaml:3 (columns.1.name) Call it own_row and add "from: row".',
      'duplicate_name tables/file-6.yaml:3 (columns.2.name)',
      'invalid_value tables/file-7.yaml:2 (table)',
      'invalid_value tables/file-7.yaml:3 (columns)',
      'invalid_value tables/file-8.yaml:1',
    ]);
  });
});

const workspace = workspaceFile.parse({ version: 1, name: 'Test', time_zone: 'UTC' });
const channels: ChannelSpec[] = [];
const model = (...texts: string[]) => checkModel(documentsOf(...texts), workspace, channels, check(CALLS));
const dataset = (body: string) => `version: 1\ndataset: calls\n${body}`;

describe('datasets over tables of one’s own', () => {
  it('offer the columns of the table, the row, the source and the receipt time', () => {
    const { model: checked, problems } = model(
      dataset(`table: calls
time: called_at
entities: [{ name: call, column: row }]
dimensions: [{ name: operator }, { name: resolved, type: boolean }, { name: talk }, { name: source }]
metrics:
  - { name: calls, type: simple, agg: count, filter: "resolved and talk is not null and operator != ''" }
  - { name: value, type: simple, agg: sum, column: amount, format: currency }
  - { name: came, type: simple, agg: count_distinct, column: row, time: received_at }`),
    );
    expect(problems).toEqual([]);
    const { branches, columns } = checked?.datasets.get('calls') ?? {};
    expect(branches?.map(({ table, shown }) => [table, shown])).toEqual([['table_calls', 'table calls']]);
    expect(columns?.get('amount')).toEqual({ type: 'decimal', nullable: true });
    expect(columns?.get('received_at')).toEqual({ type: 'instant', nullable: false });
    expect(checked?.metrics.get('value')).not.toHaveProperty('currency');
  });

  it('say what does not fit', () => {
    const { problems } = model(
      dataset(`table: cals
time: called_at`),
      `version: 1
dataset: more
table: calls
time: operator
dimensions: [{ name: amount }, { name: operater }]
metrics:
  - { name: a, type: simple, agg: sum, column: operator }
  - { name: b, type: simple, agg: count, filter: operator is null }
  - { name: c, type: simple, agg: sum, column: amount, currency: talk, format: currency }`,
    );
    expect(brief(problems)).toEqual([
      'unknown_table tables/file-1.yaml:3 (table) Did you mean "calls"?',
      'column_type tables/file-2.yaml:4 (time)',
      'column_type tables/file-2.yaml:5 (dimensions.0)',
      'unknown_column tables/file-2.yaml:5 (dimensions.1) Did you mean "operator"?',
      'filter_type tables/file-2.yaml:8 (metrics.1.filter)',
      'column_type tables/file-2.yaml:7 (metrics.0.column)',
      'column_type tables/file-2.yaml:9 (metrics.2.currency)',
    ]);
    expect(problems[4]?.message).toContain("Nothing known is ''.");
  });

  it('may be unions with fact tables: text is text', () => {
    const { model: checked, problems } = model(
      `version: 1
dataset: contacts
union:
  - { table: messages, columns: { at: at, way: channel, value: charge, currency: currency } }
  - { table: calls, columns: { at: called_at, way: operator, value: amount, currency: "'USD'" } }
time: at
dimensions: [{ name: way }]
metrics: [{ name: value, type: simple, agg: sum, column: value, format: currency }]`,
    );
    expect(problems).toEqual([]);
    expect(checked?.datasets.get('contacts')?.columns.get('value')).toEqual({ type: 'decimal', nullable: true });
    expect(checked?.metrics.get('value')).toMatchObject({ currency: 'currency' });
  });

  it('of which one is a fact table need a currency for money', () => {
    const { problems } = model(
      `version: 1
dataset: contacts
union:
  - { table: messages, columns: { at: at, value: charge } }
  - { table: calls, columns: { at: called_at, value: talk } }
time: at
metrics: [{ name: value, type: simple, agg: sum, column: value, format: currency }]`,
    );
    expect(brief(problems)).toEqual([
      'union_types tables/file-1.yaml:5 (union.1.columns.value)',
      'unknown_column tables/file-1.yaml:7 (metrics.0.format)',
    ]);
  });

  it('say nothing more of a table that has a mistake of its own, and make no model', () => {
    const broken = check('version: 1\ntable: calls\ncolumns: [{ name: a, type: txt }]');
    const { model: checked, problems } = checkModel(
      documentsOf(dataset('table: calls\ntime: a\nmetrics: [{ name: n, type: simple, agg: count, filter: b }]')),
      workspace,
      channels,
      broken,
    );
    expect(problems).toEqual([]);
    expect(checked).toBeNull();
  });
});
