import { expect, test } from 'vitest';
import type { LedgerRow } from '../../src/contract/api.ts';
import { balances, filterLedger, sumLedger, totalsBySource } from './ledger-rows.ts';

function row(source: string, day: string, patch: Partial<LedgerRow> = {}): LedgerRow {
  return { source, day, received: 10, counted: 7, duplicate: 2, quarantined: 1, expired: 0, erased: 0, ...patch };
}

const rows = [
  row('crm', '2026-11-18'),
  row('sms', '2026-11-20'),
  row('crm', '2026-11-20', { received: 5, counted: 5, duplicate: 0, quarantined: 0 }),
  row('crm', '2026-10-21'),
];

test('a row balances when its parts make what was received', () => {
  expect(rows.every(balances)).toBe(true);
  expect(balances(row('crm', '2026-11-20', { counted: 6 }))).toBe(false);
  expect(balances(row('crm', '2026-11-20', { counted: 5, expired: 1, erased: 1 }))).toBe(true);
});

test('filters by source and by days, newest first, today among the days', () => {
  const days = (source: string | null, length: number | null) =>
    filterLedger(rows, { source, days: length }, '2026-11-20').map((each) => `${each.day} ${each.source}`);
  expect(days(null, null)).toEqual(['2026-11-20 crm', '2026-11-20 sms', '2026-11-18 crm', '2026-10-21 crm']);
  expect(days('crm', 30)).toEqual(['2026-11-20 crm', '2026-11-18 crm']);
  expect(days(null, 1)).toEqual(['2026-11-20 crm', '2026-11-20 sms']);
  expect(days(null, 31)).toHaveLength(4);
});

test('sums per source and in all', () => {
  expect(totalsBySource(rows).map(({ source, amounts }) => [source, amounts.received, amounts.counted])).toEqual([
    ['crm', 25, 19],
    ['sms', 10, 7],
  ]);
  expect(sumLedger(rows).received).toBe(35);
  expect(sumLedger([])).toEqual({ received: 0, counted: 0, duplicate: 0, quarantined: 0, expired: 0, erased: 0 });
});
