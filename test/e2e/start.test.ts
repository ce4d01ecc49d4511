import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { LedgerRow, WorkspaceInfo } from '../../src/contract/api.ts';
import {
  type ServerOptions,
  type ServerProcess,
  startServerProcess,
  temporaryFolder,
  until,
} from '../support/server.ts';

/** A server that does not outlive its test, whatever becomes of it. */
async function start(options: ServerOptions): Promise<ServerProcess> {
  const server = await startServerProcess(options);
  onTestFinished(async () => {
    await server.stop('SIGKILL');
  });
  return server;
}

const main = resolve(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

const get = async <T>(url: string, path: string) => (await (await fetch(url + path)).json()) as T;
const workspaceOf = (server: ServerProcess) => get<WorkspaceInfo>(server.url, '/api/v1/workspace');
const ledgerOf = (server: ServerProcess) => get<LedgerRow[]>(server.url, '/api/v1/ledger');

test('the life of the sample: whole at the first ready line, kept over SIGTERM, back within 5 s, removed by one request for good', async () => {
  // As after a clone: the data folder is a relative path.
  const where = { cwd: temporaryFolder('start'), data: 'data', sample: true };
  // The first start is the one of the server that all tests share: loading the sample takes long.
  const first = inject('firstStart');
  expect(first.freshness).toMatchObject({ state: 'ok', pending: 0, alarms: [] });
  expect(first.exitCode).toBe(0);
  expect(first.log).not.toMatch(/"level":50/);
  cpSync(first.copy, join(where.cwd, where.data), { recursive: true });

  const second = await start(where);
  expect(second.readyAfter).toBeLessThan(5_000);
  expect(await workspaceOf(second)).toMatchObject({
    sample: true,
    today: '2024-11-16',
    time_zone: 'Asia/Jakarta',
    currency: 'IDR',
  });
  expect(await ledgerOf(second)).toEqual(first.ledger);
  const third = spawnSync(process.execPath, [main, 'serve'], {
    cwd: where.cwd,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0' },
    encoding: 'utf8',
  });
  expect(third.status).toBe(1);
  expect(third.stderr).toMatch(/another|already|in use/i);

  const remove = async () => {
    const answer = await fetch(`${second.url}/api/v1/sample/remove`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return [answer.status, await answer.json()];
  };
  const removed = [200, { removed: true }];
  expect(await Promise.all([remove(), remove()])).toEqual([removed, removed]);
  const empty = await until(async () => {
    const answer = await fetch(`${second.url}/api/v1/workspace`);
    return answer.ok ? ((await answer.json()) as WorkspaceInfo) : undefined;
  }, 'the own workspace answers');
  expect(empty).toMatchObject({ sample: false, data: { first: null, last: null } });
  expect(await second.stop('SIGINT')).toBe(0);

  const again = await start(where);
  expect(await workspaceOf(again)).toMatchObject({ sample: false });
  expect(await again.stop()).toBe(0);
});

test('an address that others can reach is refused with the reason', () => {
  const refused = spawnSync(process.execPath, [main, 'serve'], {
    env: { PATH: process.env['PATH'] ?? '', HOST: '0.0.0.0', TURNOUT_DATA: temporaryFolder('host') },
    encoding: 'utf8',
  });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/no sign-in yet/);
});

test('TURNOUT_SAMPLE=0 starts empty', async () => {
  const server = await start({ sample: false });
  expect((await (await fetch(`${server.url}/api/v1/workspace`)).json()) as WorkspaceInfo).toMatchObject({
    sample: false,
  });
  expect(await server.stop()).toBe(0);
});

test('a port that is taken, and commands before the first start, are answered with a sentence', async () => {
  const server = await start({ sample: false });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [main, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        PORT: new URL(server.url).port,
        TURNOUT_DATA: temporaryFolder('taken'),
        TURNOUT_SAMPLE: '0',
        TURNOUT_LOG: 'silent',
      },
      encoding: 'utf8',
    });
  const taken = run('serve');
  expect([taken.status, taken.stderr]).toEqual([1, expect.stringMatching(/^Port \d+ .* is in use\. .*\n$/)]);
  const rebuild = run('rebuild');
  expect([rebuild.status, rebuild.stderr]).toEqual([1, expect.stringMatching(/^There is no journal in .*\n$/)]);
  expect(run('sample').status).toBe(0);
});
