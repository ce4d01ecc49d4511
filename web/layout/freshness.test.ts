import { describe, expect, test } from 'vitest';
import type { Freshness, SourceInfo } from '../../src/contract/api.ts';
import { freshnessWords } from './freshness.ts';

const fresh: Freshness = {
  data_version: '1',
  as_of: '2024-11-15T17:00:00Z',
  complete_through: '2024-11-15T17:00:00Z',
  pending: 0,
  state: 'ok',
  alarms: [],
  late: [],
};

function source(label: string, state: SourceInfo['state']): SourceInfo {
  return {
    name: label.toLowerCase(),
    label,
    connector: 'webhook',
    mode: 'push',
    state,
    detail: '',
    last_received_at: null,
    received_24h: 0,
    quarantined: 0,
  };
}

function words(freshness: Freshness | undefined, sources: SourceInfo[] = [], reachable = true) {
  const { tone, text } = freshnessWords(reachable, freshness, sources, 'en-GB', 'Asia/Jakarta');
  return `${tone}: ${text}`;
}

describe('freshnessWords', () => {
  test('midnight means the day before is complete', () => {
    expect(words(fresh)).toBe('good: Complete to Fri 15 Nov 2024, 23:59');
  });

  test('the worst wins: engine, failed source, late source, waiting entries', () => {
    const sources = [source('SMS', 'ok'), source('WhatsApp', 'late'), source('IVR', 'late')];
    expect(words(fresh, sources)).toBe('warn: WhatsApp is late and 1 more');
    expect(words(fresh, [...sources, source('E-mail', 'failed')])).toBe('bad: E-mail failed');
    expect(words({ ...fresh, state: 'catching_up', pending: 1200 })).toBe('warn: Catching up: 1,200 waiting');
    expect(words({ ...fresh, state: 'receive_only' }, sources)).toBe('bad: Receiving only: nothing new is counted');
    expect(words({ ...fresh, state: 'unavailable' })).toBe('bad: Numbers are not available');
    expect(words(fresh, [], false)).toBe('bad: Not connected');
    expect(words(undefined)).toBe('warn: Looking for the state of the data');
  });
});
