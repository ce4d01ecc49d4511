import { expect, test } from 'vitest';
import type { Freshness, LedgerRow } from '../../src/contract/api.ts';
import { connectWarehouse } from '../../src/warehouse/client.ts';
import { BRIDGE_USERS, type ClickHouseBridge, startClickHouseBridge } from '../support/clickhouse-bridge.ts';
import { expectExactLedger } from '../support/ledger.ts';
import { startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { whatsappNotification } from '../support/whatsapp.ts';
import { APP_SECRET, testWorkspace } from '../support/workspace.ts';

/** The real server with its facts on a ClickHouse server: signed webhooks, questions, the server away and back, the ledger exact. */

const environment = (bridge: ClickHouseBridge): Record<string, string> => {
  const url = (user: 'writer' | 'reader') => {
    const at = new URL(bridge.url);
    at.username = user;
    at.password = encodeURIComponent(BRIDGE_USERS[user]);
    return `${at}turnout`;
  };
  const { layout } = bridge.connection;
  return {
    TURNOUT_CLICKHOUSE_URL: url('writer'),
    TURNOUT_CLICKHOUSE_READER_URL: url('reader'),
    ...(layout.kind === 'cluster' ? { TURNOUT_CLICKHOUSE_CLUSTER: layout.cluster } : {}),
  };
};

test.each([
  ['a server', 1],
  ['a cluster of two shards', 2],
] as const)('%s: what is acknowledged is counted once, also while it is away', async (_what, shards) => {
  const bridge = await startClickHouseBridge({ shards });
  const data = temporaryFolder('clickhouse');
  const server = await startServerProcess({ data, workspace: testWorkspace(), env: environment(bridge) });
  const now = Math.floor(Date.now() / 1000);
  const send = async (id: number) => {
    const status = {
      id: `wamid.s${id}`,
      status: id % 3 === 0 ? ('delivered' as const) : ('sent' as const),
      timestamp: now,
    };
    const { body, headers } = whatsappNotification([status], APP_SECRET);
    const answer = await fetch(`${server.url}/hooks/wa`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  };
  const count = async (): Promise<number | undefined> => {
    const answer = await fetch(`${server.url}/api/v1/query?m=messages_sent&p=2020-01-01..2099-12-31`);
    if (answer.status !== 200) return undefined;
    return Number(((await answer.json()) as { rows: { messages_sent: number }[] }).rows[0]?.messages_sent);
  };
  const freshness = async () => (await (await fetch(`${server.url}/api/v1/freshness`)).json()) as Freshness;
  const counted = (messages: number) =>
    until(async () => ((await count()) === messages ? true : undefined), `${messages} messages are counted`, 60_000);

  for (let id = 0; id < 40; id++) await send(id);
  await counted(40);
  for (let id = 0; id < 5; id++) await send(id);
  bridge.fail({ kind: 'drop-after', of: 'insert', times: 3 });
  for (let id = 40; id < 60; id++) await send(id);
  await counted(60);

  await bridge.kill();
  for (let id = 60; id < 80; id++) await send(id);
  await until(async () => ((await freshness()).state === 'unavailable' ? true : undefined), 'it says so', 30_000);
  await bridge.restart();
  await counted(80);
  await until(async () => ((await freshness()).state === 'ok' ? true : undefined), 'all is well again', 30_000);

  const ledger = (await (await fetch(`${server.url}/api/v1/ledger`)).json()) as LedgerRow[];
  expect(ledger.reduce((sum, row) => sum + row.counted, 0)).toBe(80);
  expect(ledger.reduce((sum, row) => sum + row.duplicate, 0)).toBe(5);
  const warehouse = connectWarehouse({ server: bridge.connection });
  await expectExactLedger(warehouse, { api: ledger });
  await warehouse.close();
  // A second Turnout on the same database is told so and changes nothing.
  if (shards === 1) {
    const second = await startServerProcess({ workspace: testWorkspace(), env: environment(bridge) });
    const alarms = (await (await fetch(`${second.url}/api/v1/freshness`)).json()) as Freshness;
    expect(alarms.alarms.map(({ message }) => message).join()).toContain('belongs to another Turnout');
    expect(await second.stop()).toBe(0);
  }
  expect(server.log()).not.toContain(BRIDGE_USERS.writer);
  expect(await server.stop()).toBe(0);
  await bridge.close();
});
