import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { findMarks, type MarkedMetric, type MarkedRow } from './find-marks.ts';

const metrics: MarkedMetric[] = [
  { name: 'registrations', label: 'Registrations', kind: 'count', minSample: 30 },
  { name: 'attendance_rate', label: 'Attendance rate', kind: 'rate', minSample: 30 },
];

/** Series of events as nature makes them: counts that differ by more than chance, rates too. */
function nature(
  seed: number,
  options: { groups: number; rows: number; spread: number; mean: number; uneven?: boolean },
) {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const poisson = (mean: number) => Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const rows: MarkedRow[] = [];
  for (let group = 0; group < options.groups; group++) {
    const mean = options.mean * Math.exp(0.6 * normal());
    const spread = options.uneven ? options.spread * Math.exp(0.5 * normal()) : options.spread;
    const usual = 0.15 + 0.5 * random();
    for (let each = 0; each < options.rows; each++) {
      const n = poisson(mean * Math.exp(spread * normal()));
      const rate = Math.min(0.98, Math.max(0.02, usual + 0.04 * normal()));
      const found = Math.min(n, Math.max(0, Math.round(n * rate + Math.sqrt(n * rate * (1 - rate)) * normal())));
      const values = [{ count: n }, n === 0 ? null : { rate: found / n, n }];
      rows.push({ row: rows.length, group: `series ${group}`, values });
    }
  }
  return rows;
}

/** As `rows`, with one that stands out. */
function planted(rows: readonly MarkedRow[], place: number, change: (row: MarkedRow) => MarkedRow): MarkedRow[] {
  return rows.map((row, index) => (index === place ? change(row) : row));
}

const counted = (row: MarkedRow) => {
  const [value] = row.values;
  return value !== null && value !== undefined && 'count' in value ? value.count : 0;
};
const times = (factor: number) => (row: MarkedRow) => ({
  ...row,
  values: [{ count: Math.round(counted(row) * factor) }, ...row.values.slice(1)],
});

describe('by simulation', () => {
  test('where nothing stands out, few answers have a mark', () => {
    const answers = 400;
    let withMarks = 0;
    for (let seed = 1; seed <= answers; seed++) {
      const groups = 1 + (seed % 9);
      const rows = nature(seed, {
        groups,
        rows: 6 + (seed % 31),
        spread: 0.1 + (seed % 5) / 10,
        mean: 120,
        uneven: true,
      });
      if (findMarks(rows, metrics, 'its series').length > 0) withMarks += 1;
    }
    expect(withMarks / answers).toBeLessThanOrEqual(0.08);
  });

  test('three times the usual is found, in its words', () => {
    let found = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const rows = nature(seed, { groups: 8, rows: 26, spread: 0.15, mean: 400 });
      const place = (seed * 17) % rows.length;
      const marks = findMarks(planted(rows, place, times(3)), metrics, 'its series');
      const mark = marks.find(({ row }) => row === place);
      if (mark?.metrics[0]?.metric === 'registrations' && mark.metrics[0].direction === 'high') found += 1;
    }
    expect(found).toBeGreaterThanOrEqual(54);
  });

  test('what has grown over half a year is held against its own time', () => {
    const growing = (seed: number) =>
      nature(seed, { groups: 6, rows: 26, spread: 0.12, mean: 200 }).map((row, index) => {
        const week = index % 26;
        return { ...times(1.06 ** week)(row), at: week };
      });
    const found = Array.from({ length: 40 }, (_, seed) => {
      const place = 26 * (seed % 6) + 25;
      const marks = findMarks(planted(growing(seed + 1), place, times(2.5)), metrics, 'its series');
      return { hit: marks.some(({ row }) => row === place), others: marks.filter(({ row }) => row !== place).length };
    });
    expect(found.filter(({ hit }) => hit).length).toBeGreaterThanOrEqual(36);
    expect(found.reduce((sum, { others }) => sum + others, 0)).toBeLessThanOrEqual(3);
  });

  test('a short month of few series is enough with their history', () => {
    const rows = nature(3, { groups: 6, rows: 26, spread: 0.2, mean: 300 }).map((row, index) =>
      index % 26 < 22 ? { ...row, row: null } : { ...row, row: (index % 26) - 22 + 4 * Math.floor(index / 26) },
    );
    const place = rows.findIndex(({ row }) => row === 9);
    const marks = findMarks(planted(rows, place, times(3.1)), metrics, 'its series');
    expect(marks.map(({ row }) => row)).toEqual([9]);
  });
});

