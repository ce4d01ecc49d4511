import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseSources } from '../../src/connectors/sources.ts';
import type { RecordOf } from '../../src/contract/record.ts';
import { rateFile, workspaceFile } from '../../src/contract/workspace.ts';
import type { SampleEntry } from '../sample/entry.ts';
import { CLOCK } from '../sample/time.ts';
import { omnichannelSample } from './sample.ts';
import { accountsIn, localText, type TalliedMessage, type Tally, tallySample } from './sample-tally.ts';

let entries: SampleEntry[];
let tally: Tally;

beforeAll(() => {
  entries = [...omnichannelSample()];
  tally = tallySample(entries);
});

const read = (path: string) => readFileSync(new URL(`../sample/${path}`, import.meta.url), 'utf8');

/** The seed's period, local days. */
const inPeriod = (instant: number): boolean => {
  const day = localText(instant).slice(0, 10);
  return day >= '2024-01-01' && day <= '2024-11-15';
};
const messagesOf = (channel: string): TalliedMessage[] =>
  tally.messages.filter((message) => message.channel === channel && inPeriod(message.at));
const activities = (): RecordOf<'activity'>[] => tally.records.filter((record) => record.record === 'activity');
const share = (part: number, whole: number) => part / whole;
const count = (messages: TalliedMessage[], is: (message: TalliedMessage) => boolean) => messages.filter(is).length;

/** Counts by weekday (0 = Monday) and hour, local time. */
function grid(instants: Iterable<number>): number[][] {
  const cells = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const instant of instants) {
    const local = localText(instant);
    const row = cells[(new Date(local).getUTCDay() + 6) % 7];
    const hour = Number(local.slice(11, 13));
    if (row !== undefined) row[hour] = (row[hour] ?? 0) + 1;
  }
  return cells;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
const byRank = (numbers: readonly number[]) =>
  numbers.map((_, index) => index).sort((a, b) => (numbers[b] ?? 0) - (numbers[a] ?? 0));

