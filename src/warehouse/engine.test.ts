import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { until } from '../../test/support/poll.ts';
import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { connectWarehouse } from './client.ts';
import { parseMappings } from './mappings.ts';

/** The real engine behind its socket: what it refuses, how it ends what runs too long, and that statements run side by side. */

const engine = withEngine({ memoryBytes: 1_000_000_000, anew: true });
const ENDLESS = renderSql(sql`SELECT sum(cityHash64(number)) AS x FROM numbers(1000000000000)`);
const ONE = renderSql(sql`SELECT 1 AS one`);

interface Answer {
  status: number;
  text: string;
}

/** One HTTP request, past the client and its typed SQL: what an attacker on the socket could send. */
function send(path: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: engine.socketPath, method: 'POST', path, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    call.on('error', reject);
    call.end(body);
  });
}

test.each([
  "SELECT file('/etc/passwd')",
  "SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "SELECT * FROM '/etc/passwd'",
  'SELECT * FROM `/etc/passwd`',
  "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
  "SELECT * FROM s3('http://bucket.s3.amazonaws.com/key', 'LineAsString')",
  "SELECT * FROM remote('127.0.0.1:1', system.one)",
  "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
  "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
  "SELECT * FROM sqlite('/etc/passwd', 'x')",
  "SELECT * FROM executable('cat /etc/passwd', 'LineAsString', 'line String')",
  "SELECT * FROM icebergLocal('/etc')",
  "SELECT * FROM deltaLakeLocal('/etc')",
  "SELECT * FROM filesystem('/etc')",
  "SELECT * FROM loop(file('/etc/passwd', 'LineAsString'))",
  "SELECT * FROM view(SELECT * FROM file('/etc/passwd', 'LineAsString'))",
  "EXPLAIN SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "SELECT 1 INTO OUTFILE '/tmp/turnout-outfile'",
  'SELECT 1; SELECT 2',
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT 1 SETTINGS max_memory_usage = 0',
  'SET readonly = 0',
  'INSERT INTO turnout.progress (name) VALUES (1)',
  'DROP TABLE turnout.progress',
  'CREATE TABLE turnout.x (a UInt8) ENGINE = Memory',
  'KILL QUERY WHERE 1',
])('the read path refuses %s', async (statement) => {
  const answer = await send('/?readonly=1&database=turnout', statement);
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  expect(answer.text).toMatch(/^Code: \d+\. DB::Exception/);
  expect(answer.text).not.toContain('root:');
});

test.each([
  "INSERT INTO turnout.quarantine (raw) SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "INSERT INTO turnout.quarantine (raw) SELECT file('/etc/passwd')",
  "CREATE TABLE turnout.x (a String) ENGINE = File('CSV', '/etc/passwd')",
  "CREATE TABLE turnout.x (a String) ENGINE = URL('http://127.0.0.1:1/', 'CSV')",
  "CREATE DICTIONARY turnout.x (a UInt64) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)",
  "INSERT INTO FUNCTION file('/tmp/turnout-outfile', 'CSV', 'a UInt8') SELECT 1",
  'CREATE USER x',
  'CREATE DATABASE other',
  'SET max_memory_usage = 0',
])('the write path refuses %s', async (statement) => {
  const answer = await send('/?database=turnout', statement);
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
});

test('a symbolic link in the engine’s own folder leads nowhere, and neither does a sibling’s data', async () => {
  const ours = join(dirname(engine.socketPath), 'warehouse', 'nothing');
  mkdirSync(ours, { recursive: true });
  writeFileSync(join(dirname(engine.socketPath), 'sibling.txt'), 'sibling secret');
  symlinkSync('/etc/passwd', join(ours, 'link.txt'));
  for (const path of [
    join(ours, 'link.txt'),
    'link.txt',
    '../../sibling.txt',
    join(dirname(engine.socketPath), 'sibling.txt'),
  ])
    for (const statement of [`SELECT * FROM file('${path}', 'LineAsString')`, `SELECT file('${path}')`]) {
      const answer = await send('/?readonly=1&database=turnout', statement);
      expect(answer.status, `${statement}: ${answer.text}`).toBeGreaterThanOrEqual(400);
    }
});

