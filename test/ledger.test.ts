import { beforeEach, expect, test } from 'vitest';
import { webhook } from '../src/connectors/webhook.ts';
import type { Connector } from '../src/contract/connector.ts';
import { tableSpec } from '../src/contract/model.ts';
import { PAGE_HEADERS } from '../src/contract/pull.ts';
import type { CanonicalRecord } from '../src/contract/record.ts';
import { checkSums } from '../src/projector/check-ledger.ts';
import { createProjector, drain } from '../src/projector/project.ts';
import { sql } from '../src/sql/build.ts';
import type { Fragment } from '../src/sql/nodes.ts';
import { renderSql } from '../src/sql/render.ts';
import type { RenderedSql } from '../src/sql/rendered.ts';
import { runAll } from '../src/warehouse/run-all.ts';
import { truncateTableStatements } from '../src/warehouse/schema.ts';
import { withEngine } from './support/engine.ts';
import { emptyTables } from './support/facts.ts';
import { expectExactLedger } from './support/ledger.ts';
import { MemoryJournal } from './support/memory-journal.ts';

/** The check that ends the fault tests finds what is wrong: one row too many or too few, anywhere. */

const engine = withEngine();
const LEADS = tableSpec.parse({ version: 1, table: 'leads', columns: [{ name: 'title', type: 'text' }] });
const crm: Connector = {
  ...webhook,
  name: 'crm',
  revisable: true,
  parse: ({ body }) => (JSON.parse(String(body)) as CanonicalRecord[]).map((record) => ({ ok: true, record })),
};

beforeEach(async () => {
  await emptyTables(engine.warehouse);
  const journal = new MemoryJournal();
  const settings = { token: 'unused-here' };
  const append = (source: string, ...records: object[]) =>
    journal.append({
      source,
      receivedAt: Date.parse('2026-03-02T05:00:00Z'),
      headers: { [PAGE_HEADERS.stream]: 'main' },
      body: Buffer.from(JSON.stringify(records)),
    });
  const person = { email: 'dana@example.com' };
  const at = '2026-03-01T08:00:00Z';
  append(
    'hook',
    { record: 'message_event', key: 'e', message_id: 'm', channel: 'sms', status: 'sent', at, recipient: person },
    { record: 'activity', key: 'a', person, at, feature: 'login' },
    { record: 'invitation', key: 'i', person, invited_at: at },
    { record: 'person', key: 'p', kind: 'contact', ...person },
    { record: 'person', key: 'bad' },
    { record: 'attendance', key: 'j', webinar_id: 'w', person, joined_at: at, seconds: 60 },
  );
  append('crm', { record: 'row', key: 'r', table: 'leads', values: { title: 'a' } });
  append('crm', { record: 'row', key: 'r', table: 'leads', values: { title: 'b' } });
  const projector = createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    sources: new Map([
      ['hook', { connector: webhook, settings, defaults: {} }],
      ['crm', { connector: crm, settings, defaults: {} }],
    ]),
    workspace: { time_zone: 'UTC', currency: 'USD' },
    channels: [],
    rates: [],
    tables: [LEADS],
    log: { info() {}, warn() {}, error() {} },
  });
  await drain(projector, journal.durableSeq);
});

test('what is right is right', async () => {
  const { facts, ofWebinars, older, deletions, total } = await expectExactLedger(engine.warehouse, { durableSeq: 3 });
  expect(facts).toEqual({ message_event: 1, activity: 1, invitation: 1, person: 1, row: 1 });
  expect([ofWebinars, older, deletions]).toEqual([1, 1, 0]);
  expect(total).toEqual({ received: 8, counted: 7, duplicate: 0, quarantined: 1, expired: 0, erased: 0 });
});

const change = (statement: Fragment) => () => [renderSql(statement)];
const empty = (table: string) => () => truncateTableStatements(table, engine.warehouse.layout);
const DAMAGE: Record<string, () => RenderedSql[]> = {
  'an activity too many': change(sql`INSERT INTO turnout.activities (activity, source, version) VALUES (7, 'hook', 1)`),
  'an invitation too many': change(
    sql`INSERT INTO turnout.invitations (invitation, source, version) VALUES (7, 'hook', 1)`,
  ),
  'a message without an event': change(sql`INSERT INTO turnout.messages (message, at, version) VALUES (7, 0, 1)`),
  'an event without a receipt': change(
    sql`INSERT INTO turnout.message_events (message, event, version) VALUES (7, 7, 1)`,
  ),
  'a person whom nobody told of': change(
    sql`INSERT INTO turnout.person_records (record, fingerprint, person, version) VALUES (7, 7, 1, 1)`,
  ),
  'a join that nobody received': change(
    sql`INSERT INTO turnout.attendances (webinar, record, version) VALUES ('w', 7, 1)`,
  ),
  'no joins': empty('attendances'),
  'no stays': empty('stays'),
  'no participations': empty('participations'),
  'a webinar without a row of its own': change(
    sql`INSERT INTO turnout.participations (webinar, person, version, is_deleted) VALUES ('w', 0, 9, 1)`,
  ),
  'a row of a table too many': change(sql`INSERT INTO turnout.table_leads (title, row, version) VALUES ('x', 7, 1)`),
  'no rows of a table': empty('table_leads'),
  'no activities': empty('activities'),
  'no people': empty('person_records'),
  'no versions': empty('record_versions'),
  'no quarantine': empty('quarantine'),
  'a receipt too many': change(
    sql`INSERT INTO turnout.receipts (key, seq, item, source, day, outcome) VALUES (7, 1, 9, 'hook', '2026-03-02', 'duplicate')`,
  ),
  'no receipts': empty('receipts'),
  'an entry that was not received': change(
    sql`INSERT INTO turnout.entries (seq, source, day, records) VALUES (2, 'crm', '2026-03-02', 2)`,
  ),
};

test.each(Object.keys(DAMAGE))('%s is found', async (name) => {
  await runAll(engine.warehouse, DAMAGE[name]?.() ?? []);
  await expect(expectExactLedger(engine.warehouse)).rejects.toThrow();
});

test('an API that tells another ledger is found', async () => {
  const { ledger } = await expectExactLedger(engine.warehouse);
  const told = ledger.map((row) => ({ ...row, counted: row.counted - 1, duplicate: row.duplicate + 1 }));
  await expect(expectExactLedger(engine.warehouse, { api: told })).rejects.toThrow();
});

test('a large ledger is looked at in slices: each fault is found in one of them, and by all together', async () => {
  await engine.warehouse.command(
    renderSql(sql`INSERT INTO turnout.receipts SELECT * REPLACE(99 AS item) FROM turnout.receipts
WHERE kind = 'activity'`),
  );
  const whole = await checkSums(engine.warehouse, 3);
  const counted = whole.filter((problem) => problem.includes('was counted 2 times'));
  expect(counted).toHaveLength(1);
  expect(await checkSums(engine.warehouse, 3, { receipts: 3 })).toEqual(expect.arrayContaining(counted));
  const slices = await Promise.all([0, 1, 2].map((turn) => checkSums(engine.warehouse, 3, { receipts: 3, turn })));
  expect(slices.flat().filter((problem) => counted.includes(problem))).toHaveLength(1);
});
