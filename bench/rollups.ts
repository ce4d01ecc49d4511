import { pino } from 'pino';
import { loadProgress } from '../src/projector/progress.ts';
import { loadTouches } from '../src/projector/touches.ts';
import { createRollupKeeper } from '../src/rollups/keeper.ts';
import { sql } from '../src/sql/build.ts';
import { renderSql } from '../src/sql/render.ts';
import { tableName } from '../src/warehouse/schema.ts';
import type { Warehouse } from '../src/warehouse/warehouse.ts';
import type { Rollups } from './engines.ts';
import type { BenchStore } from './store/open-store.ts';

/** Builds the roll-ups that the packs declare, or finds them built, and says what they take. Nothing is kept up to date afterwards. */
export async function buildRollups(
  { files, calendar }: BenchStore,
  warehouse: Warehouse,
): Promise<{ rollups: Rollups; seconds: number; wereBuilt: boolean }> {
  const { model } = files.loaded;
  const started = performance.now();
  const keeper = createRollupKeeper({
    model,
    zone: model.workspace.time_zone,
    warehouse: () => warehouse,
    loadSeq: async (opened) => (await loadProgress(opened)).seq,
    loadTouches,
    now: () => calendar.now,
    log: pino({ level: 'warn' }),
  });
  const before = await describeProgress(warehouse);
  keeper.start();
  try {
    await keeper.settled();
    const seconds = (performance.now() - started) / 1000;
    return { rollups: keeper.kept(), seconds, wereBuilt: before === (await describeProgress(warehouse)) };
  } finally {
    await keeper.close();
  }
}

async function describeProgress(warehouse: Warehouse): Promise<string> {
  const { rows } = await warehouse.query(
    renderSql(sql`SELECT name, definition, built_from FROM ${tableName('rollup_progress')} FINAL ORDER BY name`),
  );
  return JSON.stringify(rows);
}
