import { storedTableColumns, userTableName } from '../contract/facts.ts';
import type { TableSpec } from '../contract/model.ts';
import type { RecordOf } from '../contract/record.ts';
import type { StoredTable } from '../warehouse/tables.ts';
import type { Key } from './hash.ts';
import { encodeText } from './rows.ts';
import { type CellReader, cellReaders, type StoredCell } from './table-cells.ts';

/** A table that people brought, as it is stored and filled. */
export interface UserTable {
  spec: TableSpec;
  /** Its name in the warehouse. */
  name: string;
  stored: StoredTable;
  columns: { name: string; from: string; text: boolean; read: CellReader }[];
}

/** By the name that people gave it. */
export type TableRows = ReadonlyMap<string, UserTable>;

/** Names of columns whose value did not fit, with commas between them; the model cannot name it. */
export const MISFITS = '_misfits';

/** @param timeZone IANA zone of dates and of times without an offset */
export function compileTables(tables: readonly TableSpec[], timeZone: string): TableRows {
  const readers = cellReaders(timeZone);
  return new Map(
    tables.map((spec) => [
      spec.table,
      {
        spec,
        name: userTableName(spec.table),
        stored: {
          columns: {
            ...storedTableColumns(spec.columns),
            [MISFITS]: { type: 'category' },
            version: { type: 'version' },
            is_deleted: { type: 'flag' },
          },
          orderBy: ['row'],
          version: 'version',
          deletable: true,
        },
        columns: spec.columns.map(({ name, type, from }) => ({
          name,
          from: from ?? name,
          text: type === 'text',
          read: readers[type],
        })),
      } satisfies UserTable,
    ]),
  );
}

interface GatheredRows {
  put: string[];
  removed: Key[];
}

/** Rows of tables that people brought, gathered for one insert a table. Rows of tables that are not declared wait in `record_versions`. */
export class UserRows {
  readonly #tables: TableRows;
  readonly #gathered = new Map<string, GatheredRows>();

  constructor(tables: TableRows) {
    this.#tables = tables;
  }

  put(record: RecordOf<'row'>, origin: { key: Key; source: string; receivedAt: number }): void {
    const table = this.#tables.get(record.table);
    if (table === undefined) return;
    const { values } = record;
    const misfits: string[] = [];
    let line = '';
    for (const { name, from, text, read } of table.columns) {
      const value = Object.hasOwn(values, from) ? (values[from] ?? null) : null;
      let cell = read(value);
      if (cell === undefined) {
        misfits.push(name);
        cell = null;
      }
      line += `${encodeCell(cell, text)},`;
    }
    line += `${origin.key},${encodeText(origin.source)},${origin.receivedAt},${encodeText(misfits.join())}`;
    this.#of(record.table).put.push(line);
  }

  remove(table: string, key: Key): void {
    if (this.#tables.has(table)) this.#of(table).removed.push(key);
  }

  /** @param version sequence number by which the rows are written; the greater one stands */
  inserts(version: number): { table: string; columns: string[]; lines: Buffer }[] {
    return [...this.#gathered].flatMap(([name, { put, removed }]) => {
      const table = this.#tables.get(name);
      if (table === undefined) return [];
      const own = [...table.columns.map((column) => column.name), 'row', 'source', 'received_at', MISFITS];
      const lines = put.map((line) => `[${line},${version}]\n`).join('');
      const gone = removed.map((key) => `[${key},${version},1]\n`).join('');
      return [
        { table: table.name, columns: [...own, 'version'], lines: Buffer.from(lines, 'utf8') },
        { table: table.name, columns: ['row', 'version', 'is_deleted'], lines: Buffer.from(gone, 'utf8') },
      ].filter((insert) => insert.lines.length > 0);
    });
  }

  #of(table: string): GatheredRows {
    const rows = this.#gathered.get(table) ?? { put: [], removed: [] };
    this.#gathered.set(table, rows);
    return rows;
  }
}

/** Digits stay digits: the engine reads decimals and 64-bit numbers exactly from them. */
function encodeCell(cell: StoredCell, text: boolean): string {
  if (text) return encodeText(String(cell ?? ''));
  return cell === null ? 'null' : String(cell);
}
