import type { Problem } from '../../contract/errors.ts';
import { FACT_TABLES } from '../../contract/facts.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { branchConstant, type DatasetDraft, factColumns, isFactTable } from '../draft.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import type { Rule } from './rule.ts';

/** A dataset reads one fact table or a union of several, and every branch of a union feeds every column with the same type. */
export const datasetSources: Rule = (draft) => draft.datasets.flatMap(checkSource);

function checkSource(dataset: DatasetDraft): Problem[] {
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
  if (spec.table !== undefined) return checkTable(dataset, spec.table, ['table']);
  const names = new Set((spec.union ?? []).flatMap((branch) => Object.keys(branch.columns)));
  return (spec.union ?? []).flatMap((branch, index) => {
    const pointer = ['union', index];
    if (!isFactTable(branch.table)) return checkTable(dataset, branch.table, [...pointer, 'table']);
    return [...names].flatMap((name) => checkFeed(dataset, branch, name, [...pointer, 'columns']));
  });
}

function checkTable({ source }: DatasetDraft, table: string, pointer: Pointer): Problem[] {
  if (isFactTable(table)) return [];
  return [
    problemAt(
      source,
      pointer,
      'unknown_table',
      `There is no fact table "${table}".`,
      didYouMean(table, Object.keys(FACT_TABLES)),
    ),
  ];
}

function checkFeed(
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
  const table = factColumns(branch.table);
  const type = branchConstant(from) === undefined ? table.get(from)?.type : 'category';
  if (type === undefined) {
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
  const expected = columns.get(name)?.type;
  if (expected === undefined || expected === type) return [];
  const message = `The column "${name}" is of type ${expected} in another branch but of type ${type} here.`;
  return [problemAt(source, [...pointer, name], 'union_types', message)];
}
