import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrowMove } from './arrow-keys.ts';
import { bandAtY, bandY, indexAtX, pointX, spreadLabels, valueY } from './plot-area.ts';
import { sparklinePaths } from './sparkline-path.ts';

const area = { width: 500, height: 240, left: 40, right: 60, top: 10, bottom: 30 };

test('points and pixels are inverse', () => {
  expect(pointX(area, 0, 5)).toBe(40);
  expect(pointX(area, 4, 5)).toBe(440);
  for (let index = 0; index < 5; index++) expect(indexAtX(area, pointX(area, index, 5) + 3, 5)).toBe(index);
  expect(indexAtX(area, -50, 5)).toBe(0);
  expect(indexAtX(area, 9999, 5)).toBe(4);
  expect(valueY(area, 0, 0, 100)).toBe(210);
  expect(valueY(area, 100, 0, 100)).toBe(10);
  for (let band = 0; band < 4; band++) expect(bandAtY(area, bandY(area, band, 4), 4)).toBe(band);
});

test('labels keep their distance and their order and stay inside where they fit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 }), (wanted) => {
      const placed = spreadLabels(wanted, 24, 0, 200);
      const order = wanted.map((_, index) => index).sort((a, b) => (placed[a] ?? 0) - (placed[b] ?? 0));
      order.forEach((index, place) => {
        expect(placed[index]).toBeGreaterThanOrEqual(0);
        expect(placed[index]).toBeLessThanOrEqual(200);
        const next = order[place + 1];
        if (next === undefined) return;
        expect((placed[next] ?? 0) - (placed[index] ?? 0)).toBeGreaterThanOrEqual(24);
        expect(wanted[next] ?? 0).toBeGreaterThanOrEqual(wanted[index] ?? 0);
      });
    }),
    { numRuns: 200 },
  );
});

test('arrows stop at the edges and start at the near end', () => {
  const size = { columns: 3, rows: 2 };
  expect(arrowMove('ArrowRight', null, size)).toEqual({ column: 0, row: 0 });
  expect(arrowMove('ArrowLeft', null, size)).toEqual({ column: 2, row: 0 });
  expect(arrowMove('ArrowRight', { column: 2, row: 1 }, size)).toEqual({ column: 2, row: 1 });
  expect(arrowMove('End', { column: 0, row: 1 }, size)).toEqual({ column: 2, row: 1 });
  expect(arrowMove('a', null, size)).toBeNull();
});

test('a sparkline breaks at gaps, dashes its tail and dots the last complete point', () => {
  const paths = sparklinePaths([1, null, 3, 5], [false, false, false, true], [2, 2, 2, 2], 32);
  expect(paths.solid.match(/M/g)).toHaveLength(2);
  expect(paths.dashed).toMatch(/^M66\.67 .*L100 2$/);
  expect(paths.dot?.x).toBe(66.67);
  expect(paths.compared).toMatch(/^M0/);
  expect(sparklinePaths([], [], null, 32)).toEqual({ solid: '', dashed: '', compared: '', dot: null });
});
