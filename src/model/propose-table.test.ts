import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadWorkspace } from './load-workspace.ts';
import { columnNames, uniqueTableName } from './proposal/names.ts';
import { proposeTable, type TableWish, takenTableNames } from './propose-table.ts';

const packsFolder = join(import.meta.dirname, '../../packs');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnout-proposal-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Writes a proposal into the workspace and loads it with the omnichannel pack. */
async function adopt(wish: Omit<TableWish, 'model' | 'currency' | 'timeZone'>) {
  const before = await loadWorkspace({ folder, packsFolder });
  const proposal = proposeTable({ ...wish, timeZone: 'UTC', currency: 'USD', model: before.model });
  for (const { path, text } of proposal.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return { proposal, loaded: await loadWorkspace({ folder, packsFolder }) };
}

const SALES = {
  name: 'sales',
  label: 'Sales 2026',
  columns: [
    { name: 'Order ID', type: 'integer', samples: ['100123', '100124', '100125'] },
    { name: 'Ordered At', type: 'time', samples: ['2026-06-01 10:00'] },
    { name: 'Channel', type: 'text', samples: ['Shop', 'Web', 'Web'] },
    { name: 'Customer e-mail', type: 'text', samples: ['a@example.com', 'b@example.com'] },
    { name: 'Amount (USD)', type: 'number', samples: ['10.5', '20'] },
    { name: 'Weight', type: 'number', samples: ['1.2'] },
    { name: 'Items', type: 'integer', samples: ['1', '2'] },
    { name: 'Paid', type: 'boolean', samples: ['yes', 'no'] },
    { name: 'Comment', type: 'text', samples: ['fine'] },
    { name: 'Rating', type: 'integer', samples: ['5', '4'] },
    { name: 'Fax', type: 'text', samples: [] },
  ],
} satisfies Omit<TableWish, 'model' | 'currency' | 'timeZone'>;

describe('proposeTable', () => {
  it('writes files that people can read', async () => {
    const { proposal, loaded } = await adopt(SALES);
    expect(loaded.problems).toEqual([]);
    expect(proposal.dashboard).toBe('sales');
    expect(proposal.files.map(({ path }) => path)).toEqual([
      'tables/sales.yaml',
      'metrics/sales.yaml',
      'dashboards/sales.yaml',
    ]);
    expect(proposal.files.map(({ text }) => text).join('---\n')).toMatchInlineSnapshot(`
      "# Sales 2026: a table of your own. When this file changes, its rows are made anew from what came in.
      # Types: text, number, integer, boolean, date and time; dates and times without a zone are of UTC.
      version: 1
      table: sales
      label: Sales 2026
      columns:
        - { name: order_id, type: integer, label: Order ID, from: Order ID }
        - { name: ordered_at, type: time, label: Ordered At, from: Ordered At }
        - { name: channel, type: text, from: Channel }
        - { name: customer_e_mail, type: text, label: Customer e-mail, from: Customer e-mail }
        - { name: amount_usd, type: number, label: "Amount (USD)", from: "Amount (USD)" }
        - { name: weight, type: number, from: Weight }
        - { name: items, type: integer, from: Items }
        - { name: paid, type: boolean, from: Paid }
        - { name: comment, type: text, from: Comment }
        - { name: rating, type: integer, from: Rating }
        - { name: fax, type: text, from: Fax }
      ---
      # What is counted in the table sales, and by what it is split and filtered. See docs/model.md.
      version: 1
      dataset: sales
      label: Sales 2026
      table: sales
      time: ordered_at  # rows are counted at this time; rows without it are in no period
      dimensions:
        - { name: sales_channel, column: channel, label: Channel }
        - { name: paid, label: Paid, type: boolean }
      metrics:
        - { name: sales_count, label: Sales 2026, type: simple, agg: count, format: integer }
        - { name: sales_amount_usd, label: "Amount (USD)", type: simple, agg: sum, column: amount_usd, format: currency }
        - { name: sales_average_amount_usd, label: "Average amount (USD)", type: simple, agg: average, column: amount_usd, format: currency }
        - { name: sales_weight, label: Weight, type: simple, agg: sum, column: weight, format: decimal }
        - { name: sales_average_weight, label: Average weight, type: simple, agg: average, column: weight, format: decimal }
        - { name: sales_items, label: Items, type: simple, agg: sum, column: items, format: integer }
        - { name: sales_average_rating, label: Average rating, type: simple, agg: average, column: rating, format: decimal }
      ---
      # A first look at the table sales. Rearrange it as you like: see docs/dashboards.md.
      version: 1
      name: sales
      title: Sales 2026
      defaults: { period: all, compare: "off" }
      filters:
        - { dimension: sales_channel }
        - { dimension: paid }
      rows:
        - tiles:
            - { scorecards: [sales_count, sales_amount_usd, sales_average_amount_usd, sales_weight, sales_average_weight, sales_items] }
        - tiles:
            - { width: 6, line: sales_count }
            - { width: 6, line: sales_amount_usd }
        - tiles:
            - { width: 6, bar: sales_count, by: sales_channel, sort: -sales_count, limit: 12 }
            - { width: 6, bar: sales_count, by: paid, sort: -sales_count, limit: 12 }
        - tiles:
            - { table: [sales_count, sales_amount_usd, sales_average_amount_usd, sales_weight, sales_average_weight, sales_items, sales_average_rating], by: sales_channel, sort: -sales_count, limit: 100, search: true, totals: true }
      "
    `);
    expect(loaded.tables).toEqual([proposal.tableSpec]);
  });

  it('gives a second table of the same shape names of its own', async () => {
    await adopt(SALES);
    const { loaded } = await adopt({ ...SALES, name: 'returns', label: 'Returns' });
    expect(loaded.problems).toEqual([]);
    expect([...(loaded.model?.datasets.get('returns')?.dimensions ?? [])]).toEqual([
      ['returns_channel', 'channel'],
      ['returns_paid', 'paid'],
    ]);
    expect(takenTableNames(loaded)).toEqual(expect.arrayContaining(['sales', 'returns', 'messages', 'overview']));
  });

  it.each<[string, Omit<TableWish, 'model' | 'currency' | 'timeZone'>]>([
    ['no date', { name: 'prices', label: 'Prices', columns: [{ name: 'Price', type: 'number', samples: ['1'] }] }],
    ['nothing but text', { name: 'notes', label: 'Notes', columns: [{ name: 'Note', type: 'text' }] }],
    [
      'names that are words of the model',
      {
        name: 'words',
        label: '"Words": {of}, #ours\n\\ on',
        columns: [
          'row',
          'source',
          'time',
          'label',
          'step',
          'weekday',
          'version',
          'null',
          'not',
          'channel',
          'account',
        ].map((name) => ({ name, type: 'text', samples: ['a', 'b'] })),
      },
    ],
    [
      'headers of every kind',
      {
        name: 'strange',
        label: '奇妙',
        columns: [
          ...[
            '',
            '  ',
            '№',
            '---',
            '日付',
            '2024',
            'Сумма, руб.',
            'Сумма руб',
            'a: b',
            '{x}',
            '"',
            "it's",
            '# no',
            'true',
            '\t',
            'A\nB',
          ],
          ...[
            '😀'.repeat(120),
            'x'.repeat(900),
            'yes',
            '- a',
            '& b',
            '* c',
            '! d',
            '% e',
            '@ f',
            '`g`',
            '?',
            ': h',
            '\u2028',
            '\u0085',
          ],
        ].flatMap((name) => (['text', 'number', 'boolean', 'date'] as const).map((type) => ({ name, type }))),
      },
    ],
    [
      'a currency column',
      {
        name: 'invoices',
        label: 'Invoices',
        columns: [
          { name: 'Currency', type: 'text', samples: ['USD', 'EUR'] },
          { name: 'Amount', type: 'number', samples: ['1'] },
          { name: 'Due', type: 'date', samples: ['2026-01-01'] },
        ],
      },
    ],
  ])('is in order for a table with %s', async (_, wish) => {
    const { proposal, loaded } = await adopt(wish);
    expect(loaded.problems).toEqual([]);
    expect(proposal.tableSpec.columns.length).toBe(wish.columns.length);
    expect(loaded.tables).toEqual([proposal.tableSpec]);
    expect(loaded.dashboards.map(({ name }) => name)).toContain(wish.name);
  });

  it('counts rows without a date when they came in', async () => {
    const { loaded } = await adopt({ name: 'prices', label: 'Prices', columns: [{ name: 'Price', type: 'number' }] });
    expect(loaded.model?.datasets.get('prices')?.time).toBe('received_at');
  });

  it('takes no birthday and no empty column for the time', async () => {
    const { loaded } = await adopt({
      name: 'clients',
      label: 'Clients',
      columns: [
        { name: 'Date of birth', type: 'date', samples: ['1980-01-01'] },
        { name: 'Left', type: 'date', samples: [''] },
        { name: 'Joined', type: 'date', samples: ['2026-01-01'] },
      ],
    });
    expect(loaded.model?.datasets.get('clients')?.time).toBe('joined');
  });
});

describe('amounts', () => {
  const formatOf = (header: string, type: 'number' | 'integer' = 'number', currency = 'USD') => {
    const columns = [{ name: header, type }];
    const { files } = proposeTable({ name: 't', label: 'T', columns, timeZone: 'UTC', currency, model: null });
    return /agg: (?:sum|average), column: \w+, format: (\w+)/.exec(files[1]?.text ?? '')?.[1];
  };

  it.each([
    ['Amount (USD)', 'currency'],
    ['Amount (EUR)', 'decimal'],
    ['Сумма, ₽', 'decimal'],
    ['Revenue', 'currency'],
    ['All sales', 'currency'],
    ['Weight', 'decimal'],
    ['Duration', 'duration'],
    ['Price', 'currency'],
    ['Conversion rate', 'decimal'],
  ])('%s is shown as %s', (header, format) => {
    expect(formatOf(header)).toBe(format);
  });

  it('knows the currency of the workspace', () => {
    expect(formatOf('Сумма, руб.', 'number', 'RUB')).toBe('currency');
    expect(formatOf('Amount', 'integer')).toBe('integer');
  });

  it.each(['id', 'Customer no', 'Phone', 'Year', 'Код товара', 'SKU', 'zip'])('%s is not added up', (header) => {
    expect(formatOf(header, 'integer')).toBeUndefined();
  });
});

describe('names', () => {
  it('of columns stand for their place where the label gives nothing, and never twice', () => {
    expect(columnNames(['Amount', 'amount', '', 'Дата', 'row'])).toEqual([
      'amount',
      'amount_2',
      'column_3',
      'data',
      'own_row',
    ]);
    expect(columnNames(['column_2', ''])).toEqual(['column_2', 'column_2_2']);
  });

  it.each([
    ['Operator calls.csv', [], 'operator_calls'],
    ['operator_calls', ['operator_calls', 'operator_calls_2'], 'operator_calls_3'],
    ['Messages.xlsx', [], 'messages_2'],
    ['2024 Q1.csv', [], 'table_2024_q1'],
    ['日付.csv', [], 'table'],
    ['Звонки', [], 'zvonki'],
  ])('a table wanted as %s beside %j is called %s', (wanted, taken, name) => {
    expect(uniqueTableName(wanted, taken)).toBe(name);
  });
});
