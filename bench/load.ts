// How fast files of history are loaded: node bench/load.ts [--messages 1000000] [--seed 1] [--rebuild]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LoadedMessage, MESSAGE_TIMES } from '../src/contract/load.ts';
import { loadLedger } from '../src/projector/ledger.ts';
import { sql } from '../src/sql/build.ts';
import { renderSql } from '../src/sql/render.ts';
import { openWarehouse } from '../src/warehouse/open.ts';
import { loadTableSizes } from '../src/warehouse/table-sizes.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { startServerProcess, temporaryFolder } from '../test/support/server.ts';
import { describeMachine } from './measure.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    rebuild: { type: 'boolean', default: false },
  },
});
const MESSAGES = Number(values.messages);
const FIRST = Date.UTC(2025, 0, 1);
const DAYS = 320;
const CHANNELS = ['whatsapp', 'email', 'sms', 'ivr'] as const;
const CATEGORIES = ['marketing', 'service', 'utility'] as const;

const machine = describeMachine();
console.log(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, load before ${machine.loadBefore}`,
);
const workspace = temporaryFolder('bench-load-workspace');
mkdirSync(workspace, { recursive: true });
writeFileSync(join(workspace, 'turnout.yaml'), 'version: 1\nname: Bench\ntime_zone: UTC\ncurrency: USD\n');
const data = temporaryFolder('bench-load');
const file = join(temporaryFolder('bench-load-file'), 'history.ndjson');
const expected = await writeHistory(file);
const megabytes = statSync(file).size / 1e6;
console.log(
  `${MESSAGES} messages with ${expected.events} events (times of a status) in ${megabytes.toFixed(0)} MB of NDJSON (seed ${values.seed})`,
);

const server = await startServerProcess({ data, workspace, env: { TURNOUT_LOG: 'warn' } });
try {
  await run(['load', file, '--url', server.url]);
} finally {
  await server.stop();
}
await check();
report('journal, files of history', join(data, 'main', 'journal', 'bulk'));
report('warehouse', join(data, 'main', 'warehouse'));
if (values.rebuild) await run(['rebuild']);

async function run(args: string[]): Promise<void> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'src', 'cli', 'main.ts'), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', TURNOUT_DATA: data, TURNOUT_WORKSPACE: workspace, NODE_NO_WARNINGS: '1' },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`turnout ${args[0]} ended with ${code}`);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `turnout ${args[0]}: ${seconds.toFixed(1)} s, ${Math.round(MESSAGES / seconds)} messages/s, ${Math.round(expected.events / seconds)} events/s, ${(megabytes / seconds).toFixed(0)} MB/s; load ${loadavg()[0]?.toFixed(1)}`,
  );
}

/** @returns what the numbers must be, by channel, and the sum of charges in thousandths; the events of which the lines were merged */
async function writeHistory(path: string): Promise<{ channels: Map<string, number>; charges: number; events: number }> {
  const random = seededRandom(Number(values.seed));
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const channels = new Map<string, number>();
  let charges = 0;
  let events = 0;
  const out = createWriteStream(path, { highWaterMark: 4 << 20 });
  let text = '';
  for (let index = 0; index < MESSAGES; index += 1) {
    const at = FIRST + Math.floor((index / MESSAGES) * DAYS * 86_400_000) + below(1000);
    const channel = pick(CHANNELS);
    const thousandths = below(100);
    const message: LoadedMessage = {
      message_id: `${index.toString(36)}-${below(1e9).toString(36)}`,
      channel,
      category: pick(CATEGORIES),
      campaign: `campaign-${below(50)}`,
      account: { external_id: `account-${below(20_000)}` },
      recipient: { email: `p${below(200_000)}@example.com` },
      sent_at: new Date(at).toISOString(),
      ...(below(10) < 9
        ? { delivered_at: new Date(at + 5_000).toISOString() }
        : { failed_at: new Date(at + 4_000).toISOString(), failure_reason: 'unreachable' }),
      ...(below(10) < 4 ? { read_at: new Date(at + 60_000).toISOString() } : {}),
      billable: true,
      charge: thousandths / 1000,
      currency: 'USD',
    };
    channels.set(channel, (channels.get(channel) ?? 0) + 1);
    charges += thousandths;
    events += MESSAGE_TIMES.filter((time) => message[time] !== undefined).length;
    text += `${JSON.stringify(message)}\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'close');
  return { channels, charges, events };
}

/** The ledger and the facts against what was generated. */
async function check(): Promise<void> {
  const opened = await openWarehouse({
    folder: join(data, 'main', 'warehouse'),
    log: { info: () => {}, warn: () => {} },
  });
  try {
    const ledger = await loadLedger(opened.warehouse);
    const counted = ledger.reduce((sum, row) => sum + row.counted, 0);
    const { rows } = await opened.warehouse.query<{ channel: string; messages: number; thousandths: number }>(
      renderSql(sql`SELECT channel, count() AS messages, toInt64(sum(charge) * 1000) AS thousandths
FROM turnout.messages FINAL GROUP BY channel`),
    );
    const charges = rows.reduce((sum, row) => sum + row.thousandths, 0);
    const right = rows.every(({ channel, messages }) => expected.channels.get(channel) === messages);
    if (!right || counted !== MESSAGES || charges !== expected.charges)
      throw new Error(
        `generated ${JSON.stringify([...expected.channels])}, ${expected.charges}; there are ${JSON.stringify(rows)}`,
      );
    console.log('ledger, messages by channel and charges are as generated');
    for (const { name, rows: count, bytes } of await loadTableSizes(opened.warehouse))
      if (bytes > MESSAGES / 10)
        console.log(`  ${name}: ${count} rows, ${(bytes / MESSAGES).toFixed(1)} bytes a message`);
  } finally {
    await opened.close();
  }
}

function report(what: string, folder: string): void {
  const bytes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  console.log(`${what}: ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / MESSAGES).toFixed(1)} bytes a message`);
}
