import { expect, test } from 'vitest';
import { describeLateness, type SourceFacts } from './lateness.ts';
import { parseSchedule } from './schedule.ts';

const ZONE = 'Europe/Berlin';

function facts(given: Partial<SourceFacts> & { schedule_line?: string } = {}): SourceFacts {
  return {
    expect: undefined,
    schedule: parseSchedule(given.schedule_line, ZONE),
    timeZone: ZONE,
    uploads: false,
    since: Date.parse('2026-11-01T12:00:00Z'),
    paused: false,
    blocked: false,
    running: false,
    completeThrough: Date.parse('2026-11-20T05:00:00Z'),
    failures: 0,
    attempts: 0,
    nextAttemptAt: null,
    lastError: null,
    ...given,
  };
}

const at = (text: string) => Date.parse(text);
const see = (given: Parameters<typeof facts>[0], now: string) => {
  const { state, detail, expected } = describeLateness(facts(given), at(now));
  return [state, detail, expected];
};

test.each<[string, Parameters<typeof facts>[0], string, unknown[]]>([
  ['in time', {}, '2026-11-20T08:10:00Z', ['ok', 'Last complete run 3 h ago.', 'within 2 h of its schedule']],
  [
    'the grace after the next morning',
    {},
    '2026-11-21T06:59:00Z',
    ['ok', 'Last complete run 25 h ago.', 'within 2 h of its schedule'],
  ],
  [
    'past it',
    {},
    '2026-11-21T16:30:00Z',
    ['late', 'Late 9 h. Last complete run 35 h ago.', 'within 2 h of its schedule'],
  ],
  [
    'manual owes nothing',
    { schedule_line: 'manual' },
    '2026-12-24T00:00:00Z',
    ['ok', 'Last complete run 33 d ago.', null],
  ],
  [
    'before its first run',
    { completeThrough: null },
    '2026-11-01T13:00:00Z',
    ['waiting', 'Waits for its first run.', 'within 2 h of its schedule'],
  ],
  [
    'never came',
    { completeThrough: null },
    '2026-11-02T08:00:00Z',
    ['late', 'Late 60 min. Nothing complete has come yet.', 'within 2 h of its schedule'],
  ],
  [
    'by: today is not due yet',
    { expect: { by: '06:30' } },
    '2026-11-21T05:29:00Z',
    ['ok', 'Last complete run 24 h ago.', 'by 06:30'],
  ],
  [
    'by: today is due',
    { expect: { by: '06:30' } },
    '2026-11-21T05:45:00Z',
    ['late', 'Late 15 min. Last complete run 24 h ago.', 'by 06:30'],
  ],
  [
    'by: days behind',
    { expect: { by: '06:30' } },
    '2026-11-24T05:45:00Z',
    ['late', 'Late 3 d. Last complete run 4 d ago.', 'by 06:30'],
  ],
  [
    'by: a run of today counts',
    { expect: { by: '06:30' }, completeThrough: at('2026-11-20T23:30:00Z') },
    '2026-11-21T22:00:00Z',
    ['ok', 'Last complete run 22 h ago.', 'by 06:30'],
  ],
  [
    'max_age',
    { expect: { max_age: '90m' } },
    '2026-11-20T06:40:00Z',
    ['late', 'Late 10 min. Last complete run 100 min ago.', 'at most 90 min old'],
  ],
  [
    'both: the stricter',
    { expect: { by: '06:30', max_age: '26h' } },
    '2026-11-21T05:45:00Z',
    ['late', 'Late 15 min. Last complete run 24 h ago.', 'by 06:30, at most 26 h old'],
  ],
  [
    'running',
    { running: true },
    '2026-11-21T16:30:00Z',
    ['running', 'A run is under way. Last complete run 35 h ago.', 'within 2 h of its schedule'],
  ],
  [
    'paused',
    { paused: true },
    '2026-11-21T16:30:00Z',
    ['paused', 'Paused. Last complete run 35 h ago.', 'within 2 h of its schedule'],
  ],
  [
    'tries are left: late, not failed',
    { failures: 2, attempts: 2, nextAttemptAt: at('2026-11-21T05:24:00Z'), lastError: 'The service is away.' },
    '2026-11-21T05:20:00Z',
    ['late', 'Retry 3/5 in 4 min. The service is away.', 'within 2 h of its schedule'],
  ],
  [
    'late and tries are left',
    { failures: 2, attempts: 2, nextAttemptAt: at('2026-11-21T16:34:00Z'), lastError: 'The service is away.' },
    '2026-11-21T16:30:00Z',
    ['late', 'Late 9 h, retry 3/5 in 4 min. The service is away.', 'within 2 h of its schedule'],
  ],
  [
    'no tries are left',
    { failures: 5, attempts: 5, lastError: 'The service is away.' },
    '2026-11-21T07:20:00Z',
    ['failed', 'Failed 5 times in a row. The service is away.', 'within 2 h of its schedule'],
  ],
  [
    'a person has to mend it',
    { failures: 1, blocked: true, lastError: 'The password is wrong.' },
    '2026-11-21T05:20:00Z',
    ['failed', 'The last run failed. The password is wrong.', 'within 2 h of its schedule'],
  ],
])('%s', (_, given, now, expected) => {
  expect(see(given, now)).toEqual(expected);
});

test('what it means for the figures does not change while a run is under way or waits', () => {
  const late = describeLateness(facts({ running: true }), at('2026-11-21T16:30:00Z'));
  expect([late.owes, late.lateSince]).toEqual(['late', at('2026-11-21T07:00:00Z')]);
  expect(describeLateness(facts({ paused: true }), at('2026-11-21T16:30:00Z')).owes).toBeNull();
});

test('"by" meets the days on which the clocks are changed', () => {
  const given = { expect: { by: '02:30' }, completeThrough: at('2026-03-28T01:00:00Z') };
  expect(describeLateness(facts(given), at('2026-03-29T00:59:00Z')).owes).toBeNull();
  expect(describeLateness(facts(given), at('2026-03-29T01:01:00Z')).owes).toBe('late');
});
