import assert from 'node:assert/strict';
import { appendFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Freshness, LedgerRow } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { encodeFrame, sealFrame } from '../../src/journal/frame.ts';
import { listUnusedNumbers } from '../../src/journal/unused-numbers.ts';
import { checkLedger } from '../../src/projector/check-ledger.ts';
import { sql } from '../../src/sql/build.ts';
import { renderSql } from '../../src/sql/render.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { tableName } from '../../src/warehouse/schema.ts';
import { seededRandom } from './seeded-random.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from './server.ts';
import { whatsappNotification } from './whatsapp.ts';
import { APP_SECRET, testWorkspace } from './workspace.ts';

export interface KillRoundsReport {
  rounds: number;
  acknowledged: number;
  /** Events that reached the journal though their acknowledgement was lost in a kill. */
  unacknowledgedButKept: number;
  /** Milliseconds from spawn to ready, sorted. */
  restarts: number[];
}

/**
 * RELIABILITY F01: kill -9 of the server at random moments under load; afterwards every acknowledged event is counted exactly
 * once and the ledger adds up.
 */
export async function runKillRounds(options: {
  rounds: number;
  seed: number;
  log?: (line: string) => void;
}): Promise<KillRoundsReport> {
  const random = seededRandom(options.seed);
  const data = temporaryFolder('kill');
  const workspace = testWorkspace();
  const sent: string[] = [];
  const acknowledged = new Set<string>();
  const restarts: number[] = [];
  const startedAt = Math.floor(Date.now() / 1000);

  for (let round = 1; round <= options.rounds; round++) {
    const server = await startServerProcess({ data, workspace });
    restarts.push(server.readyAfter);
    const stopSending = sendUnderLoad(
      server,
      () => {
        const id = `k-${sent.length}`;
        sent.push(id);
        return { id, timestamp: startedAt + round };
      },
      acknowledged,
    );
    await new Promise((done) => setTimeout(done, 50 + random() * 1_000));
    await server.stop('SIGKILL');
    await stopSending();
    if (round % 7 === 0) tearTail(join(data, 'main', 'journal'), Math.floor(1 + random() * 400));
    options.log?.(`round ${round}: ${acknowledged.size} acknowledged, restart ${Math.round(restarts.at(-1) ?? 0)} ms`);
  }

  const server = await startServerProcess({ data, workspace });
  restarts.push(server.readyAfter);
  await until(
    async () => ((await getJson<Freshness>(server, '/api/v1/freshness')).pending === 0 ? true : undefined),
    'everything is projected',
    120_000,
  );
  const ledger = await getJson<LedgerRow[]>(server, '/api/v1/ledger');
  for (const row of ledger)
    assert.equal(row.received, row.counted + row.duplicate + row.quarantined + row.expired + row.erased);
  const answered = await countMessages(server);
  assert.equal(await server.stop(), 0);

  const counts = await inspectWarehouse(join(data, 'main'));
  const missing = [...acknowledged].filter((id) => counts.get(id) !== 1);
  assert.deepEqual(missing, [], `acknowledged but not counted exactly once (seed ${options.seed})`);
  const known = new Set(sent);
  const invented = [...counts].filter(([id, count]) => !known.has(id) || count !== 1);
  assert.deepEqual(invented, [], `counted but never sent, or twice (seed ${options.seed})`);
  assert.equal(
    ledger.reduce((sum, row) => sum + row.counted, 0),
    counts.size,
  );
  assert.equal(answered, counts.size);
  return {
    rounds: options.rounds,
    acknowledged: acknowledged.size,
    unacknowledgedButKept: counts.size - acknowledged.size,
    restarts: restarts.sort((a, b) => a - b),
  };
}

/** What a power failure in the middle of a write leaves: the start of a frame, which nobody was told is kept. */
function tearTail(journal: string, bytes: number): void {
  const segments = readdirSync(journal).filter((name) => name.endsWith('.seg'));
  const body = Buffer.alloc(400);
  const frame = encodeFrame({ source: 'wa', receivedAt: 0, target: '', headers: {}, body });
  appendFileSync(join(journal, segments.sort().at(-1) ?? ''), sealFrame(frame, 2 ** 40).subarray(0, bytes));
}

/** The stopped server's own files: the ledger added up independently, and how often each campaign (one per event) was counted. */
async function inspectWarehouse(folder: string): Promise<Map<string, number>> {
  const log = { info() {}, warn() {}, error() {} };
  const opened = await openWarehouse({ folder: join(folder, 'warehouse'), log });
  try {
    assert.deepEqual(opened.alarms, []);
    const listUnused = (through: number) => listUnusedNumbers(join(folder, 'journal'), through);
    assert.deepEqual(await checkLedger(opened.warehouse, { listUnused }), []);
    const { rows } = await opened.warehouse.query<{ campaign: string; messages: number }>(
      renderSql(sql`SELECT campaign, count() AS messages FROM ${tableName('messages')} FINAL GROUP BY campaign`),
      { timeoutMs: 120_000 },
    );
    return new Map(rows.map((row) => [row.campaign, row.messages]));
  } finally {
    await opened.close();
  }
}

/** Keeps about 40 signed requests on the way until told to stop or the server dies. */
function sendUnderLoad(
  server: ServerProcess,
  next: () => { id: string; timestamp: number },
  acknowledged: Set<string>,
): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 40 });
  let stopped = false;
  const lane = async (): Promise<void> => {
    while (!stopped) {
      const { id, timestamp } = next();
      const { body, headers } = whatsappNotification(
        [{ id: `wamid.${id}`, status: 'sent', timestamp, campaign: id }],
        APP_SECRET,
      );
      const status = await post(`${server.url}/hooks/wa`, body, headers, agent).catch(() => 0);
      if (status === 200) acknowledged.add(id);
      if (status === 0) return;
    }
  };
  const lanes = Array.from({ length: 40 }, lane);
  return async () => {
    stopped = true;
    await Promise.all(lanes);
    agent.destroy();
  };
}

function post(url: string, body: string, headers: Record<string, string>, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function countMessages(server: ServerProcess): Promise<number> {
  const result = await getJson<QueryResult>(server, '/api/v1/query?m=messages_sent&p=2020-01-01..2099-12-31');
  return Number(result.rows[0]?.['messages_sent']);
}

async function getJson<T>(server: ServerProcess, path: string): Promise<T> {
  return (await (await fetch(server.url + path)).json()) as T;
}
