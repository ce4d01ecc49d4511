import { hourOf } from '../contract/changes.ts';
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
  /** Rows that may stand already. */
  replaced: Set<Key>;
  /** Time column → hours since 1970 of the rows that are put. */
  times: Map<string, Set<number>>;
}

/** Columns that tell a time. */
export const timesOf = ({ stored }: UserTable): string[] =>
  Object.entries(stored.columns).flatMap(([name, { type }]) => (type === 'instant' ? [name] : []));

/** Rows of tables that people brought, gathered for one insert a table. Rows of tables that are not declared wait in `record_versions`. */
export class UserRows {
  readonly #tables: TableRows;
  readonly #gathered = new Map<string, GatheredRows>();

  constructor(tables: TableRows) {
    this.#tables = tables;
  }

  /** @param origin `first`: no row of this key can stand there */
  put(record: RecordOf<'row'>, origin: { key: Key; source: string; receivedAt: number; first: boolean }): void {
    const table = this.#tables.get(record.table);
    if (table === undefined) return;
    const { values } = record;
    const { put, replaced, times } = this.#of(table);
    if (!origin.first) replaced.add(origin.key);
    times.get('received_at')?.add(hourOf(origin.receivedAt));
    const misfits: string[] = [];
    let line = '';
    for (const { name, from, text, read } of table.columns) {
      const value = Object.hasOwn(values, from) ? (values[from] ?? null) : null;
      let cell = read(value);
      if (cell === undefined) {
        misfits.push(name);
        cell = null;
      }
      if (typeof cell === 'number') times.get(name)?.add(hourOf(cell));
      line += `${encodeCell(cell, text)},`;
    }
    line += `${origin.key},${encodeText(origin.source)},${origin.receivedAt},${encodeText(misfits.join())}`;
    put.push(line);
  }

  remove(table: string, key: Key): void {
    const declared = this.#tables.get(table);
    if (declared === undefined) return;
    const { removed, replaced } = this.#of(declared);
    removed.push(key);
    replaced.add(key);
  }

  /** By the warehouse's name of the table. */
  *touched(): Iterable<{ table: string } & Pick<GatheredRows, 'times' | 'replaced'>> {
    for (const [name, { times, replaced }] of this.#gathered) yield { table: userTableName(name), times, replaced };
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

  #of(table: UserTable): GatheredRows {
    const rows = this.#gathered.get(table.spec.table) ?? {
      put: [],
      removed: [],
      replaced: new Set(),
      times: new Map(timesOf(table).map((column) => [column, new Set()])),
    };
    this.#gathered.set(table.spec.table, rows);
    return rows;
  }
}

/** Digits stay digits: the engine reads decimals and 64-bit numbers exactly from them. */
function encodeCell(cell: StoredCell, text: boolean): string {
  if (text) return encodeText(String(cell ?? ''));
  return cell === null ? 'null' : String(cell);
}
