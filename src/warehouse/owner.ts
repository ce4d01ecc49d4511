import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { TurnoutError } from '../contract/errors.ts';
import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { runAll } from './run-all.ts';
import { createTableStatements, tableName } from './schema.ts';
import { DATABASE, type StoredTable } from './tables.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Whose facts a server's database holds. ClickHouse has no lock that a client could hold, so every data folder has an id of its own,
 * the first to claim a database keeps it, and whoever finds another id there stops.
 */
const OWNERS: StoredTable = {
  columns: { owner: { type: 'string' }, place: { type: 'string' }, claimed_at: { type: 'instant' } },
  orderBy: ['owner'],
};

/** The id of a data folder; made where there is none. It is no part of a backup: what is restored elsewhere is somebody else. */
export function loadOwnerId(folder: string): string {
  const file = join(folder, 'warehouse-owner');
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { flag: 'wx', mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Claims the database for a data folder. @throws TurnoutError('conflict') where another has it */
export async function claimDatabase(warehouse: Warehouse, folder: string): Promise<void> {
  const owner = loadOwnerId(folder);
  await runAll(warehouse, createTableStatements('owners', OWNERS, warehouse.layout), { idempotent: true });
  if ((await loadOwner(warehouse)) === undefined)
    await warehouse.command(
      renderSql(sql`INSERT INTO ${tableName('owners')} (owner, place, claimed_at)
SELECT ${string(owner)}, ${string(`${hostname()}:${dirname(join(folder, 'x'))}`)}, now64(3)`),
      { idempotent: true },
    );
  await checkOwner(warehouse, folder);
}

/** @throws TurnoutError('conflict') where the database belongs to another data folder, or to nobody */
export async function checkOwner(warehouse: Warehouse, folder: string): Promise<void> {
  const holder = await loadOwner(warehouse);
  if (holder?.owner === loadOwnerId(folder)) return;
  const whose =
    holder === undefined
      ? 'is not claimed any more'
      : `belongs to another Turnout (${holder.place}, since ${holder.since})`;
  throw new TurnoutError(
    'conflict',
    `The database ${DATABASE} on this ClickHouse server ${whose}. Two of them would spoil each other's numbers: give this one a server of its own. If the other is gone for good, run TRUNCATE TABLE ${DATABASE}.owners there and start again.`,
  );
}

interface Holder {
  owner: string;
  place: string;
  since: string;
}

/** Of several who claimed at once, the one all agree on. */
async function loadOwner(warehouse: Warehouse): Promise<Holder | undefined> {
  const { rows } = await warehouse.query<Holder>(
    renderSql(sql`SELECT owner, place, toString(claimed_at) AS since FROM ${tableName('owners')} FINAL
ORDER BY claimed_at, owner LIMIT 1`),
  );
  return rows[0];
}
