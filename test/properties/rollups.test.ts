import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays } from '../../src/contract/plain-date.ts';
import type { FunnelQuery, MetricQuery } from '../../src/contract/query.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import type { KeptRollup } from '../../src/query/query-context.ts';
import { createQueryEngine } from '../../src/query/run-query.ts';
import { keepsMinutes } from '../../src/query/zone-offsets.ts';
import { caseModelIn } from '../cases/model.ts';
import { completeContext } from '../cases/query-context.ts';
import { withFactWarehouse } from '../cases/warehouse.ts';
import { startOfDay } from '../reference/calendar.ts';
import type { Facts } from '../reference/dataset.ts';
import { factsIn, journeysIn, keyOfParticipation, type Setting, setting } from './arbitrary-facts.ts';
import { funnelQueryIn, metricQueryIn } from './arbitrary-queries.ts';
import { rolledUp } from './arbitrary-rollups.ts';
import { checkMetrics } from './check-metrics.ts';
import { buildKept, dropKept, type Keeping, touchedBy } from './kept-rollups.ts';

/**
 * Roll-ups are built from the facts as they were before some rows came, changed, moved or went; the hours of those rows are pending,
 * so what the roll-ups hold of them is wrong. Every answer must be that of the facts as they are, to the last digit, and that of the
 * reference. Sets of facts; more by TURNOUT_PROPERTY_RUNS. fast-check prints the seed of a failure.
 */
const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 4);
const QUERIES = 12;
const DAY = 86_400_000;

const engine = withFactWarehouse();

interface Given {
  place: Setting;
  now: number;
  /** As the roll-ups were built, and as they are. */
  before: Facts;
  facts: Facts;
  /** Days after the origin from which on roll-ups are built; before everything where undefined. */
  from: number | undefined;
}

const modelOf = ({ zone }: Setting) => caseModelIn(zone);

/** The facts with some rows left out or as they stand in another draw. */
function earlier(facts: Facts, other: Facts): fc.Arbitrary<Facts> {
  const tables = Object.entries(facts) as [keyof Facts, Facts['messages'] & object][];
  const states = tables.map(([table, rows]) =>
    fc
      .array(fc.constantFrom('same', 'same', 'same', 'same', 'same', 'missing', 'other'), {
        minLength: rows.length,
        maxLength: rows.length,
      })
      .map((kinds) =>
        rows.flatMap((row, index) => {
          const changed = other[table]?.[index];
          if (kinds[index] === 'missing') return [];
          return kinds[index] === 'other' && changed !== undefined ? [changed] : [row];
        }),
      ),
  );
  return fc.tuple(...states).map((all) => {
    const before: Facts = Object.fromEntries(tables.map(([table], index) => [table, all[index] ?? []]));
    if (before.participations === undefined) return before;
    // A row of the other draw may be of the same person in the same webinar as one that stands.
    const byKey = Map.groupBy(before.participations, keyOfParticipation);
    return { ...before, participations: [...byKey.values()].flatMap((rows) => rows.slice(0, 1)) };
  });
}

/** Metrics twice as often as funnels. */
const queryIn = (place: Setting): fc.Arbitrary<MetricQuery | FunnelQuery> =>
  fc.oneof<fc.Arbitrary<MetricQuery | FunnelQuery>[]>(
    metricQueryIn(modelOf(place), place),
    metricQueryIn(modelOf(place), place),
    funnelQueryIn(modelOf(place), place),
  );

const zones = ['Asia/Jakarta', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'];

const asked = fc
  .record({
    place: setting,
    now: fc.constantFrom(4.3, 7, 7.8, 400),
    from: fc.constantFrom(undefined, undefined, 2, 5),
    factsOf: fc.constantFrom(factsIn, factsIn, journeysIn),
  })
  .chain(({ place, now, from, factsOf }) =>
    fc.tuple(factsOf(place), factsOf(place)).chain(([facts, other]) =>
      fc.record({
        given: earlier(facts, other).map(
          (before): Given => ({ place, now: place.origin + now * DAY, before, facts, from }),
        ),
        model: rolledUp(modelOf(place)),
        queries: fc.array(fc.tuple(queryIn(place), fc.constantFrom(undefined, undefined, undefined, ...zones)), {
          minLength: QUERIES,
          maxLength: QUERIES,
        }),
      }),
    ),
  )
  // Models are too long to be printed.
  .map(({ model, ...rest }) => ({
    ...rest,
    model: Object.defineProperty({}, 'checked', { value: model }) as { checked: CheckedModel },
  }));

it('roll-ups, facts and the reference give the same answers', async () => {
  let rolled = 0;
  let all = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ({ given, model: { checked: model }, queries }) => {
      const keeping = keepingOf(given, model);
      await engine.fill(given.before);
      const kept = await buildKept(engine.warehouse, keeping);
      await engine.fill(given.facts);
      const [fromRollups, fromFacts] = [asker(model, given.now, kept), asker(model, given.now)];
      for (const [drawn, timezone] of queries) {
        const query = timezone === undefined ? drawn : { ...drawn, timezone };
        const [answer, raw] = await Promise.all([fromRollups(query), fromFacts(query)]);
        expect({ query, plan: answer.meta.plan, ...numbersOf(answer) }).toEqual({
          query,
          plan: answer.meta.plan,
          ...numbersOf(raw),
        });
        all++;
        if (answer.meta.plan.some((part) => /^(roll-up|index)/.test(part))) rolled++;
        // Funnels over facts are held to the reference by query.test.ts.
        if (!('funnel' in query))
          checkMetrics(
            { model, zone: timezone ?? given.place.zone, facts: given.facts, now: given.now },
            query,
            answer,
          );
      }
      await dropKept(engine.warehouse, keeping);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 120_000, endOnFailure: true },
  );
  // A fifth and more of many questions; few may be all of the others.
  expect(rolled / all).toBeGreaterThan(0.05);
}, 300_000);

function keepingOf({ place, before, facts, from }: Given, model: CheckedModel): Keeping {
  const { zone } = place;
  const dayAt = (days: number) => startOfDay(addDays(new Date(place.origin).toISOString().slice(0, 10), days), zone);
  const range = { start: dayAt(from ?? -3), end: dayAt(14) };
  return {
    model,
    zone,
    even: keepsMinutes(zone, range),
    range,
    whole: from === undefined,
    touched: touchedBy(before, facts),
  };
}

function asker(model: CheckedModel, now: number, kept?: ReadonlyMap<string, KeptRollup>) {
  const queries = createQueryEngine({ model, run: (statement, options) => engine.warehouse.query(statement, options) });
  const context = completeContext(now, kept === undefined ? {} : { rollups: kept });
  return (query: MetricQuery | FunnelQuery) => queries.run(query, context);
}

/** Everything of an answer that must not depend on where it was read. */
function numbersOf({ columns, rows, totals, compare, meta }: QueryResult) {
  return { columns, rows, totals, compare, notes: meta.notes };
}
