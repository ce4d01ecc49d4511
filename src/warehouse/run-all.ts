import type { RenderedSql } from '../sql/rendered.ts';
import type { StatementOptions, Warehouse } from './warehouse.ts';

/** Runs statements whose answers do not matter, one after the other. */
export async function runAll(
  warehouse: Warehouse,
  statements: readonly RenderedSql[],
  options?: StatementOptions,
): Promise<void> {
  for (const statement of statements) await warehouse.command(statement, options);
}
