import { describe, expect, test } from 'vitest';
import type { RunInfo } from '../../src/contract/api.ts';
import type { RowMapping } from '../../src/contract/mapping.ts';
import {
  asksValues,
  closedSteps,
  firstStep,
  flowTitle,
  formatStep,
  obstaclesOf,
  parseStep,
  STEPS,
  stepAfter,
  stepBefore,
  stepForReason,
} from './steps.ts';
import { CHECK, column, importInfo, MESSAGE, OWN, PERSON } from './test-import.ts';

const messages = (...columns: RowMapping['columns']): RowMapping => ({ record: 'message_event', columns });
const CHANNEL = { field: 'channel', value: 'sms' };

describe('the address', () => {
  test('names every step and reads it again', () => {
    for (const step of STEPS) expect(parseStep(formatStep(step))).toBe(step);
  });

  test('knows no other words', () => {
    expect(parseStep('')).toBeNull();
    expect(parseStep('?step=toString')).toBeNull();
    expect(parseStep('?u=1&step=match')).toBe('match');
  });
});

describe('where a file stands', () => {
  const run = { state: 'ok' } as RunInfo;

  test('a new one begins with its first rows, a known header needs no questions', () => {
    expect(firstStep(importInfo())).toBe('file');
    expect(firstStep(importInfo({ saved: { source: 'operator-x', label: 'Operator X' } }))).toBe('known');
  });

  test('what was imported, taken back or failed half way shows its outcome', () => {
    for (const state of ['running', 'done', 'undone', 'failed'] as const)
      expect(firstStep(importInfo({ state, run }))).toBe('import');
  });

  test('its heading says it', () => {
    expect(flowTitle('known', importInfo({ saved: { source: 'x', label: 'Operator X' } }))).toBe(
      'Recognised: Operator X',
    );
    expect(flowTitle('import', importInfo({ state: 'undone' }))).toBe('Taken back');
    expect(flowTitle('file', importInfo({ columns: [] }))).toBe('This file cannot be read');
  });
});

describe('the order', () => {
  test('passes over values where they ask nothing, both ways', () => {
    expect(stepAfter('match', false)).toBe('check');
    expect(stepAfter('match', true)).toBe('values');
    expect(stepBefore('check', false)).toBe('match');
    expect(stepBefore('check', true)).toBe('values');
    expect(stepBefore('file', true)).toBeNull();
  });

  test('values are asked for where a status comes from a column or dates are ambiguous', () => {
    expect(asksValues(importInfo(), MESSAGE, messages(CHANNEL))).toBe(false);
    expect(asksValues(importInfo(), MESSAGE, messages({ field: 'status', column: 'State' }))).toBe(true);
    expect(asksValues(importInfo(), MESSAGE, messages({ field: 'status', value: 'sent' }))).toBe(false);
    const dates = importInfo({ columns: [column('Day', { ambiguous_dates: true })] });
    const mapping: RowMapping = { record: 'row', columns: [{ field: 'day', column: 'Day', type: 'date' }] };
    expect(asksValues(dates, OWN, mapping)).toBe(true);
    expect(asksValues(dates, OWN, { record: 'row', columns: [] })).toBe(false);
  });

  test('a report of a webinar tool asks for the zone of its times, unless they have one', () => {
    const mapping: RowMapping = { record: 'webinar_report', columns: [{ field: 'joined_at', column: 'Join Time' }] };
    const report = (sample: string) =>
      importInfo({ columns: [column('Join Time', { type: 'time', samples: [sample] })] });
    expect(asksValues(report('11/18/2026 12:02:02 PM'), undefined, mapping)).toBe(true);
    expect(asksValues(report('Nov 18, 2026 12:02 PM EST'), undefined, mapping)).toBe(false);
    expect(asksValues(report('2026-11-18T17:02:02Z'), undefined, mapping)).toBe(false);
    expect(asksValues(report('11/18/2026 12:02:02 PM'), undefined, { ...mapping, record: 'attendance' })).toBe(false);
  });

  test('an unreadable file has one step; what counts nothing cannot be imported', () => {
    expect(closedSteps(importInfo({ columns: [] }), []).size).toBe(STEPS.length - 1);
    expect([...closedSteps(importInfo({ check: { ...CHECK, good: 0, fixed: 0 } }), [])]).toEqual(['import']);
    expect([...closedSteps(importInfo({ check: CHECK }), [])]).toEqual([]);
    expect([...closedSteps(importInfo(), [{ step: 'match', message: '' }])]).toEqual(['check', 'import']);
  });
});

