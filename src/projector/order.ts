import type { Warehouse } from '../warehouse/warehouse.ts';
import type { TableRow } from './rows.ts';
import type { Revision } from './versions.ts';

/** What carrying out an order to the projector needs. Everything that it does can be done again after a crash. */
export interface OrderContext {
  warehouse: Warehouse;
  /** The source that it is about. */
  source: string;
  /** The order's own entry. */
  seq: number;
  /** UTC milliseconds. */
  receivedAt: number;
  /** Writes versions and the facts that follow from revisions; durable when it resolves. */
  revise(revisions: readonly Revision[], versions: readonly TableRow<'record_versions'>[]): Promise<void>;
}
