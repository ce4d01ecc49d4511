import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '../src/sql/build.ts';
import { renderSql } from '../src/sql/render.ts';
import { encodeRows } from '../src/warehouse/encode-rows.ts';
import { openWarehouse } from '../src/warehouse/open.ts';
import { columnsOf } from '../src/warehouse/tables.ts';
import { describeMachine, percentile, sortedNumbers } from './measure.ts';
import { ms } from './text.ts';

/** `node bench/warehouse.ts`: what the embedded engine costs: start, memory, a small query, inserts. Medians. */

const ROWS = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'turnout-bench-'));
const log = { info: () => {}, warn: (fields: object, message: string) => console.error(message, fields) };
const messages = Array.from({ length: ROWS }, (_, index) => {
  const at = Date.UTC(2024, 0, 1) + index * 300_000;
  return [BigInt(index) * 7919n + 10n ** 19n, 'source', 'whatsapp', at, at, 1, 1, '123.456789', 'IDR', 1n];
});
const columns = ['message', 'source', 'channel', 'at', 'sent_at', 'sent', 'charged', 'charge', 'currency', 'version'];
const receipts = messages.map(([key], index) => [key, index, 0, 'source', '2024-01-01', key, 'message', 'counted', '']);

async function median(times: number, run: () => Promise<unknown>): Promise<string> {
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const startedAt = performance.now();
    await run();
    taken.push(performance.now() - startedAt);
  }
  return ms(percentile(sortedNumbers(taken), 0.5));
}

console.log(describeMachine());
const startedAt = performance.now();
const opened = await openWarehouse({ folder: join(folder, 'warehouse'), log });
const { warehouse, supervisor } = opened;
const megabytes = (): string => {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${supervisor.pid}/status`, 'utf8'))?.[1];
  return `${Math.round(Number(kilobytes) / 1024)} MB`;
};
console.log('start of an empty folder', ms(performance.now() - startedAt));
console.log('engine memory, idle', megabytes());
console.log('SELECT 1', await median(200, () => warehouse.query(renderSql(sql`SELECT 1`))));
console.log(`encode ${ROWS} messages`, await median(11, async () => encodeRows(messages)));
console.log(`insert ${ROWS} messages`, await median(11, () => warehouse.insert('messages', columns, messages)));
console.log(
  `insert ${ROWS} receipts`,
  await median(11, () => warehouse.insert('receipts', columnsOf('receipts'), receipts)),
);
console.log('insert 1 message', await median(50, () => warehouse.insert('messages', columns, messages.slice(0, 1))));
console.log(
  'count with FINAL',
  await median(50, () => warehouse.query(renderSql(sql`SELECT count() FROM messages FINAL`))),
);
process.kill(supervisor.pid ?? 0, 'SIGKILL');
const killedAt = performance.now();
await warehouse.query(renderSql(sql`SELECT 1`));
console.log('kill -9 to the next answer', ms(performance.now() - killedAt));
console.log('engine memory, at the end', megabytes());
await opened.close();
rmSync(folder, { recursive: true, force: true });
