import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { zoom } from '../../src/connectors/zoom.ts';
import type { ParsedItem } from '../../src/contract/connector.ts';
import { canonicalRecord } from '../../src/contract/record.ts';

/** Zoom's documented samples, as pages that were read and as events. */

export const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/connectors/zoom/${name}.json`, import.meta.url));
export const SECRET = 'turnout-test-zoom-secret';
export const settingsWith = (more: object = {}) =>
  zoom.settings.parse({
    account_id: 'a',
    client_id: 'b',
    client_secret: 'client-secret',
    webhook_secret: SECRET,
    ...more,
  });
export const settings = settingsWith();
export const READ_AT = Date.parse('2026-11-19T06:00:00Z');
export const UUID = '4444AAAiAAAAAiAiAiiAii==';
export const DANA = 'tJkSdeyhpz8oGtAbCdEfGhIjKlMn';

export const webinar = {
  id: 95550100123,
  uuid: UUID,
  host_id: 'x1yCzABCDEfg23HiJKl4mN',
  host_email: 'host@example.com',
  host: 'Host Person',
  topic: 'Scaling onboarding',
  type: 5,
  start_time: '2026-11-18T17:00:00Z',
  duration: 60,
  timezone: 'America/New_York',
  tracking_fields: [
    { field: 'Region', value: 'North' },
    { field: 'Key', value: 'wbn-1118' },
  ],
  settings: { approval_type: 0, registration_type: 1, alternative_hosts: 'second@example.com' },
};
const dates = [
  { occurrence_id: '1795021200000', start_time: '2026-11-18T17:00:00Z', duration: 60, status: 'available' },
  { occurrence_id: '1795626000000', start_time: '2026-11-25T17:00:00Z', duration: 45, status: 'deleted' },
];
export const series = { ...webinar, type: 9, occurrences: dates };
export const window = { from: Date.parse('2026-11-01T00:00:00Z'), to: null };

export const registrants = [
  {
    id: DANA,
    email: 'dana.lopez@example.com',
    phone: '+12025550123',
    custom_questions: [{ title: 'How did you hear about us?', value: 'WhatsApp' }],
    status: 'approved',
    create_time: '2026-11-10T09:15:22Z',
  },
  {
    id: 'uKlTefziq09pHuBcDeFgHiJkLmNo',
    email: 'ben.okafor@example.com',
    custom_questions: [],
    status: 'approved',
    create_time: '2026-11-12T18:40:00Z',
  },
];
export const participants = [
  {
    id: '',
    user_id: '16778240',
    registrant_id: DANA,
    name: 'Dana Lopez',
    user_email: 'dana.lopez@example.com',
    join_time: '2026-11-18T17:02:02Z',
    leave_time: '2026-11-18T17:20:00Z',
    duration: 1078,
    status: 'in_meeting',
  },
  {
    id: '',
    user_id: '16779264',
    registrant_id: DANA,
    name: 'Dana Lopez',
    user_email: 'dana.lopez@example.com',
    join_time: '2026-11-18T17:19:30Z',
    leave_time: '2026-11-18T17:58:40Z',
    duration: 2350,
    status: 'in_meeting',
  },
  {
    id: '',
    user_id: '16780288',
    registrant_id: '',
    name: 'iPhone',
    user_email: '',
    join_time: '2026-11-18T17:10:00Z',
    leave_time: '2026-11-18T17:15:00Z',
    duration: 300,
    status: 'in_meeting',
  },
];
export const report = (rows: object[], more: object = {}) =>
  JSON.stringify({
    webinar,
    window,
    instances: [],
    instance: { uuid: UUID, start_time: '2026-11-18T16:58:31Z' },
    panelists: [],
    repeats: {},
    participants: rows,
    ...more,
  });

/** The items of a page (with its stream) or of an event; every record is held to the contract. */
export function parse(stream: string | undefined, body: string | Buffer, given = settings): ParsedItem[] {
  const headers: Record<string, string> = stream === undefined ? {} : { 'turnout-stream': stream };
  const items = zoom.parse(
    { seq: 1, receivedAt: READ_AT, target: '/', headers, body: Buffer.from(body) },
    { source: 'zoom', settings: given, defaults: {} },
  );
  for (const item of items) if (item.ok) expect(canonicalRecord.safeParse(item.record).error?.issues).toBeUndefined();
  return items;
}
export const recordsIn = (items: ParsedItem[]) => items.map((item) => (item.ok ? item.record : item.reason));
