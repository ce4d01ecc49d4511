import { type Column, FACT_TABLES, type FactTable, storedTableColumns } from '../contract/facts.ts';
import type {
  DatasetSpec,
  DimensionSpec,
  FunnelSpec,
  MetricSpec,
  ParameterSpec,
  TableSpec,
} from '../contract/model.ts';
import type { ChannelSpec, Workspace } from '../contract/workspace.ts';
import type { Pointer, SourceDocument } from './source-document.ts';

/** The model while it is checked: every file parsed, names not yet resolved. The rules read this. */
export interface Draft {
  workspace: Workspace;
  channels: ChannelSpec[];
  /** Tables that people brought. */
  tables: readonly TableSpec[];
  /** Names of such tables that have a mistake. */
  unreadableTables: readonly string[];
  datasets: DatasetDraft[];
  metrics: MetricDraft[];
  funnels: FunnelDraft[];
  parameters: ParameterDraft[];
}

interface Placed {
  source: SourceDocument;
  pointer: Pointer;
}

export interface DatasetDraft extends Placed {
  spec: DatasetSpec;
  /** Column name → type; empty where the source is unknown (that is a problem of its own). */
  columns: Map<string, Column>;
}

export interface MetricDraft extends Placed {
  spec: MetricSpec;
  /** Name of the dataset of a simple metric. */
  dataset?: string;
}

export interface FunnelDraft extends Placed {
  spec: FunnelSpec;
}

export interface ParameterDraft extends Placed {
  spec: ParameterSpec;
}

export const findDataset = (draft: Draft, name: string | undefined): DatasetDraft | undefined =>
  draft.datasets.find((dataset) => dataset.spec.dataset === name);

export const findMetric = (draft: Draft, name: string): MetricDraft | undefined =>
  draft.metrics.find((metric) => metric.spec.name === name);

/** The column of a dimension; a time part has none of its own. */
export const dimensionColumn = (dimension: DimensionSpec): string => dimension.column ?? dimension.name;

export const entityColumn = (entity: DatasetSpec['entities'][number]): string => entity.column ?? entity.name;

export const isFactTable = (name: string): name is FactTable => Object.hasOwn(FACT_TABLES, name);

/** Columns of a fact table or of one that people brought; empty for an unknown one. */
export function tableColumns(table: string, tables: readonly TableSpec[]): Map<string, Column> {
  if (isFactTable(table)) return new Map(Object.entries<Column>(FACT_TABLES[table]));
  const own = tables.find((spec) => spec.table === table);
  return new Map(own === undefined ? [] : Object.entries(storedTableColumns(own.columns)));
}

/** `string` and `category` are the same to people: text. */
export const isText = ({ type }: Pick<Column, 'type'>): boolean => type === 'string' || type === 'category';

/** A quoted constant of a union branch, e.g. `'blast'`; undefined for a column. */
export function branchConstant(text: string): string | undefined {
  return /^'((?:[^']|'')*)'$/.exec(text)?.[1]?.replaceAll("''", "'");
}

/** Columns that a dataset offers to filters, dimensions and metrics. */
export function datasetColumns(spec: DatasetSpec, tables: readonly TableSpec[]): Map<string, Column> {
  if (spec.table !== undefined) return tableColumns(spec.table, tables);
  const columns = new Map<string, Column>();
  for (const branch of spec.union ?? []) {
    const table = tableColumns(branch.table, tables);
    for (const [name, from] of Object.entries(branch.columns)) {
      const type = branchConstant(from) === undefined ? table.get(from) : ({ type: 'category' } satisfies Column);
      if (type === undefined) continue;
      const known = columns.get(name);
      if (known === undefined) columns.set(name, type);
      else if (type.nullable === true) columns.set(name, { ...known, nullable: true });
    }
  }
  return columns;
}
