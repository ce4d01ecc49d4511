import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Freshness } from '../../src/contract/api.ts';
import { runKillRounds } from '../support/kill-rounds.ts';
import { startServerProcess, temporaryFolder, until } from '../support/server.ts';
import { whatsappNotification } from '../support/whatsapp.ts';
import { APP_SECRET, testWorkspace } from '../support/workspace.ts';

test('kill -9 of the server, again and again under load: every acknowledged event is counted exactly once', {
  timeout: 900_000,
}, async () => {
  const seed = Number(process.env['TURNOUT_SEED'] ?? 20241116);
  const report = await runKillRounds({ rounds: process.env['TURNOUT_THOROUGH'] === '1' ? 200 : 10, seed });
  const median = report.restarts[Math.floor(report.restarts.length / 2)] ?? Number.POSITIVE_INFINITY;
  console.log(
    `seed ${seed}: ${report.acknowledged} acknowledged, restart median ${Math.round(median)} ms, slowest ${Math.round(report.restarts.at(-1) ?? 0)} ms`,
  );
  expect(report.acknowledged).toBeGreaterThan(500);
  expect(median).toBeLessThan(2_000);
});

test('kill -9 of the engine: intake is unaffected, queries recover, nothing is lost', async () => {
  const server = await startServerProcess({ data: temporaryFolder('engine-kill'), workspace: testWorkspace() });
  const now = Math.floor(Date.now() / 1000);
  const send = (id: number) => {
    const { body, headers } = whatsappNotification(
      [{ id: `wamid.e${id}`, status: 'sent', timestamp: now }],
      APP_SECRET,
    );
    return fetch(`${server.url}/hooks/wa`, { method: 'POST', headers, body });
  };
  const count = async (): Promise<number | undefined> => {
    const answer = await fetch(`${server.url}/api/v1/query?m=messages_sent&p=2020-01-01..2099-12-31`);
    if (answer.status === 503) return undefined;
    return Number(((await answer.json()) as { rows: { messages_sent: number }[] }).rows[0]?.messages_sent);
  };

  for (let id = 0; id < 50; id++) expect((await send(id)).status).toBe(200);
  await until(async () => ((await count()) === 50 ? true : undefined), '50 messages are counted');

  for (let round = 0; round < 3; round++) {
    process.kill(engineOf(server.pid), 'SIGKILL');
    for (let id = 0; id < 10; id++) expect((await send(50 + round * 10 + id)).status).toBe(200);
    await until(
      async () => ((await count()) === 60 + round * 10 ? true : undefined),
      'queries recovered and count everything',
    );
  }
  const freshness = (await (await fetch(`${server.url}/api/v1/freshness`)).json()) as Freshness;
  expect(freshness.state).toBe('ok');
  expect(await server.stop()).toBe(0);
});

/** Process id of the engine child: the server's only child. */
function engineOf(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(child);
}
