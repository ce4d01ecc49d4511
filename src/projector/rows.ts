import { columnsOf, type StoredColumn, TABLES, type TableName } from '../warehouse/tables.ts';

type Columns<Table extends TableName> = (typeof TABLES)[Table]['columns'];

/** A cell: 64-bit keys as decimal digits, decimals as text, instants as UTC milliseconds, flags as 0 and 1. */
export type TableCell = string | number | null;

/** One row of a table, by column. */
export type TableRow<Table extends TableName> = { [Name in keyof Columns<Table>]: TableCell };

/** JSONCompactEachRow lines in the order of the table's definition. */
export function encodeTable<Table extends TableName>(table: Table, rows: readonly TableRow<Table>[]): Buffer {
  const names = columnsOf(table);
  const texts = new Set<string>(['category', 'string', 'json', 'date']);
  const types = Object.values(TABLES[table].columns as Record<string, StoredColumn>).map(({ type }) => texts.has(type));
  let lines = '';
  for (const row of rows as readonly Record<string, TableCell>[]) {
    let line = '[';
    for (let index = 0; index < names.length; index += 1) {
      const cell = row[names[index] ?? ''];
      if (cell === undefined) throw new Error(`${table} without ${names[index]}`);
      if (index > 0) line += ',';
      line += cell === null ? 'null' : types[index] === true ? encodeText(String(cell)) : cell;
    }
    lines += `${line}]\n`;
  }
  return Buffer.from(lines, 'utf8');
}

const PLAIN = /^[\w .:+@/,()-]*$/;

function encodeText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());
}
