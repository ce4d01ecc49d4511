import { expect, test } from 'vitest';
import { paceOf, waitForMerges } from './pace.ts';

test('little is counted almost at once; much is gathered, the longer the more work it makes', () => {
  expect(paceOf({ records: 1, tookMs: 50 })).toBe(400);
  expect(paceOf({ records: 199, tookMs: 900 })).toBe(400);
  expect(paceOf({ records: 1200, tookMs: 100 })).toBe(400);
  expect(paceOf({ records: 1200, tookMs: 300 })).toBe(900);
  expect(paceOf({ records: 20_000, tookMs: 2000 })).toBe(2500);
});

test('batches wait for merges that do not follow, and never for long', () => {
  expect(waitForMerges(300)).toBe(0);
  expect(waitForMerges(400)).toBe(2000);
  expect(waitForMerges(100_000)).toBe(10_000);
});
