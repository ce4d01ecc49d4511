import { columnsOf, type StoredColumn, TABLES, type TableName } from '../warehouse/tables.ts';

type Columns<Table extends TableName> = (typeof TABLES)[Table]['columns'];

/** A cell: 64-bit keys as decimal digits, decimals as text, instants as UTC milliseconds, flags as 0 and 1. */
export type TableCell = string | number | null;

/** One row of a table, by column. */
export type TableRow<Table extends TableName> = { [Name in keyof Columns<Table>]: TableCell };

/** Rows as the warehouse takes them. */
export interface EncodedRows {
  /** Columns in which any row says something; the others are left to their defaults, which is half the work for the engine. */
  columns: string[];
  /** JSONCompactEachRow lines. */
  lines: Buffer;
}

/** A row that says nothing. */
export function defaultRow<Table extends TableName>(table: Table): TableRow<Table> {
  const types = Object.entries(TABLES[table].columns as Record<string, StoredColumn>);
  return Object.fromEntries(
    types.map(([name, { type, nullable }]) => [name, nullable === true ? null : TEXTS.has(type) ? '' : 0]),
  ) as TableRow<Table>;
}

const TEXTS: ReadonlySet<StoredColumn['type']> = new Set(['category', 'string', 'json', 'date']);

export function encodeTable<Table extends TableName>(table: Table, rows: readonly TableRow<Table>[]): EncodedRows {
  const types = TABLES[table].columns as Record<string, StoredColumn>;
  const cells = rows as readonly Record<string, TableCell>[];
  const columns = columnsOf(table).filter((name) => cells.some((row) => !isDefault(row[name], types[name])));
  const texts = columns.map((name) => TEXTS.has((types[name] as StoredColumn).type));
  let lines = '';
  for (const row of cells) {
    let line = '';
    for (let index = 0; index < columns.length; index += 1) {
      const cell = row[columns[index] ?? ''];
      line += `${index === 0 ? '[' : ','}${cell === null || !texts[index] ? cell : encodeText(String(cell))}`;
    }
    lines += `${line}]\n`;
  }
  return { columns, lines: Buffer.from(lines, 'utf8') };
}

function isDefault(cell: TableCell | undefined, column: StoredColumn | undefined): boolean {
  if (cell === undefined) throw new Error('a row lacks a column');
  return column?.nullable === true ? cell === null : cell === 0 || cell === '';
}

const PLAIN = /^[\w .:+@/,()-]*$/;

export function encodeText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());
}
