import { expect } from 'vitest';
import { hourOf, type TableChange } from '../../src/contract/changes.ts';
import { FACT_TABLES, FACT_TIMES, type FactTable, ROW_KEYS } from '../../src/contract/facts.ts';
import type { Projector } from '../../src/projector/project.ts';
import { loadTouches, mergeChanges } from '../../src/projector/touches.ts';
import { commas, identifier, sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { listColumns, tableName } from '../../src/warehouse/schema.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';

interface SeenRow {
  text: string;
  /** Time column → hour, without those that are empty. */
  hours: Record<string, number>;
}
/** Table → key → row. */
type Snapshot = Map<string, Map<string, SeenRow>>;

interface SeenTable {
  key: string;
  columns: string[];
  times: string[];
}

/**
 * Looks at all facts after every batch: whatever differs from how it stood after the batch before must have been told, by hours, in
 * the outcome and in `touches`. Batches that break and are done again are followed over as many projectors as it takes.
 */
export class ToldChanges {
  readonly #warehouse: Warehouse;
  #seen: Snapshot = new Map();
  /** Everything up to here was told. */
  told = 0;
  /** What was not told. */
  readonly missed: string[] = [];
  /** Rows that differed. */
  differences = 0;

  /** @param warehouse with empty fact tables */
  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse;
  }

  /** The projector, with a look after each of its batches. */
  watch(projector: Projector): Projector {
    return {
      seq: () => projector.seq(),
      receivedAt: () => projector.receivedAt(),
      rules: () => projector.rules(),
      applyRules: () => projector.applyRules(),
      takeChanges: () => projector.takeChanges(),
      runBatch: async (through) => {
        const outcome = await projector.runBatch(through);
        if (outcome !== undefined) await this.look(outcome.changes, outcome.seq);
        return outcome;
      },
    };
  }

  async look(changes: readonly TableChange[], seq: number): Promise<void> {
    const now = await takeSnapshot(this.#warehouse);
    const touched = mergeChanges((await loadTouches(this.#warehouse, this.told)).map(({ change }) => change));
    for (const table of new Set([...this.#seen.keys(), ...now.keys()])) {
      const [before, after] = [this.#seen.get(table), now.get(table)];
      for (const key of new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])) {
        const [old, row] = [before?.get(key), after?.get(key)];
        if (old?.text === row?.text) continue;
        this.differences += 1;
        for (const [name, told] of Object.entries({ outcome: changes, touches: touched }))
          for (const place of [old, row])
            for (const gap of gaps(table, place, told))
              this.missed.push(`entry ${seq}, ${name}: ${table} ${key} ${gap}`);
      }
    }
    this.#seen = now;
    this.told = seq;
  }

  expectAllTold(): void {
    expect(this.missed).toStrictEqual([]);
  }
}

function gaps(table: string, row: SeenRow | undefined, told: readonly TableChange[]): string[] {
  if (row === undefined) return [];
  const change = told.find((one) => one.table === table);
  if (change === undefined) return ['of a table that was not told'];
  const { hours } = change;
  if (hours === undefined) return [];
  return Object.entries(row.hours).flatMap(([column, hour]) =>
    hours[column]?.includes(hour) === true ? [] : [`was ${column} in hour ${hour}`],
  );
}

async function takeSnapshot(warehouse: Warehouse): Promise<Snapshot> {
  const tables = await listTables(warehouse);
  const snapshots = [...tables].map(async ([table, { key, columns, times }]) => {
    const instants = times.map((column) => sql`toUnixTimestamp64Milli(${identifier(column)})`);
    const { rows } = await warehouse.query<{ id: string; said: string; instants: (number | null)[] }>(
      renderSql(sql`SELECT toString(${identifier(key)}) AS id, toString(tuple(${commas(columns.map(identifier))})) AS said,
  [${commas(instants)}] AS instants FROM ${tableName(table)} FINAL`),
    );
    const seen = rows.map(({ id, said, instants: at }): [string, SeenRow] => [
      id,
      {
        text: said,
        hours: Object.fromEntries(
          times.flatMap((column, index) => (at[index] == null ? [] : [[column, hourOf(at[index])]])),
        ),
      },
    ]);
    return [table, new Map(seen)] as const;
  });
  return new Map(await Promise.all(snapshots));
}

async function listTables(warehouse: Warehouse): Promise<Map<string, SeenTable>> {
  const tables = new Map<string, SeenTable>();
  for (const table of Object.keys(FACT_TABLES) as FactTable[])
    tables.set(table, {
      key: ROW_KEYS[table],
      columns: Object.keys(FACT_TABLES[table]),
      times: [...FACT_TIMES[table]],
    });
  const { rows } = await warehouse.query<{ table: string; name: string; type: string }>(listColumns);
  for (const { table, name, type } of rows) {
    if (!table.startsWith('table_') || name === 'version' || name === 'is_deleted') continue;
    const own = tables.get(table) ?? { key: 'row', columns: [], times: [] };
    tables.set(table, own);
    own.columns.push(name);
    if (type.includes('DateTime64')) own.times.push(name);
  }
  return tables;
}
