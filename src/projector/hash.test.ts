import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord } from '../contract/record.ts';
import { fingerprint, hashKey, receiptKey } from './hash.ts';

const event: CanonicalRecord = {
  record: 'message_event',
  key: 'e1',
  message_id: 'm1',
  channel: 'sms',
  status: 'sent',
  at: '2024-11-04T08:00:00Z',
  recipient: { phone: '+12025550123', email: 'dana@example.com' },
};

describe('hashKey', () => {
  it('is the first eight bytes of SHA-256', () => {
    expect(hashKey('abc')).toBe(BigInt('0xba7816bf8f01cfea').toString());
  });

  it('keeps its parts apart', () => {
    expect(receiptKey('a', 'bc')).not.toBe(receiptKey('ab', 'c'));
  });
});

describe('fingerprint', () => {
  it('does not depend on the order of fields', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(event), { minLength: Object.keys(event).length }), (names) => {
        const shuffled = Object.fromEntries(
          names.map((name) => [name, (event as unknown as Record<string, unknown>)[name]]),
        );
        expect(fingerprint(shuffled as CanonicalRecord)).toBe(fingerprint(event));
      }),
    );
    expect(fingerprint({ ...event, recipient: { email: 'dana@example.com', phone: '+12025550123' } })).toBe(
      fingerprint(event),
    );
  });

  it('leaves out when it was observed, and our receipt time where the service sends none', () => {
    expect(fingerprint({ ...event, observed_at: '2024-11-05T00:00:00Z' })).toBe(fingerprint(event));
    const receipt: CanonicalRecord = { ...event, at_source: 'receipt' };
    expect(fingerprint({ ...receipt, at: '2024-11-09T00:00:00Z' })).toBe(fingerprint(receipt));
    expect(fingerprint({ ...event, at: '2024-11-09T00:00:00Z' })).not.toBe(fingerprint(event));
  });

  it('sees every other field', () => {
    expect(fingerprint({ ...event, status: 'failed' })).not.toBe(fingerprint(event));
    expect(fingerprint({ ...event, campaign: 'spring' })).not.toBe(fingerprint(event));
  });

  it('does not mind when a service says less about the people of an event the second time', () => {
    expect(fingerprint({ ...event, recipient: { phone: '+12025550123' } })).toBe(fingerprint(event));
    expect(
      fingerprint({
        record: 'activity',
        key: 'a',
        person: { email: 'a@example.com' },
        at: '2024-11-04T08:00:00Z',
        feature: 'login',
      }),
    ).not.toBe(
      fingerprint({
        record: 'activity',
        key: 'a',
        person: { email: 'b@example.com' },
        at: '2024-11-04T08:00:00Z',
        feature: 'login',
      }),
    );
  });
});
