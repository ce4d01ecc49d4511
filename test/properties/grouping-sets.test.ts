import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MetricQuery } from '../../src/contract/query.ts';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import { caseModelIn } from '../cases/model.ts';
import { askerAt } from '../cases/query-context.ts';
import { withFactWarehouse } from '../cases/warehouse.ts';
import type { Facts } from '../reference/dataset.ts';
import { factsIn, type Setting, setting } from './arbitrary-facts.ts';
import { metricQueryIn } from './arbitrary-queries.ts';

/** What is asked in one query with grouping sets is the same as each of them asked alone, which `query.test.ts` holds against the reference. */
const RUNS = Number(process.env['TURNOUT_PROPERTY_RUNS'] ?? 5);
const QUERIES = 6;
const DAY = 86_400_000;

const engine = withFactWarehouse();

const modelOf = ({ zone }: Setting) => caseModelIn(zone);

interface Asked {
  query: MetricQuery;
  sets: string[][];
}

/** Some of the ways to group by the query's dimensions and time. */
function setsOf(query: MetricQuery): fc.Arbitrary<Asked> {
  const names = [...(query.time?.grain === undefined ? [] : ['time']), ...(query.dimensions ?? []).map(String)];
  return fc
    .uniqueArray(fc.subarray(names), { minLength: 1, maxLength: 4, selector: (set) => set.toSorted().join(' ') })
    .map((sets) => ({ query, sets }));
}

const worlds = fc.record({ place: setting, now: fc.constantFrom(4.3, 7, 400) }).chain(({ place, now }) =>
  fc.record({
    place: fc.constant(place),
    facts: factsIn(place),
    now: fc.constant(place.origin + now * DAY),
    asked: fc.array(metricQueryIn(modelOf(place), place).chain(setsOf), { minLength: QUERIES, maxLength: QUERIES }),
  }),
);

it('every way to group equals the same query asked alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      async ({ place, facts, now, asked }: { place: Setting; facts: Facts; now: number; asked: Asked[] }) => {
        await engine.fill(facts);
        const ask = askerAt(now, { warehouse: engine.warehouse, model: modelOf(place) });
        for (const { query: drawn, sets } of asked) {
          const { per: _, totals: __, ...query } = drawn;
          const together = await ask({ ...query, grouping_sets: sets });
          for (const [index, set] of sets.entries())
            checkSet(together, await ask(alone(query, set)), index, { query, set });
        }
      },
    ),
    { numRuns: RUNS, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

function alone(query: MetricQuery, set: readonly string[]): MetricQuery {
  const { dimensions = [], time, ...rest } = query;
  const { grain, ...range } = time ?? { range: 'all' };
  return {
    ...rest,
    dimensions: dimensions.filter((name) => set.includes(String(name))),
    time: { ...range, ...(grain !== undefined && set.includes('time') ? { grain } : {}) },
  };
}

/** Rows of one way to group, without what only grouping sets have. */
function checkSet(together: QueryResult, alone: QueryResult, index: number, asked: object): void {
  const shown = new Set(alone.rows.flatMap((row) => Object.keys(row)));
  const places = together.rows.flatMap((row, place) => (row['__set'] === index ? [place] : []));
  const strip = (row: Row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name, value]) => {
        if (shown.has(name)) return true;
        if (name !== '__set') expect({ asked, name, value }).toEqual({ asked, name, value: null });
        return false;
      }),
    );
  const rows = places.map((place) => together.rows[place] ?? {}).map(strip);
  expect({ asked, rows }).toEqual({ asked, rows: alone.rows });
  const compared = places.map((place) => together.compare?.rows[place] ?? null).map((row) => row && strip(row));
  if (alone.compare !== undefined) expect({ asked, compared }).toEqual({ asked, compared: alone.compare.rows });
}
