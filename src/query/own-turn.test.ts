import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ownTurn } from './own-turn.ts';

test('those who wait have their turns one after the other, and others come between', async () => {
  const seen: string[] = [];
  const turn = async (name: string) => {
    await ownTurn();
    seen.push(name);
    // What follows at once belongs to the turn.
    await Promise.resolve();
    seen.push(`${name} goes on`);
  };
  let others = 0;
  const watch = () => {
    seen.push('other');
    others++;
    if (others < 3) setImmediate(watch);
  };
  setImmediate(watch);
  await Promise.all([turn('a'), turn('b'), turn('c')]);
  expect(seen.filter((name) => name !== 'other')).toStrictEqual(['a', 'a goes on', 'b', 'b goes on', 'c', 'c goes on']);
  for (const name of ['b', 'c']) expect(seen[seen.indexOf(name) - 1]).toBe('other');
});

test('one who comes later has a turn too', async () => {
  await ownTurn();
  await pause(5);
  await ownTurn();
});
