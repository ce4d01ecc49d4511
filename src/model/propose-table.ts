import type { TableColumnType } from '../contract/facts.ts';
import type { TableSpec } from '../contract/model.ts';
import type { CheckedModel } from './checked.ts';
import { labelOf, lowerFirst } from './labels.ts';
import type { LoadedWorkspace } from './load-workspace.ts';
import { type ColumnRole, columnRole, currencyCodeColumn, timeColumn } from './proposal/column-role.ts';
import { claimName, columnNames } from './proposal/names.ts';
import { flowList, flowMap, remark, scalar } from './proposal/yaml-text.ts';

export interface TableWish {
  /** Free name of the table: see `uniqueTableName`. */
  name: string;
  /** For people. */
  label: string;
  columns: readonly WishedColumn[];
  /** IANA zone of dates and of times without one. */
  timeZone: string;
  /** ISO 4217 of the workspace. */
  currency: string;
  /** What there is already: names of its metrics and dimensions are not used again. */
  model: Pick<CheckedModel, 'metrics' | 'dimensions'> | null;
}

export interface WishedColumn {
  /** What the rows call it: the header of a file or sheet, the column of a query, or the name that a mapping gave it. */
  name: string;
  /** What people call it, where that is something else. */
  label?: string;
  type: TableColumnType;
  /** Some values as they stand in the file; [] where it has none. */
  samples?: readonly string[];
}

export interface TableProposal {
  /** Its columns stand in the order of the wish's. */
  tableSpec: TableSpec;
  /** Path relative to the workspace, and text: table, dataset with metrics, dashboard. */
  files: { path: string; text: string }[];
  /** Name of the dashboard. */
  dashboard: string;
}

interface Judged {
  name: string;
  header: string;
  label: string;
  type: TableColumnType;
  samples: readonly string[] | undefined;
  role: ColumnRole;
}

interface ProposedMetric {
  name: string;
  label: string;
  agg: 'count' | 'sum' | 'average';
  column?: string;
  format: string;
  currency?: string;
}

/**
 * A table that people brought, with what it takes to see something of it: a dataset with metrics and a dashboard, written as
 * files that people can read and change. Pure; nothing is written.
 */
export function proposeTable(wish: TableWish): TableProposal {
  const { name } = wish;
  const label = cut(wish.label) || labelOf(name);
  const columns = judgeColumns(wish);
  const tableSpec: TableSpec = {
    version: 1,
    table: name,
    label,
    columns: columns.map((column) => ({
      name: column.name,
      ...(column.label === labelOf(column.name) ? {} : { label: column.label }),
      type: column.type,
      ...(column.header === column.name ? {} : { from: column.header }),
    })),
  };
  const time = timeColumn(columns);
  const taken = takenNames(wish);
  const metrics = proposeMetrics(name, label, columns, taken);
  const dimensions = columns
    .filter(({ role }) => role.category)
    .slice(0, MOST_DIMENSIONS)
    .map((column) => ({ column, name: dimensionName(name, column.name, taken) }));
  return {
    tableSpec,
    files: [
      { path: `tables/${name}.yaml`, text: writeTable(tableSpec, wish.timeZone) },
      { path: `metrics/${name}.yaml`, text: writeDataset(tableSpec, time, dimensions, metrics) },
      {
        path: `dashboards/${name}.yaml`,
        text: writeDashboard(
          tableSpec,
          metrics,
          dimensions.map((dimension) => dimension.name),
        ),
      },
    ],
    dashboard: name,
  };
}

/** Names that a new table cannot have, because it, its dataset, its dashboard or its metrics would take another's place. */
export function takenTableNames({
  tables,
  model,
  dashboards,
}: Pick<LoadedWorkspace, 'tables' | 'model' | 'dashboards'>): string[] {
  return [
    ...tables.map((spec) => spec.table),
    ...(model?.datasets.keys() ?? []),
    ...(model?.metrics.keys() ?? []),
    ...(model?.dimensions.keys() ?? []),
    ...dashboards.map((dashboard) => dashboard.name),
  ];
}

const MOST_DIMENSIONS = 12;
const MOST_MEASURED = 20;
/** Words of the query grammar. */
const RESERVED = ['time', 'weekday', 'hour_of_day', 'step', 'label'];

function judgeColumns({ columns, currency }: TableWish): Judged[] {
  const names = columnNames(columns.map((column) => column.name));
  return columns.map(({ name: header, label = header, type, samples }, index) => {
    const name = names[index] ?? `column_${index + 1}`;
    return {
      name,
      header,
      label: label === name ? labelOf(name) : cut(label) || labelOf(name),
      type,
      samples,
      role: columnRole({ name, header: label, type, samples }, currency),
    };
  });
}

/** As it stands in the file, on one line, at most 100 characters. */
const cut = (text: string, length = 100): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();

function takenNames({ model }: TableWish): Set<string> {
  return new Set([...RESERVED, ...(model?.metrics.keys() ?? []), ...(model?.dimensions.keys() ?? [])]);
}

