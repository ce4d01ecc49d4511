import { TurnoutError } from './contract/errors.ts';
import { type ControlEntry, PAGE_HEADERS } from './contract/pull.ts';
import type { ReplayRequest } from './http/services.ts';
import type { Journal } from './journal/entry.ts';
import { loadQuarantineIds } from './projector/quarantine.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

/** Puts quarantined records into the journal again. @returns how many */
export async function replayQuarantine(
  journal: Pick<Journal, 'append'>,
  now: number,
  what: ReplayRequest,
  warehouse: Warehouse,
): Promise<number> {
  const items = 'items' in what ? await findItems(what.items, warehouse) : await loadQuarantineIds(warehouse, what);
  let replayed = 0;
  for (const [source, ofSource] of Map.groupBy(items, (item) => item.source)) {
    for (let start = 0; start < ofSource.length; start += REPLAYED_TOGETHER) {
      const some = ofSource.slice(start, start + REPLAYED_TOGETHER).map(({ source: _, ...item }) => item);
      await appendOrder(journal, source, now, { control: 'replay', items: some });
      replayed += some.length;
    }
  }
  return replayed;
}

async function findItems(
  wanted: readonly { id: string; record?: unknown }[],
  warehouse: Warehouse,
): Promise<QuarantinePlace[]> {
  const found = await loadQuarantineIds(warehouse, { ids: wanted.map(({ id }) => id) });
  return wanted.map(({ id, record }) => {
    const place = found.find(({ seq, item }) => `${seq}.${item}` === id);
    if (place === undefined)
      throw new TurnoutError(
        'not_found',
        `There is no record ${id} in the quarantine. It may have been replayed already.`,
      );
    return { ...place, ...(record === undefined ? {} : { record }) };
  });
}

interface QuarantinePlace {
  source: string;
  seq: number;
  item: number;
  record?: unknown;
}

/** Records of one order to the projector. */
const REPLAYED_TOGETHER = 1_000;

export async function appendOrder(
  journal: Pick<Journal, 'append'>,
  source: string,
  receivedAt: number,
  order: ControlEntry,
): Promise<number> {
  return journal.append({
    source,
    receivedAt,
    target: '/control',
    headers: { 'content-type': 'application/json', [PAGE_HEADERS.control]: order.control },
    body: Buffer.from(JSON.stringify(order)),
  });
}
