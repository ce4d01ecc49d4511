import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SILENT_LOG, temporaryFolder } from '../../test/support/engine.ts';
import { webhook } from '../connectors/webhook.ts';
import type { Connector } from '../contract/connector.ts';
import { tableSpec } from '../contract/model.ts';
import { type ControlEntry, PAGE_HEADERS } from '../contract/pull.ts';
import { openJournal } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { openWarehouse } from '../warehouse/open.ts';
import { createProjector, drain, type ProjectorOptions } from './project.ts';
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

const crm: Connector = { ...webhook, name: 'crm', revisable: true };
const changing = {
  sources: new Map([['crm', { connector: crm, settings: {}, defaults: {} }]]),
  tables: [tableSpec.parse({ version: 1, table: 'leads', columns: [{ name: 'title', type: 'text' }] })],
};

/** The same of a source that is read, with orders. */
async function liveRead(): Promise<void> {
  const row = (key: string, title: string) => ({ record: 'row', key, table: 'leads', values: { title } });
  const control = (body: ControlEntry) => ({ headers: { [PAGE_HEADERS.control]: body.control }, body });
  await project(
    [
      { body: [row('a', 'first'), row('b', 'b'), message(1, 'sent'), 'not a record'] },
      { body: [row('a', 'second'), { ...message(1, 'sent'), message_id: 'other' }, row('c', 'c')] },
      control({ control: 'undo', first_seq: 2, last_seq: 2 }),
      { body: [{ record: 'deletion', key: 'b', of: 'row' }] },
      control({ control: 'replay', items: [{ seq: 1, item: 3 }] }),
    ].map((entry) => ({ source: 'crm', headers: {}, ...entry })),
    changing,
  );
}

async function live(): Promise<void> {
  const bodies = [
    ...Array.from({ length: 8 }, (_, index) => [message(index, 'delivered'), message(index, 'sent')]),
    [{ record: 'person', key: 'p', kind: 'account', email: 'p1@example.com', phone: '+12025550110' }],
    [message(1, 'sent'), { ...message(2, 'sent'), channel: 'ivr' }, 'poison'],
  ];
  await project(
    bodies.map((body) => ({ source: 'hook', headers: {}, body })),
    {},
  );
}

/** A live warehouse, projected entry by entry. */
async function project(
  entries: readonly { source: string; headers: Record<string, string>; body: unknown }[],
  more: Partial<ProjectorOptions>,
): Promise<void> {
  const journal = await openJournal({ folder: join(dataFolder, 'journal'), checkBytesPerSecond: 0 });
  for (const { body, ...entry } of entries)
    await journal.append({
      ...entry,
      receivedAt: Date.parse('2024-11-15T00:00:00Z'),
      target: '',
      body: Buffer.from(JSON.stringify(body)),
    });
  const opened = await openWarehouse({ folder: join(dataFolder, 'warehouse'), log });
  const reader = await openJournalReader(join(dataFolder, 'journal'));
  const projector = createProjector({ ...rules, ...more, warehouse: opened.warehouse, reader });
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

  it('comes to the same after versions, deletions, undo and replay', async () => {
    await liveRead();
    const { before, after, identical } = await rebuild({ ...options(), ...changing });
    expect(after).toStrictEqual(before);
    expect(identical).toBe(true);
    expect(after.facts['table_leads']?.rows).toBe(1);
    expect(after.facts['messages']?.rows).toBe(1);
    expect(after.ledger).toMatchObject([{ received: 9, counted: 4, duplicate: 1, quarantined: 1, erased: 3 }]);
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
