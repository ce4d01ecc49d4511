import { expect, test } from 'vitest';
import { Places } from './places.ts';

const never = new AbortController().signal;

test('places are given in the order in which they were asked for', async () => {
  const places = new Places(1);
  expect(await places.take(never)).toBe(true);
  expect(places.full).toBe(true);
  const order: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    await places.take(never);
    order.push(name);
    places.give();
  });
  places.give();
  await Promise.all(waiting);
  expect(order).toEqual(['first', 'second']);
  expect(places.full).toBe(false);
});

test('who gives up waiting takes no place', async () => {
  const places = new Places(1);
  await places.take(never);
  const stop = new AbortController();
  const gaveUp = places.take(stop.signal);
  const next = places.take(never);
  stop.abort();
  expect(await gaveUp).toBe(false);
  places.give();
  expect(await next).toBe(true);
  expect(await places.take(stop.signal)).toBe(false);
  places.give();
  expect(places.full).toBe(false);
});
