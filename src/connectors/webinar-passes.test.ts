import { expect, test } from 'vitest';
import { WebinarMemory } from './webinar-memory.ts';
import { isPassDone, packRows, readInPasses } from './webinar-passes.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T06:00:00Z');

test('bodies stay below 1 MB, and rows of a group stay together', () => {
  const groups = Array.from({ length: 3_000 }, (_, person) =>
    Array.from({ length: 1 + (person % 3) }, () => ({ person, text: 'x'.repeat(500) })),
  );
  const bodies = packRows(groups, (rows) => ({ rows }));
  expect(bodies.length).toBeGreaterThan(2);
  const people = bodies.map(({ body }) => (body as { rows: { person: number }[] }).rows.map(({ person }) => person));
  expect(Math.max(...bodies.map(({ body }) => JSON.stringify(body).length))).toBeLessThan(1_048_576);
  expect(people.flat()).toEqual(groups.flatMap((group) => group.map(({ person }) => person)));
  for (const [index, page] of people.entries()) expect(people[index + 1]?.[0]).not.toBe(page.at(-1));
});

test('what is remembered of webinars fits into a cursor, and the longest untouched is forgotten first', () => {
  const memory = new WebinarMemory();
  for (let id = 0; id < 2_500; id++) memory.set(`w${id}`, 'AbCd-_12', id % 2 === 0 ? 1 : 3);
  const again = new WebinarMemory(memory.toString());
  expect(again.get('w2499')).toEqual({ digest: 'AbCd-_12', most: 3 });
  expect(again.get('w2498')).toEqual({ digest: 'AbCd-_12', most: 1 });
  expect(again.get('w0')).toBeUndefined();
  expect(memory.toString().length).toBeLessThan(60_000);
  expect(new WebinarMemory('nonsense = x=').toString()).toBe('');
});

/** Which windows are listed on which days, as days from the first run. */
async function windowsOf(days: readonly number[]): Promise<string[]> {
  const listed: string[] = [];
  let cursor = null;
  for (const day of days) {
    const now = NOW + day * DAY;
    const effects = { now: () => now } as Parameters<typeof readInPasses>[2];
    const service = {
      windows: { look_back_days: 30, ahead_days: 90, since: '2026-01-01' },
      async list(from: number, to: number) {
        listed.push(`day ${day}: ${Math.round((from - NOW) / DAY)} to ${Math.round((to - NOW) / DAY)}`);
        return [];
      },
      async *read() {},
    };
    for await (const page of readInPasses({ cursor }, service, effects)) {
      expect(isPassDone(page.body)).toBe(true);
      cursor = page.cursor ?? cursor;
    }
  }
  return listed;
}

test('a window every day, the older ones once a week, and no gap after a pause', async () => {
  expect(await windowsOf([0, 1, 6, 7, 8, 48])).toEqual([
    'day 0: -30 to 90',
    'day 0: -323 to -30',
    'day 1: -30 to 91',
    'day 6: -29 to 96',
    'day 7: -24 to 97',
    'day 7: -323 to -23',
    'day 8: -23 to 98',
    'day 48: -22 to 138',
    'day 48: -323 to 18',
  ]);
});