describe('what is marked', () => {
  const usual = nature(7, { groups: 4, rows: 20, spread: 0.15, mean: 300 });

  test('the sentence says what is unusual and what is not', () => {
    const place = 27;
    const [mark, ...others] = findMarks(planted(usual, place, times(3.1)), metrics, 'its series');
    expect(others).toEqual([]);
    expect(mark?.row).toBe(place);
    expect(mark?.text).toMatch(/^\d\.\d × the registrations of its series; attendance rate as usual$/);
    expect(mark?.metrics).toEqual([{ metric: 'registrations', direction: 'high', factor: expect.any(Number) }]);
    expect(mark?.metrics[0]?.factor).toBeGreaterThan(2);
  });

  test('a low rate of enough people is said in points', () => {
    const rows = planted(usual, 5, (row) => ({ ...row, values: [row.values[0] ?? null, { rate: 0.01, n: 300 }] }));
    const mark = findMarks(rows, metrics, 'the others').find(({ row }) => row === 5);
    expect(mark?.text).toMatch(/^attendance rate \d+\.\d points below the others; registrations as usual$/);
  });

  test('the same rate of a handful of people is not marked', () => {
    const rows = planted(usual, 5, (row) => ({ ...row, values: [row.values[0] ?? null, { rate: 0, n: 12 }] }));
    expect(findMarks(rows, metrics, 'its series')).toEqual([]);
  });

  test('few things are not marked, however many times as much', () => {
    const rows = nature(9, { groups: 4, rows: 20, spread: 0.1, mean: 4 }).map((row) => ({
      ...row,
      values: [row.values[0] ?? null],
    }));
    const marks = findMarks(
      planted(rows, 3, (row) => ({ ...row, values: [{ count: 29 }] })),
      metrics.slice(0, 1),
      'its series',
    );
    expect(marks).toEqual([]);
  });

  test('a small difference is not marked, however certain', () => {
    const rows = Array.from(
      { length: 60 },
      (_, row): MarkedRow => ({ row, group: '', values: [{ count: 100_000 + (row % 7) }] }),
    );
    const marks = findMarks(
      planted(rows, 11, () => ({ row: 11, group: '', values: [{ count: 140_000 }] })),
      metrics.slice(0, 1),
      'the others',
    );
    expect(marks).toEqual([]);
  });

  test('what is unknown or still maturing is neither marked nor a peer', () => {
    const rows = planted(usual, 8, (row) => ({ ...row, values: [null, null] }));
    expect(findMarks(rows, metrics, 'its series')).toEqual([]);
  });

  test('rows of the history are never marked themselves', () => {
    const rows = planted(usual, 8, times(4)).map((row, index) => (index === 8 ? { ...row, row: null } : row));
    expect(findMarks(rows, metrics, 'its series')).toEqual([]);
  });

  test.each([0, 1, 4])('%i rows say nothing', (count) => {
    const rows = Array.from(
      { length: count },
      (_, row): MarkedRow => ({ row, group: '', values: [{ count: 10 ** row }, null] }),
    );
    expect(findMarks(rows, metrics, 'the others')).toEqual([]);
  });

  test('equal rows have no marks, and one among them that is not has', () => {
    const rows = Array.from({ length: 40 }, (_, row): MarkedRow => ({ row, group: '', values: [{ count: 500 }] }));
    expect(findMarks(rows, metrics.slice(0, 1), 'the others')).toEqual([]);
    const marks = findMarks(planted(rows, 2, times(2)), metrics.slice(0, 1), 'the others');
    expect(marks).toEqual([
      {
        row: 2,
        metrics: [{ metric: 'registrations', direction: 'high', factor: expect.closeTo(2, 9) }],
        text: '2.0 × the registrations of the others',
      },
    ]);
  });
});
