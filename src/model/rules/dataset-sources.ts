import type { Problem } from '../../contract/errors.ts';
import { type Column, FACT_TABLES } from '../../contract/facts.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { branchConstant, type DatasetDraft, type Draft, isFactTable, isText, tableColumns } from '../draft.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import type { Rule } from './rule.ts';

/** A dataset reads one table or a union of several, and every branch of a union feeds every column with the same type. */
export const datasetSources: Rule = (draft) => draft.datasets.flatMap((dataset) => checkSource(draft, dataset));

function checkSource(draft: Draft, dataset: DatasetDraft): Problem[] {
  const { spec, source } = dataset;
  if ((spec.table === undefined) === (spec.union === undefined)) {
    return [
      problemAt(
        source,
        ['dataset'],
        'dataset_source',
        `The dataset "${spec.dataset}" needs either "table" or "union"${spec.table === undefined ? '' : ', not both'}.`,
      ),
    ];
  }
  if (spec.table !== undefined) return checkTable(draft, dataset, spec.table, ['table']);
  const names = new Set((spec.union ?? []).flatMap((branch) => Object.keys(branch.columns)));
  if (names.size === 0)
    return [problemAt(source, ['union'], 'union_incomplete', `The union of "${spec.dataset}" feeds no columns.`)];
  return (spec.union ?? []).flatMap((branch, index) => {
    const pointer = ['union', index];
    const columns = tableColumns(branch.table, draft.tables);
    if (columns.size === 0) return checkTable(draft, dataset, branch.table, [...pointer, 'table']);
    return [...names].flatMap((name) => checkFeed(columns, dataset, branch, name, [...pointer, 'columns']));
  });
}

function checkTable(draft: Draft, { source }: DatasetDraft, table: string, pointer: Pointer): Problem[] {
  const own = [...draft.tables.map((spec) => spec.table), ...draft.unreadableTables];
  if (isFactTable(table) || own.includes(table)) return [];
  return [
    problemAt(
      source,
      pointer,
      'unknown_table',
      `There is no table "${table}".`,
      didYouMean(table, [...Object.keys(FACT_TABLES), ...own]) ??
        `A table of your own is declared in tables/${table}.yaml.`,
    ),
  ];
}

function checkFeed(
  table: ReadonlyMap<string, Column>,
  { source, columns }: DatasetDraft,
  branch: { table: string; columns: Record<string, string> },
  name: string,
  pointer: Pointer,
): Problem[] {
  const from = branch.columns[name];
  if (from === undefined) {
    const message = `The branch over "${branch.table}" does not feed the column "${name}", which another branch has.`;
    return [
      problemAt(
        source,
        pointer,
        'union_incomplete',
        message,
        `Add "${name}": a column of the table or a constant such as "'none'".`,
      ),
    ];
  }
  const column: Column | undefined = branchConstant(from) === undefined ? table.get(from) : { type: 'category' };
  if (column === undefined) {
    return [
      problemAt(
        source,
        [...pointer, name],
        'unknown_column',
        `The table "${branch.table}" has no column "${from}".`,
        didYouMean(from, table.keys()),
      ),
    ];
  }
  const expected = columns.get(name);
  if (expected === undefined || expected.type === column.type || (isText(expected) && isText(column))) return [];
  const message = `The column "${name}" is of type ${expected.type} in another branch but of type ${column.type} here.`;
  return [problemAt(source, [...pointer, name], 'union_types', message)];
}
