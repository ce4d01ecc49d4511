import { describe, expect, test } from 'vitest';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import { formats, metricColumn, queryResult } from '../charts/test-results.ts';
import { changeColumns, changeSheet, changeView } from './change-columns.ts';
import { largestContribution, shownNodes, toChangeTree, toggleNode } from './change-tree.ts';
import { changeSentence, changeWords } from './change-words.ts';

const dimensions = [
  { name: 'source_group', label: 'Source group', kind: 'dimension' as const },
  { name: 'utm_source', label: 'Source', kind: 'dimension' as const },
];

const row = (level: number, group: string | null, source: string | null, more: Row): Row => ({
  level,
  source_group: group,
  utm_source: source,
  value: 0.3,
  before: 0.34,
  change: -0.04,
  denominator: 400,
  denominator_before: 380,
  share: 0.5,
  share_before: 0.6,
  rate_effect: 0,
  mix_effect: 0,
  contribution: 0,
  low: -0.08,
  high: 0.01,
  certain: 0,
  state: '',
  ...more,
});

const answer = (parts: Partial<QueryResult> = {}): QueryResult =>
  queryResult(
    [
      { name: 'level', label: 'Level', kind: 'dimension' },
      ...dimensions,
      metricColumn('value', { label: 'Attendance rate', format: 'percent', min_sample: 30, proportion: true }),
      ...['rate_effect', 'mix_effect', 'contribution', 'low', 'high'].map((name) =>
        metricColumn(name, { format: 'percent' }),
      ),
    ],
    [
      row(1, 'Paid Social', null, {
        state: 'new',
        before: null,
        change: null,
        mix_effect: -0.04,
        contribution: -0.04,
        low: null,
        high: null,
        certain: null,
      }),
      row(2, 'Paid Social', 'tiktok', { state: 'new', before: null, change: null, contribution: -0.04 }),
      row(1, 'Unassigned', null, { contribution: -0.002, denominator: 12, denominator_before: 9 }),
      row(2, 'Unassigned', null, { contribution: -0.002, denominator: 12, denominator_before: 9 }),
      row(1, null, null, { state: 'other', contribution: 0.001 }),
      row(2, null, null, { state: 'other', contribution: 0.001 }),
    ],
    {
      totals: row(0, null, null, {
        value: 0.301,
        before: 0.342,
        change: -0.041,
        rate_effect: 0.001,
        mix_effect: -0.042,
        contribution: -0.041,
        certain: 1,
      }),
      ...parts,
    },
  );

const by = ['source_group', 'utm_source'];
const nodesOf = (result: QueryResult) => toChangeTree(result, by, []);
const wordsOf = (result: QueryResult) => {
  const words = changeWords(result, formats);
  if (!words) throw new Error('there is a metric');
  return words;
};

describe('rows', () => {
  test('children are below their parents and shown once these are open; Other is not opened', () => {
    const nodes = nodesOf(answer());
    expect(nodes.map(({ level, label, hasChildren }) => [level, label, hasChildren])).toEqual([
      [1, 'Paid Social', true],
      [2, 'tiktok', false],
      [1, 'Unassigned', true],
      [2, 'Unknown', false],
      [1, 'Other', false],
    ]);
    const labels = (expanded: ReadonlySet<string>) => shownNodes(nodes, expanded).map(({ node }) => node.label);
    expect(labels(new Set())).toEqual(['Paid Social', 'Unassigned', 'Other']);
    const [first] = nodes;
    if (!first) throw new Error('there are rows');
    const one = toggleNode(nodes, new Set(), first, true, false);
    expect(labels(one)).toEqual(['Paid Social', 'tiktok', 'Unassigned', 'Other']);
    const all = toggleNode(nodes, new Set(), first, true, true);
    expect(labels(all)).toHaveLength(5);
    expect(labels(toggleNode(nodes, all, first, false, true))).toHaveLength(3);
  });

  test('each knows what the page is filtered by, and which are small or unassigned', () => {
    const nodes = nodesOf(answer());
    expect(nodes[1]?.path).toEqual([
      { dimension: 'source_group', value: 'Paid Social' },
      { dimension: 'utm_source', value: 'tiktok' },
    ]);
    expect(nodes.map(({ small }) => small)).toEqual([false, false, true, true, false]);
    expect(nodes.map(({ unassigned }) => unassigned)).toEqual([false, false, true, false, false]);
    expect(nodes.at(-1)?.path).toEqual([]);
    expect(largestContribution(nodes)).toBe(0.04);
  });
});

describe('the sentence', () => {
  const say = (parts: Partial<QueryResult>) => {
    const result = answer(parts);
    return changeSentence(result, nodesOf(result), wordsOf(result), formats);
  };
  const totals = answer().totals ?? {};

  test('says how much, rate and mix, and what explains most of it', () => {
    expect(say({})).toMatch(
      /^Attendance rate fell 4\.1 points, from 34\.20 ?% to 30\.10 ?%: \+0\.1 from changed rates, −4\.2 from the mix; Paid Social is new and explains −4\.0\.$/,
    );
  });

  test('claims nothing that chance could have made', () => {
    expect(say({ totals: { ...totals, certain: 0 } })).toContain('Chance alone could make such a change.');
  });

  test('a change of many small parts is spread out', () => {
    const rows = ['a', 'b', 'c', 'd'].map((group) => row(1, group, null, { contribution: -0.01 }));
    expect(say({ rows })).toContain('spread out: no segment explains more than 24');
  });

  test('no change, and nothing to compare with', () => {
    expect(say({ totals: { ...totals, change: 0, value: 0.3, before: 0.3 } })).toMatch(/stayed at 30/);
    expect(say({ totals: { ...totals, change: null, before: null } })).toContain('nothing before to compare with');
  });

  test('counts change by amounts', () => {
    const result = queryResult(
      [...dimensions, metricColumn('value', { label: 'Registrations', format: 'compact' })],
      [row(1, 'Email', null, { contribution: 1200, rate_effect: null, mix_effect: null })],
      { totals: { value: 5000, before: 3500, change: 1500, rate_effect: null, mix_effect: null, certain: null } },
    );
    expect(changeSentence(result, nodesOf(result), wordsOf(result), formats)).toBe(
      'Registrations rose by 1,500, from 3,500 to 5,000; Email explains +1,200.',
    );
  });
});

test('table and exports have the same rows; exported numbers are raw', () => {
  const result = answer();
  const nodes = nodesOf(result);
  const words = wordsOf(result);
  const columns = changeColumns(result, words, formats);
  const view = changeView('Change', 'Segment', nodes, columns, result, words);
  expect(view.rows).toHaveLength(nodes.length);
  expect(view.rows[0]?.[0]).toBe('Paid Social (new)');
  const place = view.columns.findIndex(({ label }) => label.startsWith('Contribution'));
  expect(view.rows[0]?.[place]).toBe('−4.0');
  expect(view.totals?.[place]).toBe('−4.1');
  const sheet = changeSheet(['Source group', 'Source'], nodes, columns, result);
  const at = sheet.columns.findIndex(({ label }) => label === 'Contribution');
  expect(sheet.rows[1]?.cells.slice(0, 3)).toEqual(['Paid Social', 'tiktok', 'new']);
  expect(sheet.rows[1]?.cells[at]).toBe(-0.04);
  expect(sheet.rows.map(({ level }) => level)).toEqual([0, 1, 0, 1, 0]);
  expect(sheet.totals?.cells[at]).toBe(-0.041);
});
