import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { backOffMs, retryAfterMs } from './back-off.ts';
import { createEgressPolicy } from './policy.ts';
import { createPullEffects, type EffectsOptions, RequestBudgetError } from './pull-effects.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers the n-th request with the n-th step, the last one for ever. */
async function script(...steps: ((response: ServerResponse) => void)[]) {
  let asked = 0;
  const server = createServer((_, response) => {
    steps[Math.min(asked, steps.length - 1)]?.(response);
    asked += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, asked: () => asked };
}

const START = Date.parse('2026-11-20T06:00:00Z');

/** A world whose clock moves only by sleeping. */
function world(options: Partial<EffectsOptions> = {}) {
  let now = START;
  const waits: number[] = [];
  const log: string[] = [];
  const effects = createPullEffects({
    policy: createEgressPolicy({ allow: ['127.0.0.1'] }),
    now: () => now,
    signal: new AbortController().signal,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
    log: (sentence) => log.push(sentence),
    notice: () => {},
    ...options,
  });
  return { effects, waits, log };
}

const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end(body);
const good = status(200, { 'content-type': 'application/json' }, '{"rows":[]}');
const hang = () => {};
const hangInBody = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{');
};
const reset = (response: ServerResponse) => void response.destroy();
const truncate = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"rows":[', () => response.destroy());
};

describe('a service that falters is asked again', () => {
  test.each([
    ['429 with Retry-After in seconds', status(429, { 'retry-after': '7' }), 7500],
    ['429 with Retry-After as a date', status(429, { 'retry-after': new Date(START + 30_000).toUTCString() }), 30_500],
    ['429 without Retry-After', status(429), 500],
    ['500', status(500), 500],
    ['502 in HTML', status(502, { 'content-type': 'text/html' }, '<html>Bad gateway</html>'), 500],
    ['503 with Retry-After', status(503, { 'retry-after': '2' }), 2500],
    ['504', status(504), 500],
    ['a hang before the headers', hang, 500],
    ['a hang in the body', hangInBody, 500],
    ['a reset', reset, 500],
    ['a body that breaks off', truncate, 500],
  ])('after %s', async (_, fault, wait) => {
    const service = await script(fault, good);
    const { effects, waits, log } = world();
    const answer = await effects.http({ url: service.url, timeoutMs: 1500 });
    expect(answer.body.toString()).toBe('{"rows":[]}');
    expect(service.asked()).toBe(2);
    expect(waits).toEqual([wait]);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^"127\.0\.0\.1" .*\. Trying again in \d+ s \(2 of 8\)\.$/);
  });

  test('waits double, and end after eight tries', async () => {
    const service = await script(status(500));
    const { effects, waits } = world({ random: () => 0.999_999 });
    await expect(effects.http({ url: service.url })).rejects.toMatchObject({
      name: 'PullError',
      kind: 'retry',
      message: '"127.0.0.1" is out of order at the moment (500).',
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 64_000]);
    expect(service.asked()).toBe(8);
  });

  test('says when it wants to be asked again after the last try', async () => {
    const service = await script(status(429, { 'retry-after': '60' }));
    const { effects } = world({ attempts: 2 });
    await expect(effects.http({ url: service.url })).rejects.toMatchObject({ kind: 'retry', retryAfterMs: 60_000 });
  });

  test('a wait of an hour is left to the schedule', async () => {
    const service = await script(status(503, { 'retry-after': '3600' }), good);
    const { effects, waits } = world();
    await expect(effects.http({ url: service.url })).rejects.toMatchObject({ kind: 'retry', retryAfterMs: 3_600_000 });
    expect(waits).toEqual([]);
  });

  test('no wait goes beyond the end of the run', async () => {
    const service = await script(status(500));
    const { effects, waits } = world({ deadline: START + 3000, random: () => 0.999_999 });
    await expect(effects.http({ url: service.url })).rejects.toMatchObject({ kind: 'retry' });
    expect(waits).toEqual([1000, 2000]);
  });
});

test.each([400, 401, 403, 404, 410])('%d is answered as it is', async (code) => {
  const service = await script(status(code, {}, 'why'));
  const answer = await world().effects.http({ url: service.url });
  expect([answer.status, answer.body.toString()]).toEqual([code, 'why']);
  expect(service.asked()).toBe(1);
});

test("HTML and half JSON that came whole are the connector's to judge", async () => {
  const service = await script(status(200, { 'content-type': 'text/html' }, '<html>'), status(200, {}, '{"rows":['));
  const { effects } = world();
  expect((await effects.http({ url: service.url })).body.toString()).toBe('<html>');
  expect((await effects.http({ url: service.url })).body.toString()).toBe('{"rows":[');
});

test('what a person has to change is not tried twice', async () => {
  const { effects, waits } = world();
  await expect(effects.http({ url: 'http://10.0.0.1/' })).rejects.toMatchObject({ kind: 'settings' });
  await expect(effects.address('10.0.0.1', 5432)).rejects.toMatchObject({ kind: 'settings' });
  expect(waits).toEqual([]);
  expect(await effects.address('127.0.0.1', 5432)).toEqual({ address: '127.0.0.1', family: 4 });
});

test('the budget counts every try and ends the run without a fault', async () => {
  const service = await script(good, status(500), good);
  const { effects } = world({ requestBudget: 3 });
  await effects.http({ url: service.url });
  await effects.http({ url: service.url });
  await expect(effects.http({ url: service.url })).rejects.toBeInstanceOf(RequestBudgetError);
  expect(service.asked()).toBe(3);
});

test('a run that is stopped while it waits asks no more', async () => {
  const service = await script(status(500));
  const stop = new AbortController();
  const { effects } = world({ signal: stop.signal, sleep: async () => stop.abort() });
  await expect(effects.http({ url: service.url })).rejects.toThrow('The run was stopped.');
  expect(service.asked()).toBe(1);
});

describe('back-off', () => {
  test('lies between nothing and 64 s', () => {
    expect(backOffMs(0, 0)).toBe(0);
    expect(backOffMs(3, 0.5)).toBe(4000);
    expect(backOffMs(40, 0.999_999)).toBe(64_000);
  });

  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['1.5', 1500],
    ['Fri, 20 Nov 2026 06:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 05:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['Fri, 20 Nov 2099 06:00:00 GMT', 86_400_000],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    ['2026-11-20', undefined],
    [undefined, undefined],
  ])('Retry-After: %s', (header, expected) => {
    expect(retryAfterMs(header, START)).toBe(expected);
  });
});

test('requests with a pace begin that far from each other, and what was answered to the end stands in the error', async () => {
  const paced = world();
  const { url } = await script(good);
  for (let n = 0; n < 3; n++) await paced.effects.http({ url, paceMs: 500 });
  expect(paced.waits).toEqual([500, 500]);
  await paced.effects.http({ url });
  expect(paced.waits).toHaveLength(2);

  const broken = await script(status(500));
  await expect(world({ attempts: 2 }).effects.http({ url: broken.url })).rejects.toMatchObject({
    kind: 'retry',
    status: 500,
  });
});
