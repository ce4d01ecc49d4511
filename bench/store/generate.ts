import { runAll } from '../../src/warehouse/run-all.ts';
import { mergePartsStatements } from '../../src/warehouse/schema.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { type Calendar, DAYS, perDay } from './calendar.ts';
import { insertMessages } from './message-rows.ts';
import { insertAccounts, insertActivities, insertInvitations, insertRecipients } from './people-rows.ts';
import type { StoreSize } from './size.ts';
import { insertParticipations, insertStays, insertWebinars } from './webinar-rows.ts';

const AT_ONCE = 2_000_000;
const LIMIT_MS = 3_600_000;

/**
 * Writes all facts of a data set, computed by the engine itself from hashes of a seed: the same size is the same data. Memory does not
 * grow with the size. Parts are merged, as they are in a store that has had quiet moments.
 */
export async function generateFacts(warehouse: Warehouse, size: StoreSize, calendar: Calendar): Promise<void> {
  const run = (statement: Parameters<Warehouse['command']>[0]) => warehouse.command(statement, { timeoutMs: LIMIT_MS });
  await run(insertAccounts(size, calendar));
  for (const [first, count] of slices(size.recipients, AT_ONCE)) await run(insertRecipients(first, count));
  await run(insertInvitations(size, calendar));
  let messages = 0;
  let activities = 0;
  const activitiesOf = perDay(size.activities);
  for (const [day, count] of perDay(size.messages).entries()) {
    const acts = activitiesOf[day] ?? 0;
    if (count > 0) await run(insertMessages(day, messages, count, size, calendar));
    if (acts > 0) await run(insertActivities(day, activities, acts, size, calendar));
    messages += count;
    activities += acts;
    if ((day + 1) % 32 === 0) console.log(`  day ${day + 1} of ${DAYS}: ${messages.toLocaleString('en')} messages`);
  }
  await run(insertWebinars(size, calendar));
  for (const [first, count] of slices(size.webinars, AT_ONCE / size.peoplePerWebinar)) {
    await run(insertParticipations(first, count, size, calendar));
    await run(insertStays(first, count, size, calendar));
  }
  for (const table of ['messages', 'people', 'activities', 'invitations', 'participations', 'stays'])
    await runAll(warehouse, mergePartsStatements(table, warehouse.layout), { timeoutMs: LIMIT_MS });
}

function* slices(total: number, most: number): Generator<[first: number, count: number]> {
  for (let first = 0; first < total; first += most) yield [first, Math.min(most, total - first)];
}
