import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR_MS, type TableChange } from '../../src/contract/changes.ts';
import { FACT_TIMES } from '../../src/contract/facts.ts';
import type { FunnelQuery, MetricQuery } from '../../src/contract/query.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import { ChangeLog } from '../../src/query/change-log.ts';
import { createQueryEngine } from '../../src/query/run-query.ts';
import { caseModelIn } from '../cases/model.ts';
import { completeContext } from '../cases/query-context.ts';
import { TABLE_COLUMNS } from '../cases/tables.ts';
import { withFactWarehouse } from '../cases/warehouse.ts';
import type { Facts } from '../reference/dataset.ts';
import type { FactRow } from '../reference/predicate.ts';
import { factsIn, type Setting, setting } from './arbitrary-facts.ts';
import { funnelQueryIn, metricQueryIn } from './arbitrary-queries.ts';

/**
 * Answers are kept while batch after batch changes a few rows and time goes on; only the hours of those rows are told. What is kept
 * must always be what the facts say. More by TURNOUT_PROPERTY_RUNS. fast-check prints the seed of a failure.
 */
const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 3);
const QUERIES = 12;
const BATCHES = 3;
const DAY = 86_400_000;

const engine = withFactWarehouse();

const modelOf = ({ zone }: Setting) => caseModelIn(zone);

/** Takes a row away or puts another in its place. */
interface Edit {
  table: number;
  row: number;
  kind: 'gone' | 'other';
}

const edit: fc.Arbitrary<Edit> = fc.record({
  table: fc.nat(),
  row: fc.nat(),
  kind: fc.constantFrom('gone', 'other', 'other'),
});

const asked = setting.chain((place) =>
  fc.record({
    place: fc.constant(place),
    now: fc.constantFrom(7, 400).map((days) => place.origin + days * DAY),
    facts: factsIn(place),
    other: factsIn(place),
    batches: fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: BATCHES, maxLength: BATCHES }),
    queries: fc.array(
      fc.oneof({ weight: 5, arbitrary: metricQueryIn(modelOf(place), place) }, funnelQueryIn(modelOf(place), place)),
      {
        minLength: QUERIES,
        maxLength: QUERIES,
      },
    ),
  }),
);

it('what is kept is what the facts say, and much of it is kept', async () => {
  let hits = 0;
  let misses = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ({ place, now, facts, other, batches, queries }) => {
      const model = modelOf(place);
      const run = createRunner(model);
      const log = new ChangeLog();
      const keeping = run();
      let later = now;
      const ask = (query: MetricQuery | FunnelQuery) =>
        keeping.run(query, completeContext(later, { changes: log.view() }));
      let state = facts;
      await engine.fill(state);
      for (const query of queries) await ask(query);
      for (const batch of batches) {
        const next = batch.reduce((before, one) => edited(before, other, one), state);
        await engine.fill(next);
        log.applied(changesBetween(state, next));
        state = next;
        later += 21_317;
        const before = keeping.status();
        for (const query of queries) {
          const [kept, fresh] = await Promise.all([ask(query), run().run(query, completeContext(later))]);
          expect({ query, ...numbersOf(kept) }).toEqual({ query, ...numbersOf(fresh) });
        }
        const after = keeping.status();
        hits += after.hits - before.hits;
        misses += after.misses - before.misses;
      }
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 60_000, endOnFailure: true },
  );
  expect(hits / (hits + misses)).toBeGreaterThan(0.3);
}, 180_000);

const createRunner = (model: CheckedModel) => () =>
  createQueryEngine({ model, run: (statement, options) => engine.warehouse.query(statement, options) });

function edited(facts: Facts, other: Facts, { table, row, kind }: Edit): Facts {
  const names = (Object.keys(facts) as (keyof Facts)[]).filter((name) => (facts[name]?.length ?? 0) > 0);
  const name = names[table % names.length];
  const rows = name === undefined ? undefined : facts[name];
  if (name === undefined || rows === undefined) return facts;
  const index = row % rows.length;
  const changed = other[name]?.[index];
  return {
    ...facts,
    [name]: kind === 'other' && changed !== undefined ? rows.with(index, changed) : rows.toSpliced(index, 1),
  };
}

/** As the projector tells them: per changed table the hours of every time that is followed, before and after. */
function changesBetween(before: Facts, after: Facts): TableChange[] {
  return Object.entries(TABLE_COLUMNS).flatMap(([table, columns]): TableChange[] => {
    const rows = differing(before[table as keyof Facts] ?? [], after[table as keyof Facts] ?? []);
    if (rows.length === 0) return [];
    const followed: Readonly<Record<string, readonly string[]>> = FACT_TIMES;
    const times = followed[table] ?? Object.keys(columns).filter((name) => columns[name]?.type === 'instant');
    const hoursOf = (time: string) => {
      const hours = rows.flatMap(({ [time]: at }) => (typeof at === 'number' ? [Math.floor(at / HOUR_MS)] : []));
      return [...new Set(hours)].sort((a, b) => a - b);
    };
    return [{ table, hours: Object.fromEntries(times.map((time) => [time, hoursOf(time)])) }];
  });
}

function differing(before: readonly FactRow[], after: readonly FactRow[]): FactRow[] {
  const texts = [before, after].map((rows) => new Set(rows.map((row) => JSON.stringify(row))));
  return [
    ...before.filter((row) => !texts[1]?.has(JSON.stringify(row))),
    ...after.filter((row) => !texts[0]?.has(JSON.stringify(row))),
  ];
}

function numbersOf({ columns, rows, totals, compare, meta }: QueryResult) {
  return { columns, rows, totals, compare, notes: meta.notes };
}
