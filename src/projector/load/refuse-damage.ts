import { BulkDamage } from '../../journal/bulk.ts';
import { type PreparedEntry, type Refused, refuse } from '../prepare.ts';
import type { CarriedOut } from './load-order.ts';

/** A file that is not there or is not what was ordered is not tried again and again: the order stands in the quarantine. */
export async function refuseDamage(
  entry: PreparedEntry,
  load: () => Promise<CarriedOut>,
): Promise<{ done?: CarriedOut; refused: Refused[] }> {
  try {
    return { done: await load(), refused: [] };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing && !(error instanceof BulkDamage)) throw error;
    const reason = missing
      ? 'The file of history that this order names is missing from journal/bulk. Restore it from a backup, then run: turnout rebuild.'
      : `${error.message} Then run: turnout rebuild.`;
    return { refused: [refuse(0, 'unreadable', reason, JSON.stringify(entry.control))] };
  }
}