describe('what stands in the way', () => {
  const fieldsOf = (kind: typeof MESSAGE | undefined, mapping: RowMapping) =>
    obstaclesOf(importInfo(), kind, mapping).map((one) => one.field);

  test('required fields without column and value', () => {
    const at = { field: 'sent_at', column: 'When' };
    expect(fieldsOf(MESSAGE, messages(at))).toEqual(['channel']);
    expect(fieldsOf(MESSAGE, messages(at, { field: 'channel', value: '' }))).toEqual(['channel']);
    expect(fieldsOf(MESSAGE, messages(at, CHANNEL))).toEqual([]);
  });

  test('a message needs a state and its time', () => {
    expect(fieldsOf(MESSAGE, messages(CHANNEL))).toEqual(['status']);
    expect(fieldsOf(MESSAGE, messages(CHANNEL, { field: 'status', column: 'State' }))).toEqual(['at']);
    const timed = messages(CHANNEL, { field: 'status', column: 'State' }, { field: 'at', column: 'When' });
    expect(fieldsOf(MESSAGE, timed)).toEqual([]);
  });

  test('a person needs one of the identities', () => {
    expect(obstaclesOf(importInfo(), PERSON, { record: 'person', columns: [] })).toMatchObject([
      { step: 'match', field: 'email', among: ['email', 'phone'] },
    ]);
    expect(fieldsOf(PERSON, { record: 'person', columns: [{ field: 'phone', column: 'To' }] })).toEqual([]);
  });

  test('columns of a table need names of their own', () => {
    const table = (...fields: string[]): RowMapping => ({
      record: 'row',
      columns: fields.map((field, index) => ({ field, column: `c${index}` })),
    });
    expect(fieldsOf(OWN, table())).toHaveLength(1);
    expect(fieldsOf(OWN, table('region', 'amount'))).toEqual([]);
    expect(fieldsOf(OWN, table('region', 'region'))).toEqual(['region']);
    expect(fieldsOf(OWN, table('Region', 'source', ''))).toEqual(['Region', 'source', '']);
  });

  test('the order of ambiguous dates has to be said, and only then', () => {
    const info = importInfo({ columns: [column('Day', { ambiguous_dates: true })] });
    const mapping: RowMapping = { record: 'row', columns: [{ field: 'day', column: 'Day', type: 'date' }] };
    expect(obstaclesOf(info, OWN, mapping).map((one) => one.step)).toEqual(['values']);
    expect(obstaclesOf(info, OWN, { ...mapping, date_order: 'dmy' })).toEqual([]);
  });

  test('a kind that nobody knows asks for a kind', () => {
    expect(obstaclesOf(importInfo(), undefined, messages()).map((one) => one.step)).toEqual(['kind']);
  });
});

describe('where rejected rows are mended', () => {
  const mapping = messages(
    { field: 'status', column: 'State' },
    { field: 'charge', column: 'Price' },
    { field: 'recipient.phone', column: 'To' },
    { field: 'channel', column: 'Route' },
  );

  test('by what the column is read as', () => {
    expect(stepForReason('State', MESSAGE, mapping)).toBe('values');
    expect(stepForReason('Price', MESSAGE, mapping)).toBe('values');
    expect(stepForReason('To', MESSAGE, mapping)).toBe('values');
    expect(stepForReason('Route', MESSAGE, mapping)).toBe('match');
    expect(stepForReason(null, MESSAGE, mapping)).toBe('match');
    expect(stepForReason('Other', MESSAGE, mapping)).toBe('file');
  });

  test('in a table by its type, and dates by their order', () => {
    const own: RowMapping = {
      record: 'row',
      columns: [
        { field: 'amount', column: 'Amount', type: 'number' },
        { field: 'day', column: 'Day', type: 'date' },
      ],
    };
    expect(stepForReason('Amount', OWN, own)).toBe('match');
    expect(stepForReason('Day', OWN, own)).toBe('values');
  });
});
