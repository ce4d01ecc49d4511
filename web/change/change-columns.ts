import type { QueryResult, Row } from '../../src/contract/result.ts';
import { numberOf } from '../charts/series.ts';
import type { DataSheet } from '../export/data-sheet.ts';
import { numberColumn, textColumn } from '../export/data-sheet.ts';
import type { TableView } from '../table/table-view.ts';
import type { Formats } from '../tile/formats.ts';
import type { ChangeNode } from './change-tree.ts';
import type { ChangeWords } from './change-words.ts';

/** One column of numbers beside the segments' names; the grid, the plain table and the exports are made of these. */
export interface ChangeColumn {
  key: string;
  label: string;
  /** Under the label: a unit. */
  detail: string;
  /** What it means, in full. */
  title: string;
  amount(row: Row): number | null;
  text(row: Row): string;
  /** How the raw number is written in a workbook. */
  format: string | undefined;
}

export function changeColumns(result: QueryResult, words: ChangeWords, formats: Formats): ChangeColumn[] {
  const { metric, unit } = words;
  const rated = result.columns.some(({ name }) => name === 'rate_effect');
  const of = (key: string) => (row: Row) => numberOf(row[key]);
  const differenceOf = (now: string, before: string) => (row: Row) => {
    const [a, b] = [numberOf(row[now]), numberOf(row[before])];
    return a === null || b === null ? null : a - b;
  };
  const column = (
    key: string,
    label: string,
    detail: string,
    title: string,
    amount: ChangeColumn['amount'],
    say: (value: number | null) => string,
    format: string | undefined = metric.format,
  ): ChangeColumn => ({ key, label, detail, title, amount, text: (row) => say(amount(row)), format });
  const value = (amount: number | null) => formats.value(amount, metric, 'table');
  const count = (amount: number | null) => formats.value(amount, { format: 'integer' }, 'table');
  const share = (amount: number | null) => formats.value(amount, { format: 'percent' }, 'table');
  return [
    ...(rated
      ? [column('n', 'n', 'now', 'What the rate is a share of, in this period', of('denominator'), count, 'integer')]
      : []),
    column('value', metric.label, 'now', metric.description ?? metric.label, of('value'), value),
    ...(rated ? [] : [column('before', 'Before', '', 'In the period compared with', of('before'), value)]),
    column('change', 'Change', unit, 'Against the period compared with', of('change'), words.signed),
    column('share', 'Share', 'now', 'Of the whole', of('share'), share, 'percent'),
    column(
      'share_change',
      'Change of share',
      'points',
      'Against the period compared with',
      differenceOf('share', 'share_before'),
      words.points,
      'percent',
    ),
    ...(rated
      ? [
          column(
            'rate_effect',
            'Rate effect',
            unit,
            'From its own rate having changed, at its mean share',
            of('rate_effect'),
            words.signed,
          ),
          column(
            'mix_effect',
            'Mix effect',
            unit,
            'From its share having changed, measured against the mean rate of the whole',
            of('mix_effect'),
            words.signed,
          ),
        ]
      : []),
    column(
      'contribution',
      'Contribution',
      unit,
      'Its part of the change of the whole; the parts of each level add up to it',
      of('contribution'),
      words.signed,
    ),
  ];
}

/** The rows as text. */
export function changeView(
  caption: string,
  heading: string,
  nodes: readonly ChangeNode[],
  columns: readonly ChangeColumn[],
  result: QueryResult,
  words: ChangeWords,
): TableView {
  const numeric = { numeric: true } as const;
  const intervalled = hasIntervals(result);
  const pathOf = pathsIn(nodes);
  const cells = (label: string, row: Row): string[] => [
    label,
    ...columns.map((column) => column.text(row)),
    ...(intervalled ? [words.between(numberOf(row['low']), numberOf(row['high']))] : []),
  ];
  return {
    caption,
    columns: [
      { label: heading, numeric: false },
      ...columns.map(({ label, detail }) => ({ label: detail ? `${label}, ${detail}` : label, ...numeric })),
      ...(intervalled ? [{ label: 'Change lies between', ...numeric }] : []),
    ],
    rows: nodes.map((node) => cells(`${pathOf(node).join(' › ')}${badge(node)}`, node.row)),
    ...(result.totals ? { totals: cells('All', result.totals) } : {}),
  };
}

/** The raw numbers; rows of a level are parts of the one above. */
export function changeSheet(
  labels: readonly string[],
  nodes: readonly ChangeNode[],
  columns: readonly ChangeColumn[],
  result: QueryResult,
): DataSheet {
  const intervalled = hasIntervals(result);
  const numbers = (row: Row) => [
    ...columns.map((column) => column.amount(row)),
    ...(intervalled ? [numberOf(row['low']), numberOf(row['high']), numberOf(row['certain'])] : []),
  ];
  const pathOf = pathsIn(nodes);
  const padded = (path: readonly string[]) => labels.map((_, index) => path[index] ?? '');
  const metric = result.columns.find(({ name }) => name === 'value') ?? {};
  return {
    columns: [
      ...labels.map(textColumn),
      textColumn('State'),
      ...columns.map(({ label, detail, format }) =>
        numberColumn(detail === 'now' ? `${label}, now` : label, format === undefined ? {} : { format }),
      ),
      ...(intervalled
        ? [
            numberColumn('Change at least', metric),
            numberColumn('Change at most', metric),
            numberColumn('Certain', { format: 'integer' }),
          ]
        : []),
    ],
    rows: nodes.map((node) => ({
      cells: [...padded(pathOf(node)), node.state, ...numbers(node.row)],
      level: node.level - 1,
    })),
    ...(result.totals ? { totals: { cells: [...padded(['All']), '', ...numbers(result.totals)] } } : {}),
    headers: labels.length,
  };
}

export function hasIntervals({ columns }: QueryResult): boolean {
  return columns.some(({ name }) => name === 'low');
}

/** Labels from the first level down to a node. */
function pathsIn(nodes: readonly ChangeNode[]): (node: ChangeNode) => string[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const pathOf = (node: ChangeNode): string[] => {
    const parent = node.parent === null ? undefined : byKey.get(node.parent);
    return [...(parent ? pathOf(parent) : []), node.label];
  };
  return pathOf;
}

function badge({ state }: ChangeNode): string {
  return state === 'new' || state === 'gone' ? ` (${state})` : '';
}
