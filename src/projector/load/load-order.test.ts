import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder, withEngine } from '../../../test/support/engine.ts';
import { emptyTables, rowsOf } from '../../../test/support/facts.ts';
import { MemoryJournal } from '../../../test/support/memory-journal.ts';
import { webhook } from '../../connectors/webhook.ts';
import { MAX_LINE_BYTES } from '../../contract/load.ts';
import { type LoadOrder, PAGE_HEADERS } from '../../contract/pull.ts';
import { keepBulk } from '../../journal/bulk.ts';
import { checkLedger } from '../check-ledger.ts';
import { messageKey } from '../hash.ts';
import { loadLedger } from '../ledger.ts';
import { createProjector, drain, type ProjectorOptions } from '../project.ts';
import { loadQuarantine } from '../quarantine.ts';

const engine = withEngine();
const RECEIVED = Date.parse('2024-11-16T03:00:00Z');
const silent = { info() {}, warn() {}, error() {} };

let journal: MemoryJournal;
let journalFolder: string;
let remove: () => void;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
  ({ folder: journalFolder, remove } = temporaryFolder());
});
afterEach(() => remove());

async function load(lines: readonly unknown[], source = 'history'): Promise<void> {
  const body = Buffer.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  const pieces = await keepBulk(journalFolder, Readable.from([body]), { pieceLines: 1000, lineBytes: MAX_LINE_BYTES });
  for (const { linesBefore, ...piece } of pieces)
    journal.append({
      source,
      receivedAt: RECEIVED,
      headers: { [PAGE_HEADERS.control]: 'load' },
      body: Buffer.from(
        JSON.stringify({
          control: 'load',
          ...piece,
          file: 'old.ndjson',
          lines_before: linesBefore,
        } satisfies LoadOrder),
      ),
    });
}

const makeProjector = (options: Partial<ProjectorOptions> = {}) =>
  createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    journalFolder,
    sources: new Map(
      ['hook', 'history'].map((name) => [name, { connector: webhook, settings: { token: 'unused' }, defaults: {} }]),
    ),
    workspace: { time_zone: 'Asia/Jakarta', currency: 'IDR', country: 'ID' },
    channels: [],
    rates: [],
    log: silent,
    ...options,
  });
const project = async (options: Partial<ProjectorOptions> = {}) => {
  await drain(makeProjector(options), journal.durableSeq);
  expect(await checkLedger(engine.warehouse)).toStrictEqual([]);
};

const message = (id: string, more: object = {}) => ({
  message_id: id,
  channel: 'sms',
  sent_at: '2024-10-01T08:00:00Z',
  ...more,
});
const ledger = async () =>
  (await loadLedger(engine.warehouse)).map(
    ({ source, day, received, counted, duplicate, quarantined }) =>
      `${source} ${day} ${received} = ${counted} + ${duplicate} + ${quarantined}`,
  );

describe('a file of history', () => {
  it('counts each message once, whatever is loaded again', async () => {
    await load([message('a'), message('b'), message('b'), message('c', { channel: 'email' })]);
    await load([message('b'), message('c'), message('d')]);
    await load([message('a'), message('b'), message('b'), message('c', { channel: 'email' })]);
    await project();
    expect(await ledger()).toStrictEqual(['history 2024-11-16 11 = 4 + 6 + 1']);
    const messages = await rowsOf<{ message: string; channel: string }>(engine.warehouse, 'messages');
    expect(messages.map(({ channel }) => channel).sort()).toStrictEqual(['email', 'sms', 'sms', 'sms']);
    const { items } = await loadQuarantine(engine.warehouse, { limit: 10 });
    expect(items.map(({ reason, raw }) => [reason, JSON.parse(raw)])).toStrictEqual([
      [
        'Line 2 of old.ndjson: The message was loaded before with another content. The first one is counted.',
        message('c'),
      ],
    ]);
  });

  it('gives a message the key that its events would give it', async () => {
    const ids = ['plain', 'a/b', 'qu"ote', 'back\\slash', 'tab\there', 'Ünïcödé ✓', '\u0001', '{}', "it's"];
    await load(ids.map((id) => message(id)));
    await project();
    const rows = await engine.warehouse.query<{ id: string }>(
      'SELECT toString(message) AS id FROM turnout.messages FINAL' as never,
    );
    expect(rows.rows.map(({ id }) => id).sort()).toStrictEqual(ids.map((id) => messageKey('history', id)).sort());
  });
});
