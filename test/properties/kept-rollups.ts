import type { CheckedModel, Rollup } from '../../src/model/checked.ts';
import type { InstantRange } from '../../src/query/buckets.ts';
import type { KeptRollup } from '../../src/query/query-context.ts';
import { compileDays, compileHours } from '../../src/query/rollup/build.ts';
import { indexTable, rollupTable } from '../../src/query/rollup/columns.ts';
import { compileIndex } from '../../src/query/rollup/entity-index.ts';
import { indexTableOf, rollupTableOf } from '../../src/rollups/tables.ts';
import { runAll } from '../../src/warehouse/run-all.ts';
import { createTableStatements, dropTableStatements } from '../../src/warehouse/schema.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { TABLE_COLUMNS } from '../cases/tables.ts';
import type { Facts } from '../reference/dataset.ts';
import type { FactRow } from '../reference/predicate.ts';

const HOUR = 3_600_000;

export interface Keeping {
  model: CheckedModel;
  zone: string;
  /** The clock moves by whole hours in the range, so that days are made of hours. */
  even: boolean;
  /** What is built; it begins and ends with a local day. */
  range: InstantRange;
  /** Nothing lies before the range. */
  whole: boolean;
  /** Changed since, by table and time column (`touchedBy`). */
  touched: Touched;
}

/** Hours since 1970 by `<table> <column>`. */
export type Touched = ReadonlyMap<string, ReadonlySet<number>>;

/** Builds every roll-up of the model from the facts of this moment, in tables that `dropKept` drops. */
export async function buildKept(warehouse: Warehouse, keeping: Keeping): Promise<Map<string, KeptRollup>> {
  const { model, zone, range, whole, even } = keeping;
  const kept = new Map<string, KeptRollup>();
  for (const rollup of model.rollups.values()) {
    const names = namesOf(rollup, zone);
    for (const name of Object.values(names))
      await runAll(warehouse, createTableStatements(name, rollupTableOf(rollup), warehouse.layout));
    const job = { rollup, zone, span: { ranges: [range], buckets: [] }, version: 1n };
    for (const statement of [compileHours(job), compileDays(job, even ? 'hours' : 'facts')])
      if (statement !== null) await warehouse.command(statement);
    const indexes = new Map<string, string>();
    for (const index of rollup.indexes) {
      const name = indexTable(rollup, index, zone);
      await runAll(warehouse, createTableStatements(name, indexTableOf(rollup, index), warehouse.layout));
      await warehouse.command(compileIndex(job, index));
      indexes.set(index.entity, name);
    }
    const pending = [...pendingOf(rollup, keeping.touched)].sort((a, b) => a - b);
    kept.set(rollup.name, { tables: names, indexes, from: whole ? Number.NEGATIVE_INFINITY : range.start, pending });
  }
  return kept;
}

export async function dropKept(warehouse: Warehouse, { model, zone }: Keeping): Promise<void> {
  for (const rollup of model.rollups.values())
    for (const name of [
      ...Object.values(namesOf(rollup, zone)),
      ...rollup.indexes.map((index) => indexTable(rollup, index, zone)),
    ])
      await runAll(warehouse, dropTableStatements(name, warehouse.layout));
}

const namesOf = (rollup: Rollup, zone: string) => ({
  hour: rollupTable(rollup, 'hour', zone),
  day: rollupTable(rollup, 'day', zone),
});

function pendingOf({ dataset, time }: Rollup, touched: Touched): Set<number> {
  const hours = dataset.branches.flatMap(({ table, columns }) => {
    const source = columns.get(time);
    return source === undefined || 'constant' in source ? [] : [...(touched.get(`${table} ${source.column}`) ?? [])];
  });
  return new Set(hours);
}

/** The hours of every time of the rows that are in one of two states and not, or otherwise, in the other. */
export function touchedBy(before: Facts, after: Facts): Touched {
  const touched = new Map<string, Set<number>>();
  for (const [table, columns] of Object.entries(TABLE_COLUMNS)) {
    const times = Object.entries(columns).flatMap(([name, { type }]) => (type === 'instant' ? [name] : []));
    const states = [before, after].map((facts) => facts[table as keyof Facts] ?? []);
    for (const [index, rows] of states.entries()) {
      const others = new Set((states[1 - index] ?? []).map((row) => JSON.stringify(row)));
      for (const row of rows) if (!others.has(JSON.stringify(row))) touch(touched, table, times, row);
    }
  }
  return touched;
}

function touch(touched: Map<string, Set<number>>, table: string, times: readonly string[], row: FactRow): void {
  for (const column of times) {
    const at = row[column];
    if (typeof at !== 'number') continue;
    const hours = touched.get(`${table} ${column}`) ?? new Set();
    touched.set(`${table} ${column}`, hours.add(Math.floor(at / HOUR)));
  }
}
