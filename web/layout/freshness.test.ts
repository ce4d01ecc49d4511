import { describe, expect, test } from 'vitest';
import type { Freshness } from '../../src/contract/api.ts';
import { freshnessWords, lengthWords } from './freshness.ts';

const fresh: Freshness = {
  data_version: '1',
  as_of: '2024-11-15T17:00:00Z',
  complete_through: '2024-11-15T17:00:00Z',
  pending: 0,
  state: 'ok',
  alarms: [],
  late: [],
};
const now = '2024-11-16T01:30:00Z';

function owes(label: string, patch: Partial<Freshness['late'][number]> = {}): Freshness['late'][number] {
  return { source: label.toLowerCase(), label, state: 'late', detail: '', complete_through: null, ...patch };
}

function words(freshness: Freshness | undefined, reachable = true) {
  const { tone, text } = freshnessWords(reachable, freshness, { locale: 'en-GB', timeZone: 'Asia/Jakarta', now });
  return `${tone}: ${text}`;
}

describe('freshnessWords', () => {
  test('midnight means the day before is complete', () => {
    expect(words(fresh)).toBe('good: Complete to Fri 15 Nov 2024, 23:59');
  });

  test('the worst wins: engine, the first source that owes, waiting entries', () => {
    const late = [owes('WhatsApp', { since: '2024-11-15T16:15:00Z' }), owes('IVR')];
    expect(words({ ...fresh, late })).toBe('warn: WhatsApp 9 h late and 1 more');
    expect(words({ ...fresh, late, state: 'catching_up', pending: 9 })).toBe('warn: WhatsApp 9 h late and 1 more');
    expect(words({ ...fresh, late: [owes('E-mail', { state: 'failed', failures: 3 }), ...late] })).toBe(
      'bad: E-mail failed 3× and 2 more',
    );
    expect(words({ ...fresh, late: [owes('E-mail', { state: 'failed', failures: 1 })] })).toBe('bad: E-mail failed');
    expect(words({ ...fresh, late: [owes('IVR')] })).toBe('warn: IVR is late');
    expect(words({ ...fresh, state: 'catching_up', pending: 1200 })).toBe('warn: Catching up: 1,200 waiting');
    expect(words({ ...fresh, late, state: 'receive_only' })).toBe('bad: Receiving only: nothing new is counted');
    expect(words({ ...fresh, late, state: 'unavailable' })).toBe('bad: Numbers are not available');
    expect(words({ ...fresh, late }, false)).toBe('bad: Not connected');
    expect(words(undefined)).toBe('warn: Looking for the state of the data');
  });
});

test.each([
  ['2024-11-16T01:29:50Z', '1 m'],
  ['2024-11-16T00:45:00Z', '45 m'],
  ['2024-11-14T02:00:00Z', '47 h'],
  ['2024-11-13T01:00:00Z', '3 d'],
])('from %s it is %s', (from, text) => {
  expect(lengthWords(from, now, 'en-GB')).toBe(text);
});