/** The column's own name where nothing else is called so; the same name would have to mean the same thing. */
function dimensionName(table: string, column: string, taken: Set<string>): string {
  return claimName(taken.has(column) ? `${table}_${column}` : column, taken);
}

function proposeMetrics(
  table: string,
  label: string,
  columns: readonly Judged[],
  taken: Set<string>,
): ProposedMetric[] {
  const currency = currencyCodeColumn(columns)?.name;
  const metric = (agg: ProposedMetric['agg'], name: string, text: string, column: Judged): ProposedMetric => ({
    name: claimName(`${table}_${name}`, taken),
    label: cut(text),
    agg,
    column: column.name,
    format: agg === 'average' && column.role.format === 'integer' ? 'decimal' : column.role.format,
    ...(column.role.format === 'currency' && currency !== undefined ? { currency } : {}),
  });
  const measured = columns.filter(({ role }) => role.sum || role.average).slice(0, MOST_MEASURED);
  return [
    { name: claimName(`${table}_count`, taken), label, agg: 'count', format: 'integer' },
    ...measured.flatMap((column) => [
      ...(column.role.sum ? [metric('sum', column.name, column.label, column)] : []),
      ...(column.role.average
        ? [metric('average', `average_${column.name}`, `Average ${lowerFirst(column.label)}`, column)]
        : []),
    ]),
  ];
}

function writeTable({ table, label = table, columns }: TableSpec, timeZone: string): string {
  return `${[
    remark(`${label}: a table of your own. When this file changes, its rows are made anew from what came in.`),
    remark(`Types: text, number, integer, boolean, date and time; dates and times without a zone are of ${timeZone}.`),
    'version: 1',
    `table: ${table}`,
    `label: ${scalar(label)}`,
    'columns:',
    ...columns.map(({ name, type, label: shown, from }) => `  - ${flowMap({ name, type, label: shown, from })}`),
  ].join('\n')}\n`;
}

function writeDataset(
  { table, label = table }: TableSpec,
  time: Judged | undefined,
  dimensions: readonly { column: Judged; name: string }[],
  metrics: readonly ProposedMetric[],
): string {
  const timeRemark =
    time === undefined
      ? '  # the table has no date: rows are counted when they came in'
      : '  # rows are counted at this time; rows without it are in no period';
  return `${[
    remark(`What is counted in the table ${table}, and by what it is split and filtered. See docs/model.md.`),
    'version: 1',
    `dataset: ${table}`,
    `label: ${scalar(label)}`,
    `table: ${table}`,
    `time: ${time?.name ?? 'received_at'}${timeRemark}`,
    ...(dimensions.length === 0 ? [] : ['dimensions:']),
    ...dimensions.map(({ column, name }) => {
      const type = column.type === 'boolean' ? 'boolean' : undefined;
      const source = name === column.name ? undefined : column.name;
      return `  - ${flowMap({ name, column: source, label: column.label, type })}`;
    }),
    'metrics:',
    ...metrics.map(
      ({ name, label: shown, agg, column, format, currency }) =>
        `  - ${flowMap({ name, label: shown, type: 'simple', agg, column, format, currency })}`,
    ),
  ].join('\n')}\n`;
}

function writeDashboard(
  { table, label = table }: TableSpec,
  metrics: readonly ProposedMetric[],
  dimensions: readonly string[],
): string {
  const names = metrics.map((metric) => metric.name);
  const [count = '', second] = names;
  const [first, other] = dimensions;
  const tiles = (...items: string[]) => ['  - tiles:', ...items.map((item) => `      - ${item}`)];
  const lines =
    second === undefined ? [`{ line: ${count} }`] : [`{ width: 6, line: ${count} }`, `{ width: 6, line: ${second} }`];
  const bars = [first, other].flatMap((by) =>
    by === undefined
      ? []
      : [`{ ${other === undefined ? '' : 'width: 6, '}bar: ${count}, by: ${by}, sort: -${count}, limit: 12 }`],
  );
  const shown = flowList(names.slice(0, 8));
  return `${[
    remark(`A first look at the table ${table}. Rearrange it as you like: see docs/dashboards.md.`),
    'version: 1',
    `name: ${table}`,
    `title: ${scalar(label)}`,
    'defaults: { period: all, compare: "off" }',
    ...(dimensions.length === 0 ? [] : ['filters:']),
    ...dimensions.slice(0, 4).map((dimension) => `  - { dimension: ${dimension} }`),
    'rows:',
    ...tiles(`{ scorecards: ${flowList(names.slice(0, 6))} }`),
    ...tiles(...lines),
    ...(bars.length === 0 ? [] : tiles(...bars)),
    ...tiles(
      first === undefined
        ? `{ table: ${shown}, by: weekday, title: ${scalar(`${cut(label, 60)} by weekday`)} }`
        : `{ table: ${shown}, by: ${first}, sort: -${count}, limit: 100, search: true, totals: true }`,
    ),
  ].join('\n')}\n`;
}
