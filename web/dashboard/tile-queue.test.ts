import { expect, test } from 'vitest';
import { orderByDistance, type QueuePage, TileQueue } from './tile-queue.ts';

const HEIGHT = 900;

/** A page of tiles 300 pixels high; a tile takes `cost` ms to draw; `run` does what was put off, task by task. */
function makePage(tops: Record<string, number>, cost = 10) {
  let now = 0;
  let focus = '';
  const later: { after: 'task' | 'frame'; run: () => void }[] = [];
  const log: string[] = [];
  const resting = new Set<string>();
  const page: QueuePage<string> = {
    now: () => now,
    nextTask: (run) => void later.push({ after: 'task', run }),
    nextFrame: (run) => void later.push({ after: 'frame', run }),
    boxOf: (name) => ({ top: tops[name] ?? 0, bottom: (tops[name] ?? 0) + 300 }),
    height: () => HEIGHT,
    rest: (name) => void resting.add(name),
    wake: (name) => {
      log.push(`${name} wakes`);
      return resting.delete(name);
    },
    hasFocus: (name) => name === focus,
  };
  return {
    page,
    log,
    resting,
    focusOn: (name: string) => {
      focus = name;
    },
    add: (queue: TileQueue<string, string>, name: string, load = Promise.resolve()) =>
      queue.add({
        place: name,
        show: (state) => {
          now += cost;
          log.push(`${name} shows ${state}`);
        },
        setBusy: (busy) => log.push(`${name} ${busy ? 'is dimmed' : 'is bright'}`),
        load: () => load,
      }),
    runOne: () => {
      const next = later.shift();
      if (!next) return false;
      log.push(`-- ${next.after}`);
      next.run();
      return true;
    },
  };
}

/** Promises of chunks that are there settle in microtasks. */
const settle = () => new Promise<void>((done) => setImmediate(done));

function run(made: ReturnType<typeof makePage>): string[] {
  while (made.runOne());
  return made.log.splice(0);
}

test('tiles in sight come first, in the order of the page; then those nearest to it', () => {
  const tops = { far: 5_000, second: 350, above: -800, first: 20, below: 1_000 };
  const box = (name: keyof typeof tops) => ({ top: tops[name], bottom: tops[name] + 300 });
  const { order, inSight } = orderByDistance(Object.keys(tops) as (keyof typeof tops)[], box, HEIGHT);
  expect(order).toEqual(['first', 'second', 'below', 'above', 'far']);
  expect(inSight).toBe(2);
});

test('what is in sight is painted before the rest is drawn, and no task goes on for long', async () => {
  const made = makePage({ a: 0, b: 400, c: 1_000, d: 1_400, e: 1_800 });
  const queue = new TileQueue<string, string>('nothing', made.page);
  for (const name of ['e', 'd', 'c', 'b', 'a']) made.add(queue, name);
  await settle();
  expect(run(made)).toEqual([]);
  queue.update('one', false);
  const lines = run(made).filter((line) => !line.endsWith('bright'));
  expect(lines).toEqual([
    '-- task',
    'a shows one',
    'b shows one',
    '-- frame',
    'c shows one',
    'd shows one',
    '-- task',
    'e shows one',
    '-- task',
    'c wakes',
    '-- frame',
    'd wakes',
    '-- frame',
    'e wakes',
  ]);
});

test('what is out of sight rests until everything is drawn, and wakes row by row, also where a newer state came', async () => {
  const made = makePage({ a: 0, b: 1_000, c: 2_000 }, 100);
  const queue = new TileQueue<string, string>('nothing', made.page);
  for (const name of ['a', 'b', 'c']) made.add(queue, name);
  await settle();
  queue.update('one', true);
  expect(made.resting).toEqual(new Set());
  queue.update('one', false);
  expect(made.resting).toEqual(new Set(['b', 'c']));
  for (let drawn = 0; drawn < 3; drawn++) made.runOne();
  expect(made.resting).toEqual(new Set(['b', 'c']));
  made.runOne();
  expect(made.resting).toEqual(new Set(['c']));
  queue.update('two', true);
  run(made);
  expect(made.resting).toEqual(new Set(['b', 'c']));
  queue.update('two', false);
  run(made);
  expect(made.resting).toEqual(new Set());
});

test('a frame is spent on no row that is awake', async () => {
  const made = makePage({ a: 0, b: 1_000, c: 1_000, d: 2_000 });
  const queue = new TileQueue<string, string>('nothing', made.page);
  for (const name of ['a', 'b', 'c', 'd']) made.add(queue, name);
  await settle();
  queue.update('one', false);
  // Of one row with b: whoever wakes one wakes the other.
  made.resting.delete('c');
  expect(
    run(made)
      .filter((line) => !line.includes(' shows ') && !line.endsWith('bright'))
      .slice(-5),
  ).toEqual(['-- task', 'b wakes', '-- frame', 'c wakes', 'd wakes']);
});

test('while the answer is on the way every tile is dimmed and keeps its picture; the one worked with follows at once', async () => {
  const made = makePage({ a: 0, b: 400 });
  const queue = new TileQueue<string, string>('nothing', made.page);
  for (const name of ['a', 'b']) made.add(queue, name);
  await settle();
  queue.update('one', false);
  run(made);
  made.focusOn('b');
  queue.update('two', true);
  expect(run(made)).toEqual(['a is dimmed', 'b is dimmed', '-- task', 'b shows two']);
  queue.update('three', false);
  expect(run(made).filter((line) => !line.startsWith('--'))).toEqual([
    'a shows three',
    'a is bright',
    'b shows three',
    'b is bright',
  ]);
});

test('a newer state replaces what was not drawn yet', async () => {
  const made = makePage({ a: 0, b: 2_000, c: 3_000 }, 100);
  const queue = new TileQueue<string, string>('nothing', made.page);
  for (const name of ['a', 'b', 'c']) made.add(queue, name);
  await settle();
  queue.update('one', false);
  made.runOne();
  queue.update('two', false);
  const lines = run(made).filter((line) => line.includes('shows'));
  expect(lines).toEqual(['a shows one', 'a shows two', 'b shows two', 'c shows two']);
});

test('a tile is drawn when its code is there, and not at all once it has left', async () => {
  const made = makePage({ a: 0, b: 400, c: 500 });
  const queue = new TileQueue<string, string>('nothing', made.page);
  const code = Promise.withResolvers<void>();
  const lost = Promise.reject(new Error('no network'));
  made.add(queue, 'a');
  made.add(queue, 'b', code.promise);
  made.add(queue, 'c', lost);
  const leave = made.add(queue, 'd');
  await settle();
  leave();
  queue.update('one', false);
  // What cannot be fetched is drawn, so that it can say so.
  expect(run(made).filter((line) => line.includes('shows'))).toEqual(['a shows one', 'c shows one']);
  code.resolve();
  await settle();
  expect(run(made).filter((line) => line.includes('shows'))).toEqual(['b shows one']);
});
