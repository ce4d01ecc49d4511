import { hourOf, type TableChange } from '../contract/changes.ts';
import { FACT_TIMES, type FactTable } from '../contract/facts.ts';
import { sql, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import { EVERY_HOUR } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { TableCell, TableRow } from './rows.ts';
import { insertRows } from './stored-rows.ts';

/** What entries changed of one table. */
export interface Touched {
  /** The newest entry that changed these hours; above the progress it is of a batch that is not finished yet, or never was. */
  seq: number;
  change: TableChange;
}

/**
 * What was changed by entries after this one, oldest first. Each hour of a column is told once, with its newest entry. The columns
 * of `FACT_TIMES` are always there; of tables that people brought only those of which an hour was touched.
 */
export async function loadTouches(warehouse: Warehouse, after: number): Promise<Touched[]> {
  const { rows } = await warehouse.query<{ at: number; table_name: string; told: [string, number[]][] }>(
    renderSql(sql`SELECT at, table_name, groupArray(tuple(column_name, hours)) AS told
FROM (
  SELECT at, table_name, column_name, arraySort(groupArray(hour)) AS hours
  FROM (
    SELECT table_name, column_name, hour, max(seq) AS at FROM ${tableName('touches')}
    WHERE seq > ${uint64(BigInt(after))} GROUP BY table_name, column_name, hour
  )
  GROUP BY at, table_name, column_name
)
GROUP BY at, table_name ORDER BY at, table_name`),
  );
  return rows.map(({ at, table_name: table, told }) => {
    const whole = told.some(([column, hours]) => column === '' && hours.includes(EVERY_HOUR));
    return { seq: at, change: whole ? { table } : { table, hours: { ...noHours(table), ...hoursOf(told) } } };
  });
}

/** Changes of several moments as one, each table once. */
export function mergeChanges(all: readonly TableChange[]): TableChange[] {
  return [...Map.groupBy(all, ({ table }) => table)].map(([table, changes]) => {
    const columns = new Map<string, Set<number>>();
    for (const { hours } of changes) {
      if (hours === undefined) return { table };
      for (const [column, some] of Object.entries(hours)) {
        const known = columns.get(column) ?? new Set();
        columns.set(column, known);
        for (const hour of some) known.add(hour);
      }
    }
    return { table, hours: sorted(columns) };
  });
}

const hoursOf = (told: readonly [string, number[]][]): Record<string, number[]> =>
  Object.fromEntries(told.filter(([column]) => column !== ''));

const noHours = (table: string): Record<string, number[]> =>
  Object.fromEntries(timesOf(table).map((column) => [column, []]));

/**
 * Gathers what entries change, hour by hour. What is about rows that stand is made durable before they are overwritten: afterwards
 * nobody could say where they stood. Too many touches do no harm.
 */
export class Touches {
  readonly #warehouse: Warehouse;
  readonly #seq: number;
  /** Table → column → hours; null where anything may change. */
  readonly #tables = new Map<string, Map<string, Set<number>> | null>();
  #unwritten: TableRow<'touches'>[] = [];
  #hoursUnwritten = false;
  #writing: Promise<void> = Promise.resolve();

  /** @param seq the last entry of those that change it */
  constructor(warehouse: Warehouse, seq: number) {
    this.#warehouse = warehouse;
    this.#seq = seq;
  }

  /** Rows of the table change. @param columns its times */
  table(table: string, columns: readonly string[]): void {
    if (this.#tables.has(table)) return;
    this.#tables.set(table, new Map(columns.map((column) => [column, new Set()])));
    this.#push(table, '', 0);
  }

  hours(table: string, column: string, hours: Iterable<number>): void {
    this.table(table, timesOf(table));
    const columns = this.#tables.get(table);
    if (columns == null) return;
    const known = columns.get(column) ?? new Set();
    columns.set(column, known);
    for (const hour of hours) {
      if (known.has(hour)) continue;
      known.add(hour);
      this.#push(table, column, hour);
      this.#hoursUnwritten = true;
    }
  }

  /** A row of a fact table as it stands or will stand; times are UTC milliseconds. */
  row<Table extends FactTable>(table: Table, row: Readonly<Record<TimeOf<Table>, TableCell>>): void {
    for (const column of FACT_TIMES[table] as readonly TimeOf<Table>[]) {
      const at = row[column];
      this.hours(table, column, at === null ? [] : [hourOf(Number(at))]);
    }
  }

  everything(table: string): void {
    if (this.#tables.get(table) === null) return;
    this.#tables.set(table, null);
    this.#push(table, '', EVERY_HOUR);
    this.#hoursUnwritten = true;
  }

  /** Durable when it resolves: every hour that was told until now. */
  write(): Promise<void> {
    return this.#hoursUnwritten ? this.close() : this.#writing;
  }

  /** Durable when it resolves: all that was told, tables too of which no hour was touched. */
  close(): Promise<void> {
    const rows = this.#unwritten;
    this.#unwritten = [];
    this.#hoursUnwritten = false;
    const before = this.#writing;
    this.#writing = (async () => {
      await before;
      await insertRows(this.#warehouse, 'touches', rows);
    })();
    return this.#writing;
  }

  /** What was told, durable or not. */
  get changes(): TableChange[] {
    return [...this.#tables].map(([table, columns]) =>
      columns === null ? { table } : { table, hours: sorted(columns) },
    );
  }

  #push(table: string, column: string, hour: number): void {
    this.#unwritten.push({ table_name: table, column_name: column, hour, seq: this.#seq });
  }
}

type TimeOf<Table extends FactTable> = (typeof FACT_TIMES)[Table][number];

const timesOf = (table: string): readonly string[] =>
  Object.hasOwn(FACT_TIMES, table) ? FACT_TIMES[table as FactTable] : [];

const sorted = (columns: ReadonlyMap<string, ReadonlySet<number>>): Record<string, number[]> =>
  Object.fromEntries([...columns].map(([column, hours]) => [column, [...hours].sort((a, b) => a - b)]));
