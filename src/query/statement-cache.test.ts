import { expect, test, vi } from 'vitest';
import { completeContext } from '../../test/cases/query-context.ts';
import { HOUR_MS } from '../contract/changes.ts';
import { TurnoutError } from '../contract/errors.ts';
import { sql, string } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { ChangeLog } from './change-log.ts';
import { BusyError } from './lane.ts';
import type { LaneName, QueryContext, StatementTraits } from './query-context.ts';
import { StatementCache, type StatementCacheOptions } from './statement-cache.ts';

const statement = (name: string) => renderSql(sql`SELECT ${string(name)}`);
const at = (more: Partial<QueryContext> = {}) => completeContext(0, { dataVersion: 'v1', ...more });

/** A runner whose answers are given by the test. */
function controlled(more: Partial<StatementCacheOptions> = {}) {
  const started: {
    name: string;
    statement: RenderedSql;
    signal: AbortSignal;
    lane: LaneName | undefined;
    answer: (rows?: object[], rowsRead?: number) => void;
    fail: (error: Error) => void;
  }[] = [];
  const cache = new StatementCache({
    parallel: 2,
    maxRows: 100,
    ...more,
    run: (sent, { signal, lane }) =>
      new Promise((resolve, reject) => {
        started.push({
          name: names.get(sent) ?? '',
          statement: sent,
          signal: signal as AbortSignal,
          lane,
          answer: (rows = [{ one: 1 }], rowsRead = 10) =>
            resolve({ rows: rows as Record<string, unknown>[], rowsRead, elapsedMs: 5 }),
          fail: reject,
        });
      }),
  });
  const names = new Map<string, string>();
  const ask = (name: string, context: QueryContext = at(), traits: Partial<StatementTraits> = {}) => {
    names.set(statement(name), name);
    return cache.run(statement(name), { key: name, ...traits }, context);
  };
  return { cache, started, ask, begun: () => started.map(({ name }) => name) };
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('equal statements under way run once, and the answer is remembered for its data version', async () => {
  const { started, ask } = controlled();
  const both = [ask('a'), ask('a')];
  await settle();
  expect(started).toHaveLength(1);
  started[0]?.answer();
  expect((await Promise.all(both)).map((answer) => answer.cached)).toEqual([false, false]);
  expect(await ask('a')).toMatchObject({ cached: true, rows: [{ one: 1 }], elapsedMs: 0 });
  void ask('a', at({ dataVersion: 'v2' }));
  await settle();
  expect(started).toHaveLength(2);
});

test('what reads the same under another text has the same answer; another policy has its own', async () => {
  const { started, ask } = controlled();
  const first = ask('from facts', at(), { key: 'charges' });
  await settle();
  started[0]?.answer();
  await first;
  expect(await ask('from a roll-up', at(), { key: 'charges' })).toMatchObject({ cached: true });
  void ask('from facts', at({ policy: 'region = north' }), { key: 'charges' });
  await settle();
  expect(started).toHaveLength(2);
});

test('an answer is kept until something changes of what it reads', async () => {
  const { started, ask } = controlled();
  const log = new ChangeLog();
  const march = { reads: [{ table: 'messages', column: 'at', start: 0, end: 10 * HOUR_MS }] };
  const now = (dataVersion: string) => at({ dataVersion, changes: log.view() });
  const first = ask('march', now('1'), march);
  await settle();
  started[0]?.answer();
  await first;
  log.applied([{ table: 'messages', hours: { at: [10] } }]);
  expect((await ask('march', now('2'), march)).cached).toBe(true);
  log.applied([{ table: 'messages', hours: { at: [9] } }]);
  void ask('march', now('3'), march);
  await settle();
  expect(started).toHaveLength(2);
});

test('an answer for a request that began before a change is not taken for later ones', async () => {
  const { started, ask } = controlled();
  const log = new ChangeLog();
  const reads = { reads: [{ table: 'messages' }] };
  const early = at({ changes: log.view() });
  log.applied([{ table: 'messages', hours: { at: [1] } }]);
  const late = at({ changes: log.view() });
  const answers = [ask('a', early, reads), ask('a', late, reads)];
  await settle();
  expect(started).toHaveLength(2);
  started[0]?.answer([{ one: 'before' }]);
  started[1]?.answer([{ one: 'after' }]);
  await Promise.all(answers);
  expect(await ask('a', late, reads)).toMatchObject({ cached: true, rows: [{ one: 'after' }] });
});

test('where an answer depends on less than its statement reads, only changes of that count', async () => {
  const { started, ask } = controlled();
  const log = new ChangeLog();
  const first = {
    reads: [{ table: 'messages' }],
    readsOfAnswer: ([row]: Record<string, unknown>[]) => [
      { table: 'messages', column: 'at', end: (Number(row?.['hour']) + 1) * HOUR_MS },
    ],
  };
  const touch = (hour: number) => log.applied([{ table: 'messages', hours: { at: [hour] } }]);
  const now = () => at({ changes: log.view() });
  const answered = async (hour: number, meanwhile: number) => {
    const asked = ask('first', now(), first);
    await settle();
    touch(meanwhile);
    started.at(-1)?.answer([{ hour }]);
    return asked;
  };
  await answered(7, 9);
  touch(8);
  expect(await ask('first', now(), first)).toMatchObject({ cached: true, rows: [{ hour: 7 }] });
  touch(5);
  // Of the rows that changed while it was answered nobody can say whether they are in it.
  expect((await answered(5, 4)).cached).toBe(false);
  expect((await answered(4, 9)).cached).toBe(false);
  expect(started).toHaveLength(3);
  expect(await ask('first', now(), first)).toMatchObject({ cached: true, rows: [{ hour: 4 }] });
  log.everythingChanged();
  expect((await answered(4, 9)).cached).toBe(false);
});

test('an answer that depends on less is kept although its request began before other changes', async () => {
  const { started, ask } = controlled();
  const log = new ChangeLog();
  const first = { reads: [{ table: 'a' }, { table: 'b' }], readsOfAnswer: () => [{ table: 'a' }] };
  const early = at({ changes: log.view() });
  log.applied([{ table: 'b' }]);
  const asked = ask('first', early, first);
  await settle();
  started[0]?.answer();
  await asked;
  expect((await ask('first', at({ changes: log.view() }), first)).cached).toBe(true);
  const late = at({ changes: log.view() });
  log.applied([{ table: 'a' }]);
  const again = ask('first', late, first);
  await settle();
  started[1]?.answer();
  await again;
  void ask('first', at({ changes: log.view() }), first);
  await settle();
  expect(started).toHaveLength(3);
});

test('no more statements run than the pool has places', async () => {
  const { started, ask } = controlled();
  const all = ['a', 'b', 'c'].map((name) => ask(name));
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

test('requests take turns', async () => {
  const { started, ask, begun } = controlled({ parallel: 1 });
  const page = at({ signal: new AbortController().signal });
  const other = at({ signal: new AbortController().signal });
  for (const name of ['p1', 'p2', 'p3', 'p4']) void ask(name, page);
  for (const name of ['o1', 'o2']) void ask(name, other);
  for (let turn = 0; turn < 6; turn++) {
    await settle();
    started[turn]?.answer();
  }
  await settle();
  expect(begun()).toEqual(['p1', 'p2', 'o1', 'p3', 'o2', 'p4']);
});

test('heavy statements run one at a time and hold up none that are quick', async () => {
  const { started, ask } = controlled({ estimateRows: (reads) => (reads[0]?.table === 'big' ? 1e8 : 1e5) });
  const heavy = { heavy: true, reads: [{ table: 'big' }] };
  for (const name of ['h1', 'h2']) void ask(name, at(), heavy);
  void ask('small', at(), { heavy: true, reads: [{ table: 'small' }] });
  void ask('quick', at(), { reads: [{ table: 'big' }] });
  await settle();
  expect(started.map(({ name, lane }) => [name, lane])).toEqual([
    ['h1', 'heavy'],
    ['small', 'quick'],
    ['quick', 'quick'],
  ]);
});

test('a statement that turned out to read much is heavy the next time', async () => {
  const { started, ask } = controlled();
  const first = ask('a');
  await settle();
  started[0]?.answer([{}], 50_000_000);
  await first;
  void ask('a', at({ dataVersion: 'v2' }));
  await settle();
  expect(started.map(({ lane }) => lane)).toEqual(['quick', 'heavy']);
});

test('where too many requests wait another one is refused, and those that wait are served', async () => {
  const { cache, started, ask } = controlled({ parallel: 1, maxRequests: 1 });
  const contexts = [0, 1, 2].map(() => at({ signal: new AbortController().signal }));
  const running = ask('a', contexts[0]);
  const waiting = [ask('b', contexts[1]), ask('c', contexts[1])];
  await expect(ask('d', contexts[2])).rejects.toThrow(BusyError);
  expect(cache.status().lanes.quick).toEqual({ running: 1, overdue: 0, waiting: 2, requests: 1, refused: 1 });
  for (let turn = 0; turn < 3; turn++) {
    await settle();
    started[turn]?.answer();
  }
  await Promise.all([running, ...waiting]);
  expect(cache.status()).toMatchObject({ misses: 3, lanes: { quick: { running: 0, waiting: 0, requests: 0 } } });
});

test('a statement that takes long gives its place to others, and is heavy the next time', async () => {
  vi.useFakeTimers();
  try {
    const { cache, started, ask, begun } = controlled({ parallel: 1, maxOverdue: 1 });
    const slow = ask('slow');
    const next = ask('next');
    await settle();
    expect(begun()).toEqual(['slow']);
    vi.advanceTimersByTime(1_000);
    await settle();
    expect(begun()).toEqual(['slow', 'next']);
    expect(cache.status().lanes.quick).toMatchObject({ running: 1, overdue: 1 });
    vi.advanceTimersByTime(1_000);
    void ask('third');
    await settle();
    expect(begun(), 'only so many step aside').toEqual(['slow', 'next']);
    started[0]?.fail(new Error('given up'));
    await expect(slow).rejects.toThrow('given up');
    void ask('slow');
    await settle();
    expect(started.map(({ name, lane }) => [name, lane])).toEqual([
      ['slow', 'quick'],
      ['next', 'quick'],
      ['slow', 'heavy'],
    ]);
    started[1]?.answer();
    await next;
  } finally {
    vi.useRealTimers();
  }
});

test('a failure is not remembered', async () => {
  const { started, ask } = controlled();
  const failed = ask('a');
  await settle();
  started[0]?.fail(new Error('away'));
  await expect(failed).rejects.toThrow('away');
  void ask('a');
  await settle();
  expect(started).toHaveLength(2);
});

test('a statement is given up when the last one who waits for it gives up', async () => {
  const { started, ask } = controlled();
  const first = new AbortController();
  const second = new AbortController();
  const waits = [ask('a', at({ signal: first.signal })), ask('a', at({ signal: second.signal }))];
  const outcomes = waits.map((wait) => wait.catch((error: Error) => error.name));
  await settle();
  first.abort();
  expect(await outcomes[0]).toBe('AbortError');
  expect(started[0]?.signal.aborted).toBe(false);
  second.abort();
  expect(await outcomes[1]).toBe('AbortError');
  expect(started[0]?.signal.aborted).toBe(true);
});

test('who gives up while waiting is never begun, and who comes after does not join what was given up', async () => {
  const { cache, started, ask, begun } = controlled({ parallel: 1 });
  const leaving = new AbortController();
  void ask('long');
  const waiting = ask('a', at({ signal: leaving.signal }));
  await settle();
  leaving.abort();
  await expect(waiting).rejects.toThrow('aborted');
  expect(cache.status().lanes.quick.waiting).toBe(0);
  const again = ask('a');
  started[0]?.answer();
  await settle();
  expect(begun()).toEqual(['long', 'a']);
  started[1]?.answer();
  await again;
});

test('a request whose time is up hears so; what it waited for goes on for others', async () => {
  const { started, ask } = controlled();
  const budget = new AbortController();
  const late = ask('a', at({ signal: new AbortController().signal, budget: budget.signal }));
  const patient = ask('a', at({ signal: new AbortController().signal }));
  await settle();
  budget.abort(new TurnoutError('timeout', 'The time is up.'));
  await expect(late).rejects.toThrow('The time is up.');
  expect(started[0]?.signal.aborted).toBe(false);
  started[0]?.answer();
  expect(await patient).toMatchObject({ rows: [{ one: 1 }] });
});

test('the least recently used answers go first', async () => {
  const { started, ask } = controlled({ maxRows: 12 });
  const isCached = async (name: string) => {
    const answer = ask(name);
    await settle();
    if (started.at(-1)?.name === name) started.at(-1)?.answer([{}, {}]);
    return (await answer).cached;
  };
  for (const name of ['a', 'b', 'c', 'd']) expect(await isCached(name)).toBe(false);
  expect(await isCached('a')).toBe(true);
  expect(await isCached('e')).toBe(false);
  expect(await isCached('a')).toBe(true);
  expect(await isCached('b')).toBe(false);
});

test('many bytes push out others as many rows do', async () => {
  const { cache, started, ask } = controlled({ maxRows: 1_000, maxBytes: 10_000 });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const answer = ask(name);
    await settle();
    started.at(-1)?.answer([{ text: 'x'.repeat(1_000) }]);
    await answer;
  }
  expect(cache.status().answers).toBe(4);
  expect(cache.status().bytes).toBeLessThan(10_000);
});
