import type { Branch, Dataset } from '../../model/checked.ts';
import { comment, identifier, indented, inParens, joined, lines, sql, string } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import { compilePredicate } from './predicate.ts';

/** The engine's database. */
const DATABASE = 'turnout';

/** SQL over columns of a dataset; each branch of the dataset puts its own columns in. */
export type RowExpression = (column: (name: string) => SqlNode) => SqlNode;

interface RowSource {
  dataset: Dataset;
  /** Alias → expression. */
  columns: ReadonlyMap<string, RowExpression>;
  where: readonly RowExpression[];
}

/** The rows of a dataset, only the columns that are needed, every condition pushed down into each table. */
export function compileRowSource({ dataset, columns, where }: RowSource): SqlNode {
  const branches = dataset.branches.map((branch) => {
    const column = columnOf(branch, dataset);
    const conditions = [
      ...where.map((condition) => condition(column)),
      ...(dataset.filter ? [compilePredicate(dataset.filter, column)] : []),
      ...(branch.filter ? [compilePredicate(branch.filter, columnOfTable)] : []),
    ];
    const selected = [...columns].map(([alias, expression]) => sql`${expression(column)} AS ${identifier(alias)}`);
    const filtered =
      conditions.length === 0 ? sql`` : sql`\nWHERE ${indented(joined('\nAND ', conditions.map(inParens)))}`;
    return sql`${comment(`${dataset.name}: rows of ${branch.table}`)}SELECT\n  ${indented(lines(selected.length > 0 ? selected : [sql`1 AS one`]))}\nFROM ${tableName(branch.table)} AS facts FINAL${filtered}`;
  });
  return joined('\nUNION ALL\n', branches);
}

export function tableName(table: string): SqlNode {
  return sql`${identifier(DATABASE)}.${identifier(table)}`;
}

/** Qualified, because a table that people brought may have a column called like one of our aliases. */
const columnOfTable = (name: string): SqlNode => sql`facts.${identifier(name)}`;

function columnOf(branch: Branch, dataset: Dataset): (name: string) => SqlNode {
  return (name) => {
    const source = branch.columns.get(name);
    if (source === undefined) throw new Error(`${dataset.name} has no column ${name} in ${branch.table}`);
    return 'constant' in source ? string(source.constant) : columnOfTable(source.column);
  };
}
