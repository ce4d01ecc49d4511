import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCaseModel } from '../../test/cases/model.ts';
import { completeContext } from '../../test/cases/query-context.ts';
import { type FactWarehouse, openFactWarehouse } from '../../test/cases/warehouse.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { MetricQuery } from '../contract/query.ts';
import { createQueryEngine } from '../query/run-query.ts';
import { createExplainEngine } from './create-explain-engine.ts';

const model = loadCaseModel();
const DAY = 86_400_000;
const start = Date.UTC(2026, 0, 5, 18);
let facts: FactWarehouse;

/** Two series of weekly webinars, 30 weeks; the 28th of the first has three times the sign-ups, the 30th has not begun. */
function webinars() {
  const random = seededRandom(11);
  let participation = 0;
  return ['basics', 'advanced'].flatMap((series, which) =>
    Array.from({ length: 30 }, (_, week) => {
      const size = Math.round((which === 0 ? 60 : 40) * (0.9 + 0.2 * random()) * (which === 0 && week === 27 ? 3 : 1));
      return Array.from({ length: size }, (_each, index) => {
        participation += 1;
        const common = { webinar: `${series} ${week}`, series, starts_at: start + (7 * week + which) * DAY };
        return { ...common, participation, person: participation, registered: 1, seconds: index % 3 === 0 ? 600 : 0 };
      });
    }).flat(),
  );
}

beforeAll(async () => {
  facts = await openFactWarehouse();
  await facts.fill({ participations: webinars() });
});
afterAll(async () => {
  await facts?.close();
});

const now = start + 29 * 7 * DAY - DAY;
const context = completeContext(now, { data: { first: '2026-01-05', last: '2026-08-01' } });
const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const query: MetricQuery = {
  metrics: ['registrations', 'attendance_rate', 'webinars'],
  dimensions: ['webinar', 'starts_at', 'series'],
  time: { range: [day(start + 25 * 7 * DAY), day(start + 31 * 7 * DAY)] },
  marks: { metrics: ['registrations', 'attendance_rate'], within: 'series' },
};

function run(asked: MetricQuery) {
  const inner = createQueryEngine({ model, run: (statement, options) => facts.warehouse.query(statement, options) });
  return createExplainEngine({ engine: inner, model }).run(asked, context);
}

describe('events', () => {
  test('one among a handful is held against the half year before its period', async () => {
    const { rows, marks } = await run(query);
    expect(rows.length).toBeGreaterThan(6);
    expect(marks).toEqual([
      {
        row: rows.findIndex((row) => row['webinar'] === 'basics 27'),
        metrics: [{ metric: 'registrations', direction: 'high', factor: expect.any(Number) }],
        text: expect.stringMatching(/^[23]\.\d × the registrations of its series; attendance rate as usual$/),
      },
    ]);
  });

  test('the series need not be shown; order and limit of the rows are kept', async () => {
    const asked = {
      ...query,
      dimensions: ['webinar', 'starts_at'],
      order_by: ['-registrations'],
      limit: 3,
      totals: true,
    };
    const { rows, marks, totals, columns } = await run(asked);
    expect(rows).toHaveLength(3);
    expect(marks?.map(({ row }) => row)).toEqual([0]);
    expect(totals?.['registrations']).toBeGreaterThan(300);
    expect(columns.map(({ name }) => name)).not.toContain('series');
  });

  test('what has not begun is not marked, however few have signed up', async () => {
    await facts.fill({
      participations: webinars().filter((row, index) => row.webinar !== 'basics 29' || index % 20 === 0),
    });
    const { rows, marks } = await run(query);
    expect(rows.some((row) => row['webinar'] === 'basics 29')).toBe(true);
    expect(marks?.map(({ row }) => rows[row]?.['webinar'])).toEqual(['basics 27']);
    await facts.fill({ participations: webinars() });
  });
});

test('weeks are held against each other, and a week that is not over is not marked', async () => {
  const { rows, marks } = await run({
    metrics: ['registrations'],
    time: { range: [day(start), day(start + 30 * 7 * DAY)], grain: 'week' },
    marks: { metrics: ['registrations'] },
  });
  const [mark, ...others] = marks ?? [];
  expect(others).toEqual([]);
  expect(rows[mark?.row ?? -1]?.['time']).toBe(day(start + 27 * 7 * DAY));
  expect(mark?.text).toMatch(/ × the registrations of the others$/);
});

describe('mistakes', () => {
  test.each([
    [{ metrics: ['registration'] }, 'marks.metrics.0', 'unknown_metric'],
    [{ metrics: ['registrations'], within: 'serie' }, 'marks.within', 'unknown_dimension'],
  ])('%j', async (marks, path, code) => {
    await expect(run({ ...query, marks })).rejects.toMatchObject({
      problems: [expect.objectContaining({ path, code, hint: expect.stringContaining('Did you mean') })],
    });
  });

  test('several ways to group have no peers', async () => {
    await expect(run({ ...query, grouping_sets: [[], ['webinar']] })).rejects.toMatchObject({
      problems: [expect.objectContaining({ code: 'marks_of_sets' })],
    });
  });

  test('what is neither counted nor a share is not marked, and it says so', async () => {
    const { marks, meta } = await run({
      ...query,
      metrics: ['median_seconds'],
      marks: { metrics: ['median_seconds'] },
    });
    expect(marks).toEqual([]);
    expect(meta.notes.join(' ')).toContain('is not marked');
  });
});
