import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/contract/result.ts';
import { VIEW_DEFAULTS } from '../../src/contract/url.ts';
import { describeModel } from '../../src/model/catalog.ts';
import { loadWorkspace } from '../../src/model/load-workspace.ts';
import { proposeTable, type TableWish } from '../../src/model/propose-table.ts';
import { createQueryEngine } from '../../src/query/run-query.ts';
import { buildPageQueries } from '../../web/dashboard/page-queries.ts';
import { type FactWarehouse, openFactWarehouse } from './warehouse.ts';

/** What is proposed for rows that people bring shows them at once, with no word written by hand. */

const packsFolder = join(import.meta.dirname, '../../packs');
const now = Date.UTC(2026, 5, 30, 12);
let engine: FactWarehouse;
let folder: string;

beforeAll(async () => {
  engine = await openFactWarehouse();
  folder = await mkdtemp(join(tmpdir(), 'turnout-proposed-'));
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

type Wish = Pick<TableWish, 'name' | 'label' | 'columns'>;

/** Adopts a proposal, fills its table with rows (cells in the order of the columns) and answers the page's queries by key. */
async function answersOf(wish: Wish, cells: (string | number | null)[][]): Promise<Map<string, Row[]>> {
  const before = await loadWorkspace({ folder, packsFolder });
  const proposal = proposeTable({ ...wish, timeZone: 'UTC', currency: 'USD', model: before.model });
  for (const { path, text } of proposal.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const { model, dashboards, problems } = await loadWorkspace({ folder, packsFolder });
  expect(problems).toEqual([]);
  const dashboard = dashboards.find(({ name }) => name === proposal.dashboard);
  if (model === null || dashboard === undefined) throw new Error('the proposal cannot be loaded');
  await engine.bring(
    proposal.tableSpec,
    cells.map((row, index) => ({
      row: index + 1,
      received_at: Date.UTC(2026, 5, 29),
      ...Object.fromEntries(proposal.tableSpec.columns.map(({ name }, place) => [name, row[place] ?? null])),
    })),
  );
  const queries = buildPageQueries({
    dashboard,
    view: VIEW_DEFAULTS,
    period: { start: '2026-05-01', end: '2026-07-01' },
    compare: null,
    catalog: describeModel(model),
  });
  const { results } = await createQueryEngine({
    model,
    run: (statement, options) => engine.warehouse.query(statement, options),
  }).runBatch(
    queries.map(({ query }) => query),
    { now, asOf: now, completeThrough: now, dataVersion: wish.name, data: { first: '2026-05-01', last: '2026-06-29' } },
  );
  return new Map(
    results.map((result, index) => {
      if ('error' in result) throw new Error(JSON.stringify(result.error));
      const key = queries[index]?.key ?? '';
      return [key, key.endsWith('/totals') && result.totals !== undefined ? [result.totals] : result.rows];
    }),
  );
}

describe('a proposed table', () => {
  it('shows its rows on every tile', async () => {
    const answers = await answersOf(
      {
        name: 'desk_calls',
        label: 'Desk calls',
        columns: [
          { name: 'Call ID', type: 'integer', samples: ['100001', '100002'] },
          { name: 'Called at', type: 'time', samples: ['2026-06-01 10:00'] },
          { name: 'Operator', type: 'text', samples: ['Ann', 'Bo'] },
          { name: 'Channel', type: 'text', samples: ['phone', 'chat'] },
          { name: 'Resolved', type: 'boolean', samples: ['yes', 'no'] },
          { name: 'Duration', type: 'integer', samples: ['90'] },
          { name: 'Amount (USD)', type: 'number', samples: ['12.50'] },
        ],
      },
      [
        [100001, Date.UTC(2026, 5, 1, 10), 'Ann', 'phone', 1, 90, 12.5],
        [100002, Date.UTC(2026, 5, 2, 10), 'Bo', 'phone', 0, 30, null],
        [100003, Date.UTC(2026, 5, 2, 11), 'Ann', 'chat', null, null, 7.5],
      ],
    );
    const keys = [...answers.keys()];
    expect(keys.length).toBe(new Set(keys).size);
    expect(answers.get(keys.find((key) => key.endsWith('/totals')) ?? '')).toEqual([
      {
        desk_calls_count: 3,
        desk_calls_duration: 120,
        desk_calls_average_duration: 60,
        desk_calls_amount_usd: 20,
        desk_calls_average_amount_usd: 10,
      },
    ]);
    const bars = keys.filter((key) => key.endsWith('/bars')).map((key) => answers.get(key));
    expect(bars).toEqual([
      [
        { operator: 'Ann', desk_calls_count: 2 },
        { operator: 'Bo', desk_calls_count: 1 },
      ],
      [
        { desk_calls_channel: 'phone', desk_calls_count: 2 },
        { desk_calls_channel: 'chat', desk_calls_count: 1 },
      ],
    ]);
    const series = keys.filter((key) => key.endsWith('/series')).map((key) => answers.get(key) ?? []);
    expect(series.map((rows) => rows.length)).toEqual([61, 61]);
    expect(series[0]?.filter((row) => row['desk_calls_count'] !== 0)).toEqual([
      { time: '2026-06-01', desk_calls_count: 1 },
      { time: '2026-06-02', desk_calls_count: 2 },
    ]);
    expect(answers.get(keys.find((key) => key.endsWith('/rows')) ?? '')).toEqual([
      expect.objectContaining({ operator: 'Ann', desk_calls_count: 2, desk_calls_amount_usd: 20 }),
      expect.objectContaining({ operator: 'Bo', desk_calls_count: 1, desk_calls_amount_usd: 0 }),
    ]);
  });

  it('without a date and without categories still shows something', async () => {
    const answers = await answersOf(
      { name: 'weights', label: 'Weights', columns: [{ name: 'Weight', type: 'number', samples: ['1.5'] }] },
      [[1.5], [2.5], [null]],
    );
    const totals = [...answers].find(([key]) => key.endsWith('/totals'))?.[1];
    expect(totals).toEqual([{ weights_count: 3, weights_weight: 4, weights_average_weight: 2 }]);
    const rows = [...answers].find(([key]) => key.endsWith('/rows'))?.[1] ?? [];
    expect(rows.find((row) => row['weights_count'] === 3)).toMatchObject({ weekday: 1 });
  });

  it('from another script and with a currency column counts the workspace’s money', async () => {
    const answers = await answersOf(
      {
        name: 'prodazhi',
        label: 'Продажи',
        columns: [
          { name: 'Дата', type: 'date', samples: ['2026-06-01'] },
          { name: 'Сумма', type: 'number', samples: ['1'] },
          { name: 'Валюта', type: 'text', samples: ['USD', 'EUR'] },
        ],
      },
      [
        [Date.UTC(2026, 5, 1), 5, 'USD'],
        [Date.UTC(2026, 5, 1), 9, 'EUR'],
        [null, 100, 'USD'],
      ],
    );
    const totals = [...answers].find(([key]) => key.endsWith('/totals'))?.[1];
    expect(totals).toEqual([{ prodazhi_count: 2, prodazhi_summa: 5, prodazhi_average_summa: 5 }]);
  });
});
