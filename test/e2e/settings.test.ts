import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Freshness } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { whatsappNotification } from '../support/whatsapp.ts';
import { APP_SECRET, testWorkspace } from '../support/workspace.ts';

/** Facts follow what people write: a rate card that is added later prices the messages that are there already. */

const NOW = '2024-11-16T12:00:00Z';
const data = temporaryFolder('settings');

async function start(workspace: string): Promise<ServerProcess> {
  const server = await startServerProcess({ data, workspace });
  onTestFinished(async () => {
    await server.stop('SIGKILL');
  });
  await until(async () => {
    const { state, pending } = (await (await fetch(`${server.url}/api/v1/freshness`)).json()) as Freshness;
    return state === 'ok' && pending === 0 ? true : undefined;
  }, 'everything is counted');
  return server;
}

async function charges(server: ServerProcess): Promise<(string | number | null | undefined)[]> {
  const answer = (await (
    await fetch(`${server.url}/api/v1/query?m=messages_delivered,charges&p=2024-11`)
  ).json()) as QueryResult;
  return [answer.rows[0]?.['messages_delivered'], answer.rows[0]?.['charges']];
}

const unpriced = async (server: ServerProcess) =>
  ((await (await fetch(`${server.url}/api/v1/unpriced`)).json()) as { messages: number }).messages;

test('a new rate card prices old messages at the next start, and again nothing happens when nothing changed', async () => {
  const workspace = testWorkspace({ clock: NOW });
  const first = await start(workspace);
  const events = [1, 2, 3].map((id) => ({
    id: `wamid.${id}`,
    status: 'delivered' as const,
    timestamp: Date.parse(NOW) / 1000 - id,
  }));
  const { body, headers } = whatsappNotification(events, APP_SECRET);
  expect((await fetch(`${first.url}/hooks/wa`, { method: 'POST', headers, body })).status).toBe(200);
  await until(async () => ((await charges(first))[0] === 3 ? true : undefined), 'three messages are counted');
  expect(await charges(first)).toEqual([3, 0]);
  expect(await unpriced(first)).toBe(3);
  await first.stop();

  mkdirSync(join(workspace, 'rates'));
  writeFileSync(
    join(workspace, 'rates', 'usd.yaml'),
    'version: 1\nrates:\n  - { channel: whatsapp, valid_from: 2024-01-01, price: 0.5, currency: USD, charged_at: delivered }\n',
  );
  const second = await start(workspace);
  expect(await charges(second)).toEqual([3, 1.5]);
  expect(await unpriced(second)).toBe(0);
  expect(second.log()).toMatch(/have changed: the numbers are made anew/);
  await second.stop();

  const third = await start(workspace);
  expect(await charges(third)).toEqual([3, 1.5]);
  expect(third.log()).not.toMatch(/have changed/);
  await third.stop();
});
