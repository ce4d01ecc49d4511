import type { Rollup } from '../model/checked.ts';
import type { InstantRange } from '../query/buckets.ts';
import { compileDayCounts, compileRowsBefore, type RollupSpan } from '../query/rollup/build.ts';
import { isRollupTable, ROLLUP_SPAN, VERSION_COLUMN } from '../query/rollup/columns.ts';
import { allOf, identifier, joined, list, nested, sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { runAll } from '../warehouse/run-all.ts';
import {
  createTableStatements,
  dropTableStatements,
  mergePartsStatements,
  tableName,
  truncateTableStatements,
} from '../warehouse/schema.ts';
import { columnsOf, DATABASE, LOCAL_DATABASE, type StoredTable } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { RollupState } from './rollup-state.ts';
import { indexTableOf, rollupTableOf } from './tables.ts';

/** How far a roll-up was kept when it was last saved. */
export interface RollupProgress {
  name: string;
  /** Hash of what it was declared as; '' where its tables hold nothing. */
  definition: string;
  /** UTC milliseconds. */
  from: number;
  /** Every entry up to here is in the tables. */
  seq: number;
}

export interface DayCount {
  /** First instant, UTC seconds. */
  day: number;
  facts: number;
}

export interface MonthParts {
  table: string;
  /** `202401` */
  month: number;
  parts: number;
  /** Seconds since the last of them came. */
  quiet: number;
}

/** Milliseconds; longer than anything in bounded pieces should take. */
const LIMIT = { timeoutMs: 600_000 };

/** On a cluster the rows of this node. */
const IN_OURS = sql`database IN ${list([DATABASE, LOCAL_DATABASE].map(string))}`;

/** The roll-ups' side of the warehouse: their tables, their parts, and how far they are. */
export class RollupStore {
  readonly #warehouse: () => Warehouse;
  readonly #signal: AbortSignal;

  /** @param warehouse throws while the engine is away */
  constructor(warehouse: () => Warehouse, signal: AbortSignal) {
    this.#warehouse = warehouse;
    this.#signal = signal;
  }

  /** Runs an insert that computes rows. It may have taken effect although it failed. */
  async run(statement: RenderedSql): Promise<void> {
    await this.#warehouse().command(statement, { ...LIMIT, signal: this.#signal });
  }

  /** Names of the tables of roll-ups, of earlier definitions too. */
  async listTables(): Promise<Set<string>> {
    const rows = await this.#query<{ name: string }>(sql`SELECT name FROM system.tables
WHERE ${allOf([sql`database = ${string(DATABASE)}`, sql`startsWith(name, 'rollup_')`])}`);
    return new Set(rows.map(({ name }) => name).filter(isRollupTable));
  }

  /** Makes the tables of a roll-up, empty; what they held is gone. */
  async makeTables({ rollup, tables, indexes }: Pick<RollupState, 'rollup' | 'tables' | 'indexes'>): Promise<void> {
    for (const table of Object.values(tables)) await this.#makeTable(table, rollupTableOf(rollup));
    for (const index of rollup.indexes) {
      const table = indexes.get(index.entity);
      if (table !== undefined) await this.#makeTable(table, indexTableOf(rollup, index));
    }
  }

  async #makeTable(name: string, table: StoredTable): Promise<void> {
    const { layout } = this.#warehouse();
    await this.#change(createTableStatements(name, table, layout));
    await this.#change(truncateTableStatements(name, layout));
  }

  async drop(table: string): Promise<void> {
    await this.#change(dropTableStatements(table, this.#warehouse().layout));
  }

  /** The highest version of any row in these tables. */
  async newestVersion(tables: readonly string[]): Promise<number> {
    const newest = tables.map(
      (table) => sql`SELECT max(${identifier(VERSION_COLUMN)}) AS version FROM ${tableName(table)}`,
    );
    if (newest.length === 0) return 0;
    const rows = await this.#query<{ version: number }>(
      sql`SELECT max(version) AS version FROM ${nested(joined('\nUNION ALL\n', newest))}`,
    );
    return rows[0]?.version ?? 0;
  }

  /** With the highest number that progress was ever saved under. */
  async loadProgress(): Promise<{ progress: RollupProgress[]; version: number }> {
    const rows = await this.#query<RollupProgress & { version: number }>(
      sql`SELECT name, definition, built_from AS ${identifier('from')}, seq, version FROM ${tableName('rollup_progress')} FINAL`,
    );
    return {
      progress: rows.map(({ name, definition, from, seq }) => ({ name, definition, from, seq })),
      version: Math.max(0, ...rows.map(({ version }) => version)),
    };
  }

  /** @param version higher than of everything saved before */
  async saveProgress(progress: readonly RollupProgress[], version: number): Promise<void> {
    await this.#warehouse().insert(
      'rollup_progress',
      columnsOf('rollup_progress'),
      progress.map(({ name, definition, from, seq }) => [name, definition, from, seq, version]),
    );
  }

  /** Rows of the facts per local day, rising; replaced ones count too. */
  async countDays(rollup: Rollup, zone: string, span: RollupSpan): Promise<DayCount[]> {
    return this.#rows(compileDayCounts({ rollup, zone, span }));
  }

  /** Whether facts lie before the first bucket that can be kept. */
  async hasRowsBefore(rollup: Rollup): Promise<boolean> {
    const [found] = await this.#rows<{ facts: number }>(compileRowsBefore(rollup, ROLLUP_SPAN.start));
    return (found?.facts ?? 0) > 0;
  }

  /** Months of these tables that lie in several parts. */
  async listParts(tables: readonly string[]): Promise<MonthParts[]> {
    if (tables.length === 0) return [];
    return this.#query(sql`SELECT table, toUInt32(partition) AS month, count() AS parts,
  dateDiff('second', max(modification_time), now()) AS quiet
FROM system.parts
WHERE ${allOf([sql`active`, IN_OURS, sql`table IN ${list(tables.map(string))}`])}
GROUP BY table, month HAVING parts > 1 ORDER BY parts DESC, month DESC`);
  }

  /** Puts a month's parts together. */
  async merge({ table, month }: MonthParts): Promise<void> {
    await this.#change(mergePartsStatements(table, this.#warehouse().layout, month));
  }

  /** Rows and bytes on disk by table. */
  async sizes(tables: readonly string[]): Promise<Map<string, { rows: number; bytes: number }>> {
    if (tables.length === 0) return new Map();
    const found = await this.#query<{ table: string; rows: number; bytes: number }>(
      sql`SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
WHERE ${allOf([sql`active`, IN_OURS, sql`table IN ${list(tables.map(string))}`])}
GROUP BY table`,
    );
    return new Map(found.map(({ table, rows, bytes }) => [table, { rows, bytes }]));
  }

  /** Not given up half way: the engine cannot interrupt what changes tables. */
  async #change(statements: readonly RenderedSql[]): Promise<void> {
    this.#signal.throwIfAborted();
    await runAll(this.#warehouse(), statements, { ...LIMIT, idempotent: true });
  }

  #query<Row>(statement: Parameters<typeof renderSql>[0]): Promise<Row[]> {
    return this.#rows(renderSql(statement));
  }

  async #rows<Row>(statement: RenderedSql): Promise<Row[]> {
    const { rows } = await this.#warehouse().query<Row>(statement, { ...LIMIT, signal: this.#signal });
    return rows;
  }
}

/** Everything in one range. */
export const wholeRange = (range: InstantRange): RollupSpan => ({ ranges: [range], buckets: [] });
