import { columnName, freeName, snakeCase } from '../../contract/column-name.ts';
import { FACT_TABLES } from '../../contract/facts.ts';

export { snakeCase };

/** As `freeName`; the name is added to those that are taken. */
export function claimName(wanted: string, taken: Set<string>): string {
  const name = freeName(wanted, taken);
  taken.add(name);
  return name;
}

/** Names for the columns of a file, in its order, none twice; a column whose label gives nothing is called after its place: `column_3`. */
export function columnNames(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label, index) => {
    const name = columnName(label, taken, `column_${index + 1}`);
    taken.add(name);
    return name;
  });
}

/**
 * A free name for a table: `Operator calls.csv` → `operator_calls`. `taken` are the names of other tables, datasets, dashboards
 * and metrics (`takenTableNames`); names of fact tables are never given.
 */
export function uniqueTableName(wanted: string, taken: Iterable<string>): string {
  const name = snakeCase(wanted.replace(/\.(csv|tsv|txt|xls[xm]?|zip|gz)$/i, '')).slice(0, 40);
  const fitting = name === '' ? 'table' : /^\d/.test(name) ? `table_${name}` : name;
  return freeName(fitting, new Set([...taken, ...Object.keys(FACT_TABLES)]));
}
