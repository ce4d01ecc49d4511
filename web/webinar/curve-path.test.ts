import { expect, test } from 'vitest';
import { curvePath, curveSentence, minuteTicks } from './curve-path.ts';

const point = (minute: number, people: number) => ({ minute, people, joined: 0, left: 0 });

test('the path goes through every minute', () => {
  const path = curvePath(
    [point(-1, 0), point(0, 2), point(1, 1)],
    (minute) => minute * 10,
    (people) => 100 - people,
  );
  expect(path).toBe('M-10,100L0,98L10,99');
});

test.each([
  [-10, 60, 640, [-10, 0, 10, 20, 30, 40, 50, 60]],
  [0, 90, 300, [0, 30, 60, 90]],
  [-3, 4, 640, [0]],
])('round minutes between %i and %i', (first, last, width, ticks) => {
  expect(minuteTicks(first, last, width)).toEqual(ticks);
});

test('the sentence names the fullest minute and the largest loss', () => {
  const curve = [point(0, 10), point(1, 62), point(2, 60)];
  expect(curveSentence(curve, [{ minute: 2, left: 9 }])).toBe(
    'Most people (62) were in the room in minute 1. Before the end most left in minute 2 (9).',
  );
  expect(curveSentence([], [])).toBe('');
});
