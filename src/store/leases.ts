import type { ControlDatabase } from './tables.ts';

export interface Lease {
  source: string;
  holder: string;
  fence: number;
}

/**
 * Takes the one lease of a source for `holder` until `now + forMs`. Where another holder has it (and its time has not run out),
 * answers since when.
 */
export async function takeLease(
  database: ControlDatabase,
  wanted: { source: string; holder: string; now: number; forMs: number },
): Promise<{ lease: Lease } | { heldSince: number }> {
  const { source, holder, now, forMs } = wanted;
  const held = await database.selectFrom('leases').selectAll().where('source', '=', source).executeTakeFirst();
  if (held !== undefined && held.held_until > now) return { heldSince: held.taken_at };
  const row = { holder, fence: (held?.fence ?? 0) + 1, taken_at: now, held_until: now + forMs };
  await database
    .insertInto('leases')
    .values({ source, ...row })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(row))
    .execute();
  return { lease: { source, holder, fence: row.fence } };
}

/** False where the lease is no longer this holder's. */
export async function renewLease(database: ControlDatabase, lease: Lease, until: number): Promise<boolean> {
  const result = await database
    .updateTable('leases')
    .set({ held_until: until })
    .where('source', '=', lease.source)
    .where('holder', '=', lease.holder)
    .where('fence', '=', lease.fence)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The row stays with its fence; its time is over. */
export async function releaseLease(database: ControlDatabase, lease: Lease): Promise<void> {
  await renewLease(database, lease, 0);
}

/** For a start that knows that nobody else can hold one: those of a process that died are over. */
export async function releaseAllLeases(database: ControlDatabase): Promise<void> {
  await database.updateTable('leases').set({ held_until: 0 }).execute();
}

export async function loadHeldLeases(database: ControlDatabase, now: number): Promise<Set<string>> {
  const rows = await database.selectFrom('leases').select('source').where('held_until', '>', now).execute();
  return new Set(rows.map((row) => row.source));
}
