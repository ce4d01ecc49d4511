import type { Problem } from '../contract/errors.ts';
import { RESERVED_TABLE_COLUMNS } from '../contract/facts.ts';
import { type TableSpec, tableSpec } from '../contract/model.ts';
import { isFactTable } from './draft.ts';
import { parseDocument } from './parse-document.ts';
import { placeOf, problemAt, type SourceDocument } from './source-document.ts';

/** Tables that people brought, as the model reads them. */
export interface OwnTables {
  tables: readonly TableSpec[];
  /** Names of declared tables that have a mistake: what reads them is not said to name an unknown table. */
  unreadable: readonly string[];
}

/** Checks `tables/*.yaml`: schema, names that stand twice or belong to Turnout. A table with a mistake is left out. */
export function checkTables(documents: readonly SourceDocument[]): OwnTables & { problems: Problem[] } {
  const tables: TableSpec[] = [];
  const unreadable: string[] = [];
  const problems: Problem[] = [];
  const places = new Map<string, string>();
  for (const source of documents) {
    const parsed = parseDocument(source, tableSpec);
    if (!parsed.ok) {
      problems.push(...parsed.problems);
      unreadable.push(...declaredName(source.document));
      continue;
    }
    const { table } = parsed.value;
    const found = [...checkName(source, table, places.get(table)), ...checkColumns(source, parsed.value)];
    places.set(table, places.get(table) ?? placeOf(source, ['table']));
    problems.push(...found);
    if (found.length === 0) tables.push(parsed.value);
    else unreadable.push(table);
  }
  return { tables, unreadable, problems };
}

function checkName(source: SourceDocument, table: string, earlier: string | undefined): Problem[] {
  if (isFactTable(table))
    return [
      problemAt(
        source,
        ['table'],
        'reserved_name',
        `"${table}" is one of Turnout's own tables.`,
        `Choose another name, such as own_${table}.`,
      ),
    ];
  if (earlier === undefined) return [];
  const message = `The table "${table}" is declared twice.`;
  return [problemAt(source, ['table'], 'duplicate_name', message, `The other one is at ${earlier}.`)];
}

function checkColumns(source: SourceDocument, { table, columns }: TableSpec): Problem[] {
  return columns.flatMap(({ name }, index) => {
    const pointer = ['columns', index, 'name'];
    if (RESERVED_TABLE_COLUMNS.includes(name)) {
      const message = `"${name}" is a column that Turnout keeps beside yours.`;
      const hint = `Call it own_${name} and add "from: ${name}".`;
      return [problemAt(source, pointer, 'reserved_name', message, hint)];
    }
    if (columns.findIndex((other) => other.name === name) === index) return [];
    const message = `The column "${name}" stands twice in the table "${table}".`;
    return [problemAt(source, pointer, 'duplicate_name', message)];
  });
}

function declaredName(document: unknown): string[] {
  if (typeof document !== 'object' || document === null || !('table' in document)) return [];
  return typeof document.table === 'string' ? [document.table] : [];
}
