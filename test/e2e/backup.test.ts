import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Freshness, LedgerRow } from '../../src/contract/api.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { testWorkspace, WEBHOOK_TOKEN } from '../support/workspace.ts';

/** RELIABILITY F25: a backup taken under load, restored to an empty machine, with and without the newer log. */

const main = resolve(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

const environment = (data: string, workspace: string) => ({
  PATH: process.env['PATH'] ?? '',
  TURNOUT_DATA: data,
  TURNOUT_WORKSPACE: workspace,
  NODE_NO_WARNINGS: '1',
});

function turnout(args: string[], data: string, workspace: string) {
  return spawnSync(process.execPath, [main, ...args], { env: environment(data, workspace), encoding: 'utf8' });
}

async function start(data: string, workspace: string): Promise<ServerProcess> {
  const server = await startServerProcess({ data, workspace });
  onTestFinished(async () => {
    await server.stop('SIGKILL');
  });
  return server;
}

/** Sends one activity after the other until it is told to stop; the keys that were acknowledged. */
function sendActivities(server: ServerProcess, acknowledged: string[]): () => Promise<void> {
  let sending = true;
  const done = (async () => {
    for (let index = acknowledged.length; sending; index++) {
      const key = `activity-${index}`;
      const person = { external_id: `account-${index % 50}` };
      const record = { record: 'activity', key, person, at: '2026-01-05T09:00:00Z', feature: 'login' };
      const answer = await fetch(`${server.url}/hooks/platform`, {
        method: 'POST',
        headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(record),
      });
      if (answer.ok) acknowledged.push(key);
    }
  })();
  return async () => {
    sending = false;
    await done;
  };
}

async function countedAfterRestart(data: string, workspace: string): Promise<{ ledger: LedgerRow[]; counted: number }> {
  const server = await start(data, workspace);
  const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;
  await until(
    async () => {
      const { state, pending } = await get<Freshness>('/api/v1/freshness');
      return state === 'ok' && pending === 0 ? true : undefined;
    },
    'everything is counted',
    60_000,
  );
  const ledger = await get<LedgerRow[]>('/api/v1/ledger');
  expect(await server.stop()).toBe(0);
  return { ledger, counted: ledger.reduce((sum, row) => sum + row.counted, 0) };
}

test('a backup under load holds everything acknowledged before it; with the newer journal nothing at all is lost', async () => {
  const data = temporaryFolder('backed-up');
  const workspace = testWorkspace();
  const server = await start(data, workspace);
  const acknowledged: string[] = [];
  const stop = sendActivities(server, acknowledged);
  await until(async () => (acknowledged.length >= 200 ? true : undefined), 'some activities are there');

  const before = acknowledged.length;
  const backup = join(temporaryFolder('backup'), 'monday');
  const child = spawn(process.execPath, [main, 'backup', backup], { env: environment(data, workspace) });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'exit');
  expect(code, said).toBe(0);
  expect(said).toMatch(/^Backed up \d+ entries/);
  const after = acknowledged.length;
  await until(async () => (acknowledged.length >= after + 100 ? true : undefined), 'more activities are there');
  await stop();
  await server.stop('SIGKILL');
  expect(statSync(join(backup, 'journal')).mode & 0o077, 'for the owner alone').toBe(0);

  const empty = temporaryFolder('restored');
  const emptyWorkspace = join(temporaryFolder('restored-workspace'), 'workspace');
  expect(turnout(['restore', backup], empty, emptyWorkspace).stdout).toMatch(/^Restored the backup of /);
  expect(readdirSync(emptyWorkspace)).toEqual(['sources', 'turnout.yaml']);
  const restored = await countedAfterRestart(empty, emptyWorkspace);
  expect(restored.counted).toBeGreaterThanOrEqual(before);
  // One request may be under way when the copy ends.
  expect(restored.counted).toBeLessThanOrEqual(after + 1);
  for (const row of restored.ledger) expect(row.received).toBe(row.counted);

  const newer = temporaryFolder('restored-newer');
  const journal = join(data, 'main', 'journal');
  expect(turnout(['restore', backup, '--journal', journal], newer, emptyWorkspace).stdout).toMatch(/of them newer/);
  const whole = await countedAfterRestart(newer, emptyWorkspace);
  expect(whole.counted).toBeGreaterThanOrEqual(acknowledged.length);
  expect(whole.counted).toBeLessThanOrEqual(acknowledged.length + 1);

  const again = turnout(['restore', backup], newer, emptyWorkspace);
  expect(again.status).toBe(1);
  expect(again.stderr).toMatch(/There is data in .* already/);
  expect(turnout(['backup', backup], data, workspace).stderr).toMatch(/is not empty/);
});

test('a damaged backup is refused before anything is touched', async () => {
  const data = temporaryFolder('damaged');
  const workspace = testWorkspace();
  const server = await start(data, workspace);
  await server.stop();
  const backup = join(temporaryFolder('damaged-backup'), 'b');
  expect(turnout(['backup', backup], data, workspace).status).toBe(0);
  appendFileSync(join(backup, 'control.sqlite'), 'x');
  const empty = temporaryFolder('damaged-empty');
  const refused = turnout(['restore', backup], empty, workspace);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/The backup is damaged: control.sqlite is not as it was written/);
  expect(existsSync(join(empty, 'main'))).toBe(false);
  expect(turnout(['backup', join(empty, 'x')], empty, workspace).stderr).toMatch(/There is no data in .* to back up/);
});
