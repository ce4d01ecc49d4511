import { describe, expect, test } from 'vitest';
import { forecastRate, type PastWebinar, quantile, usualRegistrations } from './lead-time.ts';

const HOUR = 3_600_000;
/** Registrations `hoursBefore` the start. */
const webinar = (starts: number, hoursBefore: number[], attended = 0): PastWebinar => ({
  starts,
  registeredAt: hoursBefore.map((hours) => starts - hours * HOUR),
  registrations: hoursBefore.length,
  attended,
});

describe('registrations with as much time to go', () => {
  const past = [
    webinar(1_000 * HOUR, [90, 48, 30, 24, 1]),
    webinar(2_000 * HOUR, [80, 60, 2]),
    webinar(3_000 * HOUR, [24]),
  ];
  test.each([
    [0, 3],
    [24, 2],
    [25, 2],
    [70, 1],
    [200, 0],
  ])('%i hours before the start: %i', (hours, usual) => {
    expect(usualRegistrations(past, hours * HOUR)).toBe(usual);
  });

  test('only the last eight webinars count', () => {
    const many = Array.from({ length: 12 }, (_, index) => webinar(index * HOUR, index < 4 ? [9, 9, 9, 9, 9] : [9]));
    expect(usualRegistrations(many, HOUR)).toBe(1);
  });

  test('without past webinars nothing is usual', () => {
    expect(usualRegistrations([], HOUR)).toBeNull();
  });
});

describe('the forecast', () => {
  const rated = (attended: number) =>
    webinar(
      attended * HOUR,
      Array.from({ length: 10 }, () => 1),
      attended,
    );
  test('needs five webinars with registrations', () => {
    expect(forecastRate([1, 2, 3, 4].map(rated))).toBeNull();
    expect(forecastRate([...[1, 2, 3, 4].map(rated), webinar(9, [])])).toBeNull();
  });
  test('is the median and the quartiles of their rates', () => {
    expect(forecastRate([1, 2, 3, 4, 5].map(rated))).toEqual({ low: 0.2, median: 0.3, high: 0.4 });
  });
});

test('quantiles lie between neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([5], 0.9)).toBe(5);
});
