import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openPage } from '../bench/pages.ts';
import { HOUR_MS, hourOf, type TableChange } from '../src/contract/changes.ts';
import type { Dashboard } from '../src/contract/dashboard.ts';
import type { BatchItem } from '../src/contract/result.ts';
import { createExplainEngine } from '../src/explain/create-explain-engine.ts';
import { describeModel } from '../src/model/catalog.ts';
import type { CheckedModel } from '../src/model/checked.ts';
import { loadWorkspace } from '../src/model/load-workspace.ts';
import { ChangeLog } from '../src/query/change-log.ts';
import { localDate } from '../src/query/local-time.ts';
import type { QueryContext } from '../src/query/query-context.ts';
import { createQueryEngine } from '../src/query/run-query.ts';
import { completeContext } from './cases/query-context.ts';
import { withFactWarehouse } from './cases/warehouse.ts';
import type { Facts } from './reference/dataset.ts';

/**
 * The packs' pages while messages come in: what does not depend on the hour that the messages are of is answered from what is kept,
 * whatever moment it is asked at, and is what the facts say.
 */

const packsFolder = join(import.meta.dirname, '../packs');
/** A Monday at noon in the sample's zone: the last week ended twelve hours ago, so that some of its webinars have not settled. */
const NOW = Date.UTC(2026, 10, 23, 5, 10, 12, 345);
const DAY_MS = 24 * HOUR_MS;
const DATA = { first: '2026-08-01', last: '2026-11-23' };
const PAGES = ['overview', 'channels', 'schedule', 'regions', 'source_groups', 'signup', 'webinar'];

const engine = withFactWarehouse();
let model: CheckedModel;
let dashboards: readonly Dashboard[];

beforeAll(async () => {
  const loaded = await loadWorkspace({ folder: join(packsFolder, 'sample'), packsFolder });
  if (loaded.model === null) throw new Error('the sample has mistakes');
  ({ dashboards } = loaded);
  model = loaded.model;
});

const message = (id: number, at: number) => ({
  message: id,
  at,
  channel: id % 2 === 0 ? 'whatsapp' : 'email',
  category: 'marketing',
  campaign: 'autumn',
  account: 1 + (id % 3),
  recipient: 10 + (id % 7),
  sent: 1,
  delivered: id % 5 === 0 ? 0 : 1,
  failed: id % 5 === 0 ? 1 : 0,
  engaged: id % 2,
  charged: 1,
  charge: 12,
  currency: 'IDR',
});

/** The newest ones start around the moment that settles at `NOW`. */
const participation = (id: number) => {
  const starts_at =
    id < 10 ? NOW - DAY_MS + (id - 5) * 20_000 : Math.round((NOW - id * 0.9 * DAY_MS) / HOUR_MS) * HOUR_MS;
  return {
    participation: id,
    webinar: `w${Math.floor(id / 3)}`,
    series: `series ${id % 2}`,
    region: ['Bali', 'Java'][id % 2] ?? '',
    course: 'Basics',
    language: 'en',
    format: 'live',
    status: 'finished',
    starts_at,
    person: 1 + (id % 3),
    registered: 1,
    registered_at: starts_at - DAY_MS,
    source_group: ['Ads', 'E-mail', 'Other'][id % 3] ?? '',
    utm_source: 'google',
    utm_campaign: 'brand',
    joined: id % 2,
    seconds: (id % 2) * 60 * id,
    first_joined_at: id % 2 === 0 ? null : starts_at + 60_000,
    viewed_recording: id % 3 === 0 ? 1 : 0,
  };
};

const FACTS: Facts = {
  messages: Array.from({ length: 80 }, (_, index) => message(index + 1, NOW - (index + 1) * 1.1 * DAY_MS)),
  activities: [{ activity: 1, person: 2, at: NOW - 60 * DAY_MS, feature: 'purchase' }],
  people: [1, 2, 3].map((person) => ({
    person,
    kind: 'account',
    external_id: `account-${person}`,
    registered_at: NOW - person * 30 * DAY_MS,
  })),
  invitations: [1, 2, 3].map((person) => ({
    invitation: person,
    person,
    invited_at: NOW - person * 31 * DAY_MS,
    activated_at: NOW - person * 30 * DAY_MS,
  })),
  participations: Array.from({ length: 60 }, (_, index) => participation(index + 1)),
};

