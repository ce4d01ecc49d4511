import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeTable, fakeRows, fakeTable, writeService } from '../../test/support/fake-table.ts';
import { until } from '../../test/support/poll.ts';
import { FAKE_CONNECTORS } from '../../test/support/sync.ts';
import type { PulledPage, Stream } from '../contract/pull.ts';
import { BudgetReached, type Reader, type ReaderJob } from './reader.ts';
import { openReaderProcesses, type ReaderProcessOptions } from './reader-process.ts';

const stream: Stream = { name: 'orders', record: 'activity', mode: 'incremental' };

let folder: string;
let reader: Reader | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-reader-'));
});
afterEach(async () => {
  await reader?.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(table: FakeTable, options: Partial<ReaderProcessOptions> = {}): Reader {
  const file = join(folder, 'service.json');
  writeService(file, { orders: table });
  const settings = fakeTable.settings.parse({ file, streams: [{ name: 'orders', mode: 'incremental' }] });
  reader = openReaderProcesses({ egressAllow: [], connectors: FAKE_CONNECTORS, ...options })({
    connector: 'fake_table',
    settings,
  });
  return reader;
}

function job(given: Partial<ReaderJob> & { milliseconds?: number } = {}): ReaderJob {
  const { milliseconds = 60_000, ...rest } = given;
  return {
    limits: { now: 1_000_000, requests: 10, milliseconds },
    listener: { log: () => {}, notice: () => {}, request: () => {} },
    signal: new AbortController().signal,
    ...rest,
  };
}

async function readAll(from: Reader, given = job()): Promise<PulledPage[]> {
  const pages: PulledPage[] = [];
  for await (const page of from.read({ stream, cursor: null }, given)) pages.push(page);
  return pages;
}

/** Processes of this reader that are alive. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('pages come in order, bytes as they were, and one process serves several reads', async () => {
  const from = open({ rows: fakeRows(5) });
  const pages = await readAll(from);
  expect(pages.map((page) => page.rows)).toEqual([2, 2, 1]);
  expect(JSON.parse(Buffer.from(pages[2]?.body ?? []).toString())).toEqual([{ id: 5, at: 5, amount: 14 }]);
  expect(pages[2]?.body).toBeInstanceOf(Buffer);
  expect(await readAll(from)).toHaveLength(3);
  expect(await from.count({ stream, cursor: null }, job())).toBe(5);
  expect(await from.check(job())).toMatchObject([{ stream: 'orders', ok: true, rows: 5 }]);
});

test('at most two pages are ahead of what is kept', async () => {
  const notices: string[] = [];
  const from = open({ rows: fakeRows(20), announce: true });
  const listener = { log: () => {}, notice: (sentence: string) => void notices.push(sentence), request: () => {} };
  let kept = 0;
  for await (const page of from.read({ stream, cursor: null }, job({ listener }))) {
    expect(page.rows).toBe(2);
    kept += 1;
    if (kept === 3) await until('two pages are ahead', () => notices.length === kept + 1);
    expect(notices.length).toBeLessThanOrEqual(kept + 1);
  }
  expect([kept, notices.length]).toEqual([10, 10]);
});

describe('what ends a read', () => {
  test.each([
    ['exit', /^The process that reads ended with code 7/],
    ['throw', /^Reading broke off with a mistake of Turnout's own: gone$/],
    ['retry', /^gone$/],
  ] as const)('%s: pages before it are handed out, and it may be tried again', async (what, message) => {
    const from = open({ rows: fakeRows(6), fault: { page: 3, what, message: 'gone' } });
    const pages: PulledPage[] = [];
    const reading = (async () => {
      for await (const page of from.read({ stream, cursor: null }, job())) pages.push(page);
    })();
    await expect(reading).rejects.toMatchObject({
      name: 'PullError',
      kind: 'retry',
      message: expect.stringMatching(message),
    });
    expect(pages).toHaveLength(2);
    writeService(join(folder, 'service.json'), { orders: { rows: fakeRows(6) } });
    expect(await readAll(from)).toHaveLength(3);
  });

  test('a mistake in the settings is told as one', async () => {
    const from = open({ rows: fakeRows(1), fault: { page: 1, what: 'settings', message: 'The password is wrong.' } });
    await expect(readAll(from)).rejects.toMatchObject({ kind: 'settings', message: 'The password is wrong.' });
  });

  test('too much memory', async () => {
    const from = open({ rows: fakeRows(6), fault: { page: 2, what: 'memory' } }, { memoryMb: 40 });
    await expect(readAll(from)).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/^Reading needed more than 40 MB of memory/),
    });
  });

  test('silence', async () => {
    const from = open({ rows: fakeRows(6), fault: { page: 2, what: 'hang' } }, { quietMs: 700 });
    await expect(readAll(from)).rejects.toMatchObject({
      kind: 'retry',
      message: 'Nothing came from the service for less than a minute.',
    });
  });

  test('the time of the run', async () => {
    const from = open({ rows: fakeRows(6), fault: { page: 2, what: 'hang' } });
    await expect(readAll(from, job({ milliseconds: 700 }))).rejects.toBeInstanceOf(BudgetReached);
  });

  test('a person', async () => {
    const stop = new AbortController();
    const from = open({ rows: fakeRows(6), fault: { page: 2, what: 'hang' } });
    const pages: PulledPage[] = [];
    const reading = (async () => {
      for await (const page of from.read({ stream, cursor: null }, job({ signal: stop.signal }))) {
        pages.push(page);
        setTimeout(() => stop.abort('Stopped.'), 10);
      }
    })();
    await expect(reading).rejects.toMatchObject({ message: 'The run was stopped.' });
    expect(pages).toHaveLength(1);
  });
});

test('the process does not inherit the secrets of other sources, and is gone after close', async () => {
  process.env['OTHER_SOURCES_SECRET'] = 'k-0987654321';
  try {
    const lines: string[] = [];
    const from = open({ rows: fakeRows(1), tell: true });
    const listener = { log: (line: string) => void lines.push(line), notice: () => {}, request: () => {} };
    await readAll(from, job({ listener }));
    const [pid = '0', ...environment] = lines;
    expect(environment).toContain('PATH');
    expect(environment).not.toContain('OTHER_SOURCES_SECRET');
    expect(await isAlive(Number(pid))).toBe(true);
    await from.close();
    expect(await isAlive(Number(pid))).toBe(false);
  } finally {
    delete process.env['OTHER_SOURCES_SECRET'];
  }
});
