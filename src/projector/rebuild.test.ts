import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SILENT_LOG, temporaryFolder } from '../../test/support/engine.ts';
import { webhook } from '../connectors/webhook.ts';
import { openJournal } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { openWarehouse } from '../warehouse/open.ts';
import { createProjector, drain } from './project.ts';
import { type RebuildOptions, rebuild } from './rebuild.ts';

let dataFolder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder: dataFolder, remove } = temporaryFolder());
});
afterEach(() => remove());

const log = { ...SILENT_LOG, error: () => {} };
const rules = {
  sources: new Map([['hook', { connector: webhook, settings: { token: 'unused-here' }, defaults: {} }]]),
  workspace: { time_zone: 'Asia/Jakarta', currency: 'IDR', country: 'ID' },
  channels: [],
  rates: [],
  log,
};
const options = (): RebuildOptions => ({ dataFolder, now: () => Date.parse('2024-11-16T00:00:00Z'), ...rules });

const message = (index: number, status: string) => ({
  record: 'message_event',
  key: `${index}-${status}`,
  message_id: `m${index}`,
  channel: 'sms',
  status,
  at: new Date(Date.parse('2024-11-01T00:00:00Z') + index * 3_600_000).toISOString(),
  account: { external_id: 'acme' },
  recipient: index % 2 === 0 ? { phone: `+120255501${10 + index}` } : { email: `p${index}@example.com` },
});

/** A live warehouse, projected entry by entry. */
async function live(): Promise<void> {
  const journal = await openJournal({ folder: join(dataFolder, 'journal'), checkBytesPerSecond: 0 });
  const bodies = [
    ...Array.from({ length: 8 }, (_, index) => [message(index, 'delivered'), message(index, 'sent')]),
    [{ record: 'person', key: 'p', kind: 'account', email: 'p1@example.com', phone: '+12025550110' }],
    [message(1, 'sent'), { ...message(2, 'sent'), channel: 'ivr' }, 'poison'],
  ];
  for (const body of bodies)
    await journal.append({
      source: 'hook',
      receivedAt: Date.parse('2024-11-15T00:00:00Z'),
      target: '',
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
    });
  const opened = await openWarehouse({ folder: join(dataFolder, 'warehouse'), log });
  const reader = await openJournalReader(join(dataFolder, 'journal'));
  const projector = createProjector({ ...rules, warehouse: opened.warehouse, reader });
  for (let seq = 1; seq <= journal.durableSeq; seq += 1) await drain(projector, seq);
  await reader.close();
  await opened.close();
  await journal.close();
}

describe('rebuild', () => {
  it('gives the same facts and the same ledger, and takes the place of the old warehouse', async () => {
    await live();
    const { before, after, identical } = await rebuild(options());
    expect(after).toStrictEqual(before);
    expect(identical).toBe(true);
    expect(after.seq).toBe(10);
    expect(after.facts['messages']?.rows).toBe(8);
    expect(after.ledger).toMatchObject([{ received: 20, counted: 17, duplicate: 1, quarantined: 2 }]);
    expect(readdirSync(dataFolder).sort()).toStrictEqual(['journal', 'warehouse']);
    expect((await rebuild(options())).identical).toBe(true);
  });

  it('needs no old warehouse, and keeps one that knows more than the journal', async () => {
    await live();
    rmSync(join(dataFolder, 'warehouse'), { recursive: true });
    const { before, after, identical } = await rebuild(options());
    expect([before, identical, after.seq]).toStrictEqual([undefined, false, 10]);
    rmSync(join(dataFolder, 'journal'), { recursive: true });
    await expect(rebuild(options())).rejects.toThrow('has only 0 of the 10 entries');
    expect(existsSync(join(dataFolder, 'warehouse'))).toBe(true);
  });
});