/** The answers of a page as somebody who opens it gets them; `sent` gathers the statements that the engine is asked. */
function reader(name: string, sent: string[] = []) {
  const dashboard = dashboards.find((one) => one.name === name);
  if (dashboard === undefined) throw new Error(`there is no page ${name}`);
  const queries = createExplainEngine({
    model,
    engine: createQueryEngine({
      model,
      run: (statement, options) => {
        sent.push(statement);
        return engine.warehouse.query(statement, options);
      },
    }),
  });
  const { subject } = dashboard;
  const zone = model.workspace.time_zone;
  return async (now: number, more: Partial<QueryContext>, period?: string): Promise<BatchItem[]> => {
    const { batch } = openPage(
      dashboard,
      {
        ...(subject === undefined ? {} : { filter: { dimension: subject, op: 'in', values: ['w1'] } }),
        ...(period === undefined ? {} : { period }),
      },
      { today: localDate(now, zone), weekStart: model.workspace.week_start, data: DATA },
      describeModel(model),
    );
    sent.length = 0;
    const context = completeContext(now, { data: DATA, ...more });
    return (
      await queries.runBatch(
        batch.map(({ query }) => query),
        context,
      )
    ).results;
  };
}

/** Without what an answer says of itself; `notes` are of the answer. */
const numbersOf = (items: readonly BatchItem[]) =>
  items.map((item) => {
    if ('error' in item) throw new Error(JSON.stringify(item.error));
    const { meta, ...rest } = item;
    return { ...rest, notes: meta.notes, matured_through: meta.matured_through };
  });

const told = (table: string, column: string, at: number): TableChange[] => [
  { table, hours: { [column]: [hourOf(at)] } },
];

/** Funnels look for what people did until now. */
const isFunnel = (statement: string) => statement.startsWith('-- funnel ');

it.each(PAGES)('the page "%s" asks again only what messages of this hour can change', async (name) => {
  const sent: string[] = [];
  const open = reader(name, sent);
  const log = new ChangeLog();
  await engine.fill(FACTS);
  await open(NOW, { changes: log.view() });
  expect(sent.length).toBeGreaterThan(3);
  let facts = FACTS;
  // In the same minute, and in the next one, when other webinars have settled.
  for (const [id, now] of [NOW + 4_321, NOW + 61_000].entries()) {
    facts = { ...facts, messages: [...(facts.messages ?? []), message(1000 + id, now - 500)] };
    await engine.fill(facts);
    log.applied(told('messages', 'at', now - 500));
    const answers = await open(now, { changes: log.view() });
    if (id === 0) expect(sent.filter((statement) => !isFunnel(statement))).toEqual([]);
    await open(now + 300, { changes: log.view() });
    expect(sent).toEqual([]);
    expect(numbersOf(answers)).toEqual(numbersOf(await reader(name)(now, {})));
  }
});

/** The instants that a statement names. */
const instantsOf = (statement: string): number[] =>
  [...statement.matchAll(/fromUnixTimestamp64Milli\((\d+)/g)].map(([, at]) => Number(at));

it.each(['overview', 'channels'])(
  'the page "%s" of a period up to now asks again for what holds the hour of the messages, and not for what was before or of people',
  async (name) => {
    const sent: string[] = [];
    const open = reader(name, sent);
    const log = new ChangeLog();
    const period = '2026-10-24..2026-11-23';
    await engine.fill(FACTS);
    await open(NOW, { changes: log.view() }, period);
    const all = sent.length;
    const facts = { ...FACTS, messages: [...(FACTS.messages ?? []), message(1000, NOW)] };
    await engine.fill(facts);
    log.applied(told('messages', 'at', NOW));
    const answers = await open(NOW + 4_321, { changes: log.view() }, period);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThan(all * 0.6);
    for (const statement of sent) {
      expect(statement).toContain('`turnout`.`messages`');
      expect(Math.max(...instantsOf(statement)), statement).toBeGreaterThan(NOW);
    }
    expect(numbersOf(answers)).toEqual(numbersOf(await reader(name)(NOW + 4_321, {}, period)));
  },
);

it.each(['source_groups', 'webinar'])('on the page "%s" a registration counts at once', async (name) => {
  const open = reader(name);
  const log = new ChangeLog();
  await engine.fill(FACTS);
  const before = numbersOf(await open(NOW, { changes: log.view() }));
  const added = { ...participation(4), participation: 1000, person: 1000, starts_at: NOW - 8 * DAY_MS };
  await engine.fill({ ...FACTS, participations: [...(FACTS.participations ?? []), added] });
  const [starts_at, registered_at] = [[hourOf(added.starts_at)], [hourOf(added.registered_at)]];
  log.applied([{ table: 'participations', hours: { starts_at, registered_at } }]);
  const after = numbersOf(await open(NOW + 500, { changes: log.view() }));
  expect(after).not.toEqual(before);
  expect(after).toEqual(numbersOf(await reader(name)(NOW + 500, {})));
});
