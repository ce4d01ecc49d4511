import { hourOf, type TableChange } from '../../src/contract/changes.ts';
import { FACT_TABLES, FACT_TIMES } from '../../src/contract/facts.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import { indexTable, rollupTable } from '../../src/query/rollup/columns.ts';
import { createRollupKeeper, type RollupKeeper, type RollupKeeperOptions } from '../../src/rollups/keeper.ts';
import { indexTableOf, rollupTableOf } from '../../src/rollups/tables.ts';
import { identifier, joined, sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { tableName } from '../../src/warehouse/schema.ts';
import type { StoredTable } from '../../src/warehouse/tables.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { fullRow } from '../reference/dataset.ts';
import type { FactRow } from '../reference/predicate.ts';
import { SILENT_LOG } from './engine.ts';

/** Tables whose rows these tests change, with the column that names a row. */
const ROW_KEYS = { messages: 'message', activities: 'activity', people: 'person' } as const;
export type ChangedTable = keyof typeof ROW_KEYS;

/** A row as it shall stand from now on; without `row` it goes. */
export interface FactChange {
  table: ChangedTable;
  id: number;
  row?: FactRow;
}

/** Facts that change batch by batch, as the projector would write them, with what it would tell of each batch. */
export class FactWorld {
  readonly #warehouse: Warehouse;
  readonly #rows = new Map<string, FactRow>();
  readonly #told: { seq: number; change: TableChange }[] = [];
  seq = 0;

  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse;
  }

  /** Writes a batch. Resolves with what to tell. */
  async write(changes: readonly FactChange[]): Promise<TableChange[]> {
    this.seq += 1;
    const told = Object.keys(ROW_KEYS).flatMap((table) => {
      const own = changes.filter((change) => change.table === table);
      return own.length === 0 ? [] : [this.#hoursOf(table as ChangedTable, own)];
    });
    for (const change of told) this.#told.push({ seq: this.seq, change });
    for (const table of Object.keys(ROW_KEYS) as ChangedTable[]) await this.#insert(table, changes);
    for (const { table, id, row } of changes) {
      if (row === undefined) this.#rows.delete(`${table} ${id}`);
      else this.#rows.set(`${table} ${id}`, row);
    }
    return told;
  }

  /** As the projector's list of touches: newest entry after this one by change. */
  loadTouches = async (_: Warehouse, after: number) => this.#told.filter(({ seq }) => seq > after);
  loadSeq = async () => this.seq;

  #hoursOf(table: ChangedTable, changes: readonly FactChange[]): TableChange {
    const hours = FACT_TIMES[table].map((column): [string, number[]] => {
      const instants = changes.flatMap(({ id, row }) => [this.#rows.get(`${table} ${id}`)?.[column], row?.[column]]);
      const touched = instants.flatMap((at) => (typeof at === 'number' ? [hourOf(at)] : []));
      return [column, [...new Set(touched)].sort((a, b) => a - b)];
    });
    return { table, hours: Object.fromEntries(hours) };
  }

  async #insert(table: ChangedTable, changes: readonly FactChange[]): Promise<void> {
    const columns = Object.keys(FACT_TABLES[table]);
    const full = (id: number, row: FactRow, deleted: number) => {
      const filled = fullRow(table, { ...row, [ROW_KEYS[table]]: id });
      return [...columns.map((column) => filled[column] ?? null), this.seq * 2 + 1 - deleted, deleted];
    };
    const rows = changes.flatMap((change) => {
      if (change.table !== table) return [];
      const before = this.#rows.get(`${table} ${change.id}`);
      return [
        ...(before === undefined ? [] : [full(change.id, before, 1)]),
        ...(change.row === undefined ? [] : [full(change.id, change.row, 0)]),
      ];
    });
    if (rows.length > 0) await this.#warehouse.insert(table, [...columns, 'version', 'is_deleted'], rows);
  }
}

/** A keeper over a world's facts, not started yet. */
export function keeperOf(
  world: FactWorld,
  model: CheckedModel,
  warehouse: Warehouse,
  options: Partial<RollupKeeperOptions> = {},
): RollupKeeper {
  return createRollupKeeper({
    model,
    zone: model.workspace.time_zone,
    warehouse: () => warehouse,
    loadSeq: world.loadSeq,
    loadTouches: world.loadTouches,
    now: () => 0,
    log: { ...SILENT_LOG, error: () => {} },
    ...options,
  });
}

/** Every row that stands in the tables of roll-ups and indexes, as text, in order: without versions, people as numbers. */
export async function rollupRows(warehouse: Warehouse, model: CheckedModel): Promise<Record<string, string[]>> {
  const zone = model.workspace.time_zone;
  const tables = [...model.rollups.values()].flatMap((rollup) => {
    const grains = new Set(rollup.sets.flatMap((set) => set.grains));
    return [
      ...[...grains].map((grain) => ({
        name: `${rollup.name} by ${grain}`,
        table: rollupTable(rollup, grain, zone),
        columns: rollupTableOf(rollup).columns,
      })),
      ...rollup.indexes.map((index) => ({
        name: `${rollup.name} by ${index.entity}`,
        table: indexTable(rollup, index, zone),
        columns: indexTableOf(rollup, index).columns,
      })),
    ];
  });
  const found: Record<string, string[]> = {};
  for (const { name, table, columns } of tables) found[name] = await rowsOf(warehouse, table, columns);
  return found;
}

async function rowsOf(warehouse: Warehouse, table: string, columns: StoredTable['columns']): Promise<string[]> {
  const values = Object.entries(columns)
    .filter(([name]) => name !== 'version' && name !== 'is_deleted')
    .map(([name, { type }]) =>
      type === 'bitmap'
        ? sql`toString(arraySort(bitmapToArray(${identifier(name)})))`
        : sql`toString(${identifier(name)})`,
    );
  const { rows } = await warehouse.query<{ row: (string | null)[] }>(
    renderSql(sql`SELECT [${joined(', ', values)}] AS row FROM ${tableName(table)} FINAL ORDER BY row`),
  );
  return rows.map(({ row }) => row.join('|'));
}