test('parameters that are not on the list are refused, and so is another database', async () => {
  expect((await send('/?readonly=1&max_memory_usage=0', 'SELECT 1')).status).toBe(403);
  expect((await send('/?readonly=1&database=system', 'SELECT 1')).status).toBe(403);
  expect((await send('/other', 'SELECT 1')).status).toBe(404);
  expect((await send('/?readonly=1&query=INSERT+INTO+progress+(name)+FORMAT+JSONCompactEachRow', '["a"]')).status).toBe(
    403,
  );
});

test('socket and data are for this user alone', () => {
  const folder = join(dirname(engine.socketPath), 'warehouse', 'data');
  for (const path of [engine.socketPath, folder, join(folder, 'store')])
    expect(statSync(path).mode & 0o077, path).toBe(0);
});

test.runIf(process.platform === 'linux')('the engine holds none of our environment', () => {
  process.env['TURNOUT_TEST_SECRET'] = 'secret';
  const environment = readFileSync(`/proc/${engine.opened.supervisor.pid}/environ`, 'utf8');
  expect(environment.split('\0').map((line) => line.split('=')[0])).not.toContain('PATH');
  expect(environment).not.toContain('SECRET');
});

test('a fast statement finishes while slow ones run', async () => {
  const aborter = new AbortController();
  const slow = engine.warehouse.query(ENDLESS, { signal: aborter.signal, timeoutMs: 20_000 });
  const fast = await engine.warehouse.query(ONE);
  expect(fast.rows).toEqual([{ one: 1 }]);
  expect(fast.elapsedMs).toBeLessThan(10_000);
  aborter.abort();
  await expect(slow).rejects.toThrow(/abort/i);
});

