import { beforeEach, describe, expect, it } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { emptyTables } from '../../test/support/facts.ts';
import { MemoryJournal } from '../../test/support/memory-journal.ts';
import { webhook } from '../connectors/webhook.ts';
import type { IdentityReport } from '../contract/api.ts';
import { DEFAULT_IDENTITY } from '../contract/identity.ts';
import { loadIdentityReport } from './identity-report.ts';
import { createProjector, drain } from './project.ts';

const engine = withEngine();
const START = '2026-03-01T18:00:00Z';
const source = { connector: webhook, settings: { token: 'unused-here' }, defaults: {} };

let journal: MemoryJournal;
beforeEach(async () => {
  await emptyTables(engine.warehouse);
  journal = new MemoryJournal();
});

const receive = (from: string, ...records: object[]) =>
  journal.append({
    source: from,
    receivedAt: Date.parse('2026-03-02T05:00:00Z'),
    body: Buffer.from(JSON.stringify(records)),
  });

async function report(labels: Record<string, string>): Promise<IdentityReport> {
  const projector = createProjector({
    warehouse: engine.warehouse,
    reader: journal,
    sources: new Map(['crm', 'hook', 'bm', 'zoom'].map((name) => [name, source])),
    workspace: { time_zone: 'Europe/Berlin', currency: 'EUR' },
    channels: [],
    rates: [],
    log: { info() {}, warn() {}, error() {} },
  });
  await drain(projector, journal.durableSeq);
  const sources = new Map(Object.entries(labels));
  return loadIdentityReport(engine.warehouse, { sources, rules: DEFAULT_IDENTITY, own: false });
}

const person = (key: string, email: string, more: object = {}) => ({
  record: 'person',
  key,
  kind: 'contact',
  email,
  ...more,
});
const registration = (key: string, email: string, more: object = {}) => ({
  record: 'registration',
  key,
  webinar_id: 'a',
  person: { email, ...more },
  registered_at: '2026-02-20T10:00:00Z',
});
const attendance = (key: string, who: object, more: object = {}) => ({
  record: 'attendance',
  key,
  webinar_id: 'a',
  person: who,
  joined_at: START,
  left_at: '2026-03-01T18:10:00Z',
  ...more,
});

describe('the identity report', () => {
  it('tells how well people of different sources are recognised as one', async () => {
    receive(
      'crm',
      {
        record: 'message_event',
        key: 'e',
        message_id: 'm1',
        channel: 'sms',
        status: 'sent',
        at: START,
        account: { external_id: 'acme' },
        recipient: { phone: '+12025550123' },
      },
      person('p', 'dana@example.com'),
    );
    receive('hook', person('h', 'dana@example.com', { phone: '+12025550199' }));
    expect(await report({ crm: 'The CRM' })).toMatchObject({
      people: 3,
      known_by: { email: 1, phone: 2, external_id: 1 },
      matched: 1,
      sources: [
        { source: 'crm', label: 'The CRM', people: 3, matched: 1 },
        { source: 'hook', label: 'hook', people: 1, matched: 1 },
      ],
      unmatched: [
        { person: '+1202…23', source: 'crm' },
        { person: 'a…', source: 'crm' },
      ],
    });
  });

  it('counts how joins found their registration, and shows some that did not', async () => {
    const title = 'About a';
    receive(
      'bm',
      { record: 'webinar', key: 'w', webinar_id: 'a', title, format: 'live', status: 'finished', starts_at: START },
      registration('1', 'dana@example.com'),
      registration('2', 'ben@example.com'),
      registration('3', 'cem@example.com', { phone: '+12025550123' }),
      registration('4', 'eva@example.com', { phone: '+12025550123' }),
    );
    receive(
      'zoom',
      attendance('1', { email: 'dana@example.com' }),
      attendance('2', { phone: '+12025550123' }, { joined_at: '2026-03-01T18:03:00Z' }),
      attendance('3', { external_id: 'stranger' }, { left_at: undefined }),
    );
    const { attendance: matching, sources } = await report({ bm: 'BigMarker' });
    expect(matching).toEqual({
      rules: DEFAULT_IDENTITY,
      own: false,
      joined: 3,
      by: { service_id: 0, email: 1, phone: 0, external_id: 0, unmatched: 1, ambiguous: 1 },
      examples: [
        { person: '+1202…23', webinar: 'a', title, reason: 'ambiguous', joined_at: '2026-03-01T18:03:00.000Z' },
        { person: 'st…er', webinar: 'a', title, reason: 'unmatched', joined_at: '2026-03-01T18:00:00.000Z' },
      ],
    });
    expect(sources).toEqual([
      { source: 'bm', label: 'BigMarker', people: 5, matched: 2 },
      { source: 'zoom', label: 'zoom', people: 3, matched: 2 },
    ]);
  });
});