describe('entries', () => {
  it('are the same bytes on every run', () => {
    const digest = (list: Iterable<SampleEntry>) => {
      const hash = createHash('sha256');
      for (const entry of list) hash.update(`${entry.source} ${entry.receivedAt} ${entry.target} `).update(entry.body);
      return hash.digest('hex');
    };
    expect(digest(omnichannelSample())).toBe(digest(entries));
  });

  it('come in order of receipt, from 2023 to the clock and not beyond', () => {
    const times = entries.map((entry) => entry.receivedAt);
    expect(times.every((time, index) => Number.isInteger(time) && time >= (times[index - 1] ?? 0))).toBe(true);
    expect(localText(times[0] ?? 0).slice(0, 10)).toBe('2023-01-01');
    expect(times.at(-1)).toBeLessThan(CLOCK);
    const workspace = workspaceFile.parse(parse(read('turnout.yaml')));
    expect(Date.parse(workspace.clock ?? '')).toBe(CLOCK);
    expect(tally.records.every((record) => !('at' in record) || Date.parse(record.at) < CLOCK)).toBe(true);
  });

  it('are of a size that a first start can read', () => {
    expect({
      entries: entries.length,
      received: tally.records.length + tally.duplicates + tally.conflicts + tally.fromTheFuture + tally.poison.length,
      counted: tally.records.length,
      messages: tally.messages.length,
    }).toEqual({ entries: 19_262, received: 234_377, counted: 231_189, messages: 72_526 });
    expect(Math.max(...entries.map((entry) => entry.body.length))).toBeLessThan(100_000);
  });

  it('use fictional numbers and addresses only', () => {
    const addresses = new Set<string>();
    const numbers = new Set<string>();
    for (const entry of entries) {
      const text = entry.body.toString();
      const body = entry.source === 'sample-twilio' ? decodeURIComponent(text) : text;
      for (const [address] of body.matchAll(/[\w.-]+@[\w.-]+/g)) addresses.add(address);
      for (const [, number = ''] of body.matchAll(
        /(?:"(?:recipient_id|from|wa_id|display_phone_number|phone)":"\+?|(?:To|From)=\+)(\d+)/g,
      )) {
        numbers.add(number);
      }
    }
    expect(addresses.size).toBeGreaterThan(2000);
    expect(numbers.size).toBeGreaterThan(2000);
    expect([...addresses].filter((address) => !/[.@]example\.(com|org|net)$/.test(address))).toEqual([]);
    expect([...numbers].filter((number) => !/^1[2-9]\d{2}55501\d{2}$/.test(number))).toEqual([]);
  });

  it('include what goes wrong: duplicates, a conflict, a clock ahead, and poison with its reasons', () => {
    expect(tally.duplicates).toBeGreaterThan(2000);
    expect(tally.conflicts).toBe(1);
    expect(tally.fromTheFuture).toBe(1);
    expect(tally.poison).toHaveLength(10);
    expect(new Set(tally.poison).size).toBeGreaterThan(7);
  });

  it('include statuses out of order and days late', () => {
    /** The connection was down on 11 June from 10 to 12 h: Unix seconds 1718074800 to 1718081999. */
    const late = entries.filter(
      (entry) => entry.source === 'sample-whatsapp' && /^2024-06-1[23]/.test(localText(entry.receivedAt)),
    );
    expect(late.some((entry) => /"timestamp":"17180(7[5-9]|80)\d{3}"/.test(entry.body.toString()))).toBe(true);
    const delivered = tally.messages.filter(
      (message) => message.statuses.has('read') && !message.statuses.has('delivered'),
    );
    expect(delivered.length).toBeGreaterThan(500);
  });
});

describe('workspace', () => {
  it('declares the four sources and reads their secrets from the environment', () => {
    const files = [{ path: 'sources/omnichannel.yaml', text: read('sources/omnichannel.yaml') }];
    const env = {
      SAMPLE_APP_SECRET: 'a-test-secret',
      SAMPLE_VERIFY_TOKEN: 'a-test-token',
      SAMPLE_AUTH_TOKEN: 'a-test-token',
      SAMPLE_TOKEN: 'a-test-token',
      SAMPLE_SENDGRID_PUBLIC_KEY:
        'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZqRMMQwp2SuK5Uyni1Y8/jfHoqnGo76zIZbA4bJK8/tORt4tBMtbrkvEnRFfX5pG0B4a6IxofY7CctlY0vg4RA==',
    };
    const { sources, problems } = parseSources(files, env);
    expect(problems).toEqual([]);
    expect(new Set(sources.map((source) => source.name))).toEqual(new Set(entries.map((entry) => entry.source)));
    expect(parseSources(files, {}).problems).toHaveLength(5);
  });

  it('has a valid rate card', () => {
    expect(rateFile.parse(parse(read('rates/idr.yaml'))).rates).toHaveLength(9);
  });
});

describe('figures of the period, 1 January to 15 November 2024', () => {
  it('charges: WhatsApp 17.8 M, e-mail 3.6 M, IVR 1.3 M, SMS 255.8 K', () => {
    const charges = Object.fromEntries(
      ['whatsapp', 'email', 'ivr', 'sms'].map((channel) => {
        const charged = messagesOf(channel).filter((message) => message.charge > 0);
        return [channel, { messages: charged.length, charges: sum(charged.map((message) => message.charge)) }];
      }),
    );
    expect(charges).toEqual({
      whatsapp: { messages: 33_981, charges: 17_804_830 },
      email: { messages: 14_987, charges: 3_596_880 },
      ivr: { messages: 1_998, charges: 1_298_700 },
      sms: { messages: 787, charges: 255_775 },
    });
  });

  it('delivery: delivered and failed messages by channel', () => {
    const delivery = Object.fromEntries(
      ['whatsapp', 'email', 'ivr', 'sms'].map((channel) => {
        const messages = messagesOf(channel);
        return [channel, [count(messages, (m) => m.delivered), count(messages, (m) => m.failed)]];
      }),
    );
    expect(delivery).toEqual({ whatsapp: [34_883, 1_769], email: [14_556, 431], ivr: [2_698, 1_384], sms: [719, 62] });
  });

  it('categories keep their failures', () => {
    const failed = messagesOf('whatsapp').filter((message) => message.failed);
    const categories = ['marketing', 'utility', 'authentication', 'service'].map((name) =>
      count(failed, (m) => m.category === name),
    );
    expect(categories).toEqual([1_240, 376, 142, 11]);
    expect(failed.every((message) => /^1\d{5} /.test(message.failureReason))).toBe(true);
  });

  it('engagement is plausible on every channel', () => {
    const rate = (channel: string, is: (m: TalliedMessage) => boolean) => {
      const delivered = messagesOf(channel).filter((m) => m.delivered);
      return share(count(delivered, is), delivered.length);
    };
    expect(rate('whatsapp', (m) => m.statuses.has('read'))).toBeCloseTo(0.71, 1);
    expect(rate('email', (m) => m.statuses.has('opened'))).toBeCloseTo(0.41, 1);
    expect(rate('email', (m) => m.statuses.has('opened') && !m.automated)).toBeCloseTo(0.3, 1);
    expect(rate('email', (m) => m.statuses.has('clicked'))).toBeCloseTo(0.05, 1);
    expect(rate('ivr', (m) => m.statuses.has('answered'))).toBeCloseTo(0.74, 2);
    expect(rate('whatsapp', (m) => m.statuses.has('unsubscribed'))).toBeGreaterThan(0.001);
  });

  it('invitations: 210 invited, 105 activated, 34 transacting afterwards', () => {
    const accounts = new Map(accountsIn(tally.records).map((account) => [account.email, account.external_id]));
    const payments = new Map<string, number[]>();
    const pays = (account: string, at: number) => {
      if (inPeriod(at)) payments.set(account, [...(payments.get(account) ?? []), at]);
    };
    for (const message of tally.messages) if (message.charge > 0) pays(message.account, message.at);
    for (const act of activities())
      if (act.feature === 'purchase') pays(act.person.external_id ?? '', Date.parse(act.at));

    const invited = new Map<string, number>();
    const activated = new Map<string, number>();
    for (const record of tally.records) {
      if (record.record !== 'invitation' || !inPeriod(Date.parse(record.invited_at))) continue;
      const email = record.person.email ?? '';
      invited.set(email, Math.min(invited.get(email) ?? Number.POSITIVE_INFINITY, Date.parse(record.invited_at)));
      if (record.activated_at !== undefined) activated.set(email, Date.parse(record.activated_at));
    }
    const transacting = [...activated].filter(([email, at]) =>
      (payments.get(accounts.get(email) ?? '') ?? []).some((paid) => paid > at),
    );
    expect([invited.size, activated.size, transacting.length]).toEqual([210, 105, 34]);
    expect([...activated].every(([email, at]) => inPeriod(at) && at > (invited.get(email) ?? at))).toBe(true);
    const everPaid = [...activated].filter(([email]) => payments.has(accounts.get(email) ?? ''));
    expect(everPaid).toHaveLength(34);
  });

  it('users: registered, active and transacting', () => {
    const accounts = accountsIn(tally.records);
    const ids = new Set(accounts.map((account) => account.external_id));
    const isNew = new Set(
      accounts.filter((a) => inPeriod(Date.parse(a.registered_at ?? ''))).map((a) => a.external_id),
    );
    const active = new Set<string | undefined>();
    const transacting = new Set<string | undefined>();
    for (const message of tally.messages) {
      if (inPeriod(message.at) && message.sent) active.add(message.account);
      if (inPeriod(message.at) && message.charge > 0) transacting.add(message.account);
    }
    for (const act of activities()) {
      if (!inPeriod(Date.parse(act.at))) continue;
      active.add(act.person.external_id);
      if (act.feature === 'purchase') transacting.add(act.person.external_id);
    }
    expect([...active].every((id) => ids.has(id))).toBe(true);
    expect({ registered: ids.size, new: isNew.size, active: active.size, transacting: transacting.size }).toEqual({
      registered: 456,
      new: 266,
      active: 393,
      transacting: 223,
    });
  });

  it('activity peaks on working days from 8 to 12 h, Tuesday and Wednesday highest', () => {
    const seen = new Map<string, number>();
    const act = (account: string | undefined, at: number) => {
      if (inPeriod(at)) seen.set(`${account} ${localText(at).slice(0, 13)}`, at);
    };
    for (const message of tally.messages) if (message.sent) act(message.account, message.at);
    for (const activity of activities()) act(activity.person.external_id, Date.parse(activity.at));
    const cells = grid(seen.values());
    expect(byRank(cells.map(sum)).slice(0, 2)).toEqual([1, 2]);
    const hours = Array.from({ length: 24 }, (_, hour) => sum(cells.slice(0, 5).map((row) => row[hour] ?? 0)));
    expect(
      byRank(hours)
        .slice(0, 4)
        .sort((a, b) => a - b),
    ).toEqual([8, 9, 10, 11]);
    expect(sum(cells.slice(5).map(sum))).toBeLessThan(sum(cells.slice(0, 5).map(sum)) / 10);
  });

  it('charged messages peak on working days from 8 to 15 h, Tuesday and Wednesday highest', () => {
    const charged = tally.messages.filter((message) => message.charge > 0 && inPeriod(message.at));
    const cells = grid(charged.map((message) => message.at));
    expect(byRank(cells.map(sum)).slice(0, 2)).toEqual([1, 2]);
    const hours = Array.from({ length: 24 }, (_, hour) => sum(cells.slice(0, 5).map((row) => row[hour] ?? 0)));
    expect(
      byRank(hours)
        .slice(0, 7)
        .sort((a, b) => a - b),
    ).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect(hours[15] ?? 0).toBeLessThan((hours[14] ?? 0) / 2);
  });

  it('grows over the year before, month by month of the quarter', () => {
    const charges = (from: string, to: string) =>
      sum(
        tally.messages
          .filter((m) => localText(m.at).slice(0, 10) >= from && localText(m.at).slice(0, 10) <= to)
          .map((m) => m.charge),
      );
    const before = charges('2023-01-01', '2023-11-15');
    expect(before).toBeGreaterThan(3_000_000);
    expect(before).toBeLessThan(
      sum(['whatsapp', 'email', 'ivr', 'sms'].flatMap((channel) => messagesOf(channel).map((m) => m.charge))) / 3,
    );
    const quarters = [
      ['01', '03-31'],
      ['04', '06-30'],
      ['07', '09-30'],
    ].map(([from, to]) => charges(`2024-${from}-01`, `2024-${to}`));
    expect(quarters).toEqual(quarters.toSorted((a, b) => a - b));
  });

  it('a few accounts are big and most are small', () => {
    const byAccount = new Map<string, number>();
    for (const message of tally.messages) {
      if (inPeriod(message.at)) byAccount.set(message.account, (byAccount.get(message.account) ?? 0) + message.charge);
    }
    const sizes = [...byAccount.values()].sort((a, b) => b - a);
    expect(share(sum(sizes.slice(0, 10)), sum(sizes))).toBeGreaterThan(0.4);
    expect(byAccount.has('')).toBe(false);
  });
});