test('a heavy statement runs with few threads, and only two at a time', async () => {
  const threads = renderSql(sql`SELECT getSetting('max_threads') AS threads`);
  const few = Math.max(1, Math.floor(availableParallelism() / 2));
  expect((await engine.warehouse.query(threads, { lane: 'heavy' })).rows).toEqual([{ threads: few }]);
  expect((await engine.warehouse.query(threads)).rows).not.toEqual([{ threads: few }]);
  const aborter = new AbortController();
  const end = () => engine.warehouse.query(ENDLESS, { lane: 'heavy', signal: aborter.signal }).catch(() => 'ended');
  const first = end();
  expect((await engine.warehouse.query(ONE, { lane: 'heavy' })).rows).toEqual([{ one: 1 }]);
  const second = end();
  await expect(engine.warehouse.query(ONE, { lane: 'heavy', timeoutMs: 300 })).rejects.toMatchObject({
    code: 'timeout',
  });
  expect((await engine.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
  aborter.abort();
  expect(await Promise.all([first, second])).toEqual(['ended', 'ended']);
  expect((await engine.warehouse.query(ONE, { lane: 'heavy', timeoutMs: 15_000 })).rows).toEqual([{ one: 1 }]);
});

test('a statement past its time is ended, the engine lives on, and its session is clean', async () => {
  const before = engine.opened.supervisor.pid;
  for (let round = 0; round < 3; round += 1) {
    await expect(engine.warehouse.query(ENDLESS, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timeout' });
    // The session of a failed statement must not hand its half-written answer to the next one.
    for (let next = 0; next < 4; next += 1) expect((await engine.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
  }
  expect(engine.opened.supervisor.pid).toBe(before);
});

test('statements that wait for a session keep their own time limit', async () => {
  const aborter = new AbortController();
  // Two sessions and the spare ones.
  const slow = [1, 2, 3, 4].map(() => engine.warehouse.query(ENDLESS, { signal: aborter.signal }).catch(() => 'ended'));
  await expect(engine.warehouse.query(ONE, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
  aborter.abort();
  expect(await Promise.all(slow)).toEqual(['ended', 'ended', 'ended', 'ended']);
  expect((await engine.warehouse.query(ONE, { timeoutMs: 15_000 })).rows).toEqual([{ one: 1 }]);
});

test('limits of memory and of rows are answers, not crashes', async () => {
  const before = engine.opened.supervisor.pid;
  const greedy = renderSql(sql`SELECT length(groupArray(cityHash64(number))) AS x FROM numbers(1000000000)`);
  await expect(engine.warehouse.query(greedy)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(engine.warehouse.query(renderSql(sql`SELECT number FROM numbers(3000000)`))).rejects.toThrow(/rows/);
  expect(engine.opened.supervisor.pid).toBe(before);
});

test('an aborted call is an abort, whatever the engine says', async () => {
  const aborter = new AbortController();
  aborter.abort(new Error('the page was left'));
  await expect(engine.warehouse.query(ONE, { signal: aborter.signal })).rejects.toThrow('the page was left');
});

test('who leaves while the answer is on its way has nothing left to be ended: the engine lives on', async () => {
  const before = engine.opened.supervisor.pid;
  const call = request({
    socketPath: engine.socketPath,
    method: 'POST',
    path: '/?readonly=1&database=turnout&max_execution_time=1',
    agent: false,
  });
  call.on('error', () => {}).end("SELECT repeat('x', 1000000) FROM numbers(50)");
  const [response] = await once(call, 'response');
  expect(response.statusCode).toBe(200);
  call.destroy();
  const left = performance.now();
  // A statement that goes on although it was killed costs the engine its life after 4 s.
  await until('5 s are over', async () => {
    expect((await engine.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
    return performance.now() - left > 5_000;
  });
  expect(engine.opened.supervisor.pid).toBe(before);
});

test('a long list of keys is read', async () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => index * 7919).join(', ');
  const statement = `SELECT count() AS found FROM numbers(1000) WHERE number IN (${keys})` as RenderedSql;
  expect((await engine.warehouse.query(statement)).rows).toEqual([{ found: 1 }]);
});

test('a worker thread and the main thread use the engine at once', async () => {
  const source = `
    const { parentPort } = await import('node:worker_threads');
    const { connectWarehouse } = await import(${JSON.stringify(new URL('./client.ts', import.meta.url).href)});
    const client = connectWarehouse({ socketPath: ${JSON.stringify(engine.socketPath)} });
    for (let batch = 0; batch < 20; batch += 1)
      await client.insert('entries', ['seq', 'bytes'], [[batch * 2, 1], [batch * 2 + 1, 1]]);
    await client.close();
    parentPort.postMessage('done');`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const done = once(worker, 'message');
  let questions = 0;
  const asking = (async () => {
    for (; worker.threadId > 0; questions += 1) expect((await engine.warehouse.query(ONE)).rows).toEqual([{ one: 1 }]);
  })();
  expect(await done).toEqual(['done']);
  await worker.terminate();
  await asking;
  expect(questions).toBeGreaterThan(0);
  const total = renderSql(sql`SELECT sum(bytes) AS bytes FROM entries`);
  expect((await engine.warehouse.query(total)).rows).toEqual([{ bytes: 40 }]);
});

test.runIf(process.platform === 'linux')(
  'in a quiet moment the engine leaves its library, and answers as before',
  async () => {
    const { pid } = engine.opened.supervisor;
    const question = renderSql(
      sql`SELECT uniqExact(number % 1009) AS numbers, quantileExact(0.5)(number) AS middle FROM numbers(20_000_000)`,
    );
    const answer = async () => (await engine.warehouse.query(question)).rows;
    const ofLibrary = () =>
      parseMappings(readFileSync(`/proc/${pid}/smaps`, 'utf8'))
        .filter(({ path, anonymous }) => path.endsWith('libchdb.so') && anonymous === 0)
        .reduce((sum, { resident }) => sum + resident / 1024, 0);
    const before = await answer();
    const atWork = ofLibrary();
    await until('it has left most of it', () => ofLibrary() < atWork / 2, 30_000);
    expect(await answer()).toEqual(before);
  },
);

test('without an engine the client says so', async () => {
  const client = connectWarehouse({ socketPath: `${engine.socketPath}.none`, retryMs: 100 });
  await expect(client.query(ONE)).rejects.toMatchObject({ code: 'unavailable' });
  await client.close();
});

test('our own mistakes keep the engine’s words', async () => {
  await expect(engine.warehouse.query(renderSql(sql`SELECT nothing_here`))).rejects.toThrow(/nothing_here/);
});
