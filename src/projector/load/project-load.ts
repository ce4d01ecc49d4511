import type { LoadOrder } from '../../contract/pull.ts';
import { readBulk } from '../../journal/bulk.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Batch } from '../batch.ts';
import type { MergeRules } from '../messages.ts';
import type { Normaliser } from '../normalise.ts';
import type { Participations } from '../participations.ts';
import type { People } from '../people.ts';
import type { PreparedEntry } from '../prepare.ts';
import { saveOrderInHand } from '../progress.ts';
import type { Touches } from '../touches.ts';
import { closeBatch, type WriteScope, type WrittenFacts, writeFacts } from '../write.ts';
import { carryOutLoad, type Loaded } from './load-order.ts';
import { numberPeople } from './number-people.ts';
import { refuseDamage } from './refuse-damage.ts';

export interface ProjectLoadContext {
  warehouse: Warehouse;
  journalFolder: string;
  rules: MergeRules;
  people: People;
  participations: Participations;
  normaliser: Normaliser;
  /** ISO 3166 alpha-2, for phone numbers without a country code. */
  country: string | undefined;
  scope: WriteScope & { settings: string };
  touches: Touches;
  makeBatch(): Batch;
  remember(batch: Batch, written: WrittenFacts): void;
}

/** Of whom the last entry was such an order: with it the numbers of people stand that it was answered. */
const lastLoads = new WeakMap<People, { seq: number; country: string | undefined }>();

/** An order to load, from its file to the progress. Stopped anywhere, it is done again from its start, with the same result. */
export async function projectLoad(
  entry: PreparedEntry,
  order: LoadOrder,
  context: ProjectLoadContext,
): Promise<Loaded & { messages: number; people: number }> {
  const { warehouse, journalFolder, rules, people, participations, scope, touches, makeBatch, remember } = context;
  const { seq } = entry;
  const before = lastLoads.get(people);
  lastLoads.delete(people);
  // Nothing came between: whoever was numbered is numbered the same.
  const numbered = before !== undefined && before.seq === seq - 1 && before.country === context.country;
  let written = 0;
  const write = async (batch: Batch) => {
    const facts = await writeFacts(warehouse, people, batch, rules, touches, scope);
    await participations.rewrite(await participations.touchedBy(people), people, touches);
    remember(batch, facts);
    written += facts.people;
  };
  const number = numberPeople({ ...context, seq, write });
  await saveOrderInHand(warehouse, seq);
  const read = () => readBulk(journalFolder, order);
  const { done, refused } = await refuseDamage(entry, () =>
    carryOutLoad({ ...entry, warehouse, rules, touches, read, numbered, number }, order),
  );
  const tally = done?.tally;
  const batch = makeBatch();
  batch.add({ ...entry, items: refused, ...(tally === undefined ? {} : { records: order.records }) });
  await closeBatch(warehouse, people, batch, touches, scope);
  people.commit(seq);
  if (done?.numbered) lastLoads.set(people, { seq, country: context.country });
  const told = tally ?? batch.tally;
  return { ...told, messages: told.counted, people: written };
}
