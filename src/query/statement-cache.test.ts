import { expect, test } from 'vitest';
import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { StatementCache } from './statement-cache.ts';

const statement = (name: string) => renderSql(sql`SELECT ${string(name)}`);

/** A runner whose answers are given by the test. */
function controlled(parallel = 2, maxRows = 100) {
  const started: {
    statement: RenderedSql;
    signal: AbortSignal;
    answer: (rows?: object[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const cache = new StatementCache({
    parallel,
    maxRows,
    run: (sent, { signal }) =>
      new Promise((resolve, reject) => {
        started.push({
          statement: sent,
          signal: signal as AbortSignal,
          answer: (rows = [{ one: 1 }]) =>
            resolve({ rows: rows as Record<string, unknown>[], rowsRead: 10, elapsedMs: 5 }),
          fail: reject,
        });
      }),
  });
  return { cache, started };
}

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

test('equal statements under way run once, and the answer is remembered for its data version', async () => {
  const { cache, started } = controlled();
  const both = [cache.run(statement('a'), 'v1', undefined), cache.run(statement('a'), 'v1', undefined)];
  await settle();
  expect(started).toHaveLength(1);
  started[0]?.answer();
  expect((await Promise.all(both)).map((answer) => answer.cached)).toEqual([false, false]);
  expect(await cache.run(statement('a'), 'v1', undefined)).toMatchObject({
    cached: true,
    rows: [{ one: 1 }],
    elapsedMs: 0,
  });
  void cache.run(statement('a'), 'v2', undefined);
  await settle();
  expect(started).toHaveLength(2);
});

test('no more statements run than the pool has places', async () => {
  const { cache, started } = controlled(2);
  const all = ['a', 'b', 'c'].map((name) => cache.run(statement(name), 'v1', undefined));
  await settle();
  expect(started).toHaveLength(2);
  started[0]?.answer();
  await all[0];
  await settle();
  expect(started).toHaveLength(3);
  started[1]?.fail(new Error('broken'));
  started[2]?.answer();
  await expect(all[1]).rejects.toThrow('broken');
  await all[2];
});

test('a failure is not remembered', async () => {
  const { cache, started } = controlled();
  const failed = cache.run(statement('a'), 'v1', undefined);
  await settle();
  started[0]?.fail(new Error('away'));
  await expect(failed).rejects.toThrow('away');
  void cache.run(statement('a'), 'v1', undefined);
  await settle();
  expect(started).toHaveLength(2);
});

test('a statement is given up when the last one who waits for it gives up', async () => {
  const { cache, started } = controlled();
  const first = new AbortController();
  const second = new AbortController();
  const waits = [cache.run(statement('a'), 'v1', first.signal), cache.run(statement('a'), 'v1', second.signal)];
  const outcomes = waits.map((wait) => wait.catch((error: Error) => error.name));
  await settle();
  first.abort();
  expect(await outcomes[0]).toBe('AbortError');
  expect(started[0]?.signal.aborted).toBe(false);
  second.abort();
  expect(await outcomes[1]).toBe('AbortError');
  expect(started[0]?.signal.aborted).toBe(true);
});

test('the least recently used answers go first', async () => {
  const { cache, started } = controlled(2, 12);
  const ask = async (name: string) => {
    const answer = cache.run(statement(name), 'v1', undefined);
    await settle();
    if (started.at(-1)?.statement === statement(name)) started.at(-1)?.answer([{}, {}]);
    return (await answer).cached;
  };
  for (const name of ['a', 'b', 'c', 'd']) expect(await ask(name)).toBe(false);
  expect(await ask('a')).toBe(true);
  expect(await ask('e')).toBe(false);
  expect(await ask('a')).toBe(true);
  expect(await ask('b')).toBe(false);
});
