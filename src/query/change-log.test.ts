import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS, type TableChange } from '../contract/changes.ts';
import { ChangeLog } from './change-log.ts';
import type { TableRead } from './query-context.ts';

const TABLES = ['messages', 'people'];
const COLUMNS = ['at', 'starts_at'];

const change: fc.Arbitrary<TableChange> = fc
  .record({
    table: fc.constantFrom(...TABLES),
    hours: fc.option(fc.dictionary(fc.constantFrom(...COLUMNS), fc.array(fc.integer({ min: -50, max: 50 }))), {
      nil: undefined,
    }),
  })
  .map(({ table, hours }) => (hours === undefined ? { table } : { table, hours }));

const instant = fc.option(fc.integer({ min: -60 * HOUR_MS, max: 60 * HOUR_MS }), { nil: undefined });
const read: fc.Arbitrary<TableRead> = fc
  .record({
    table: fc.constantFrom(...TABLES),
    column: fc.option(fc.constantFrom(...COLUMNS), { nil: undefined }),
    start: instant,
    end: instant,
  })
  .map(
    ({ table, column, start, end }): TableRead => ({
      table,
      ...(column === undefined ? {} : { column }),
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
    }),
  );

/** Whether a change may have touched a row that is read. */
function touches({ table, hours }: TableChange, read: TableRead): boolean {
  if (table !== read.table) return false;
  const touched = hours?.[read.column ?? ''];
  if (hours === undefined || touched === undefined) return true;
  if (read.start === undefined && read.end === undefined) return true;
  return touched.some(
    (hour) =>
      (hour + 1) * HOUR_MS > (read.start ?? Number.NEGATIVE_INFINITY) &&
      hour * HOUR_MS < (read.end ?? Number.POSITIVE_INFINITY),
  );
}

function newestTouching(batches: readonly TableChange[][], read: TableRead): number {
  return batches.findLastIndex((batch) => batch.some((one) => touches(one, read))) + 1;
}

test('the version of what is read is the newest batch that touched it', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), read, (batches, one) => {
      const log = new ChangeLog();
      for (const batch of batches) log.applied(batch);
      const version = log.view().versionOf([one]);
      if (one.start !== undefined && one.end !== undefined && one.end <= one.start)
        expect(version).toBeGreaterThanOrEqual(0);
      else expect(version).toBe(newestTouching(batches, one));
    }),
  );
});

test('with bounded memory a version may move too often, never too rarely', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), read, (batches, one) => {
      const log = new ChangeLog(4);
      let before = 0;
      for (const [index, batch] of batches.entries()) {
        log.applied(batch);
        const version = log.view().versionOf([one]);
        expect(version).toBeGreaterThanOrEqual(before);
        if (batch.some((each) => touches(each, one))) expect(version).toBe(index + 1);
        before = version;
      }
    }),
  );
});

test('the newest version over several reads, and of everything where nothing is said', () => {
  const log = new ChangeLog();
  log.applied([{ table: 'messages', hours: { at: [1] } }]);
  log.applied([{ table: 'people', hours: { registered_at: [7] } }]);
  log.applied([{ table: 'stays', hours: { joined_at: [7] } }]);
  const { versionOf, at } = log.view();
  const morning = { table: 'messages', column: 'at', start: 0, end: 5 * HOUR_MS };
  expect(versionOf([morning])).toBe(1);
  expect(versionOf([morning, { table: 'people' }])).toBe(2);
  expect(versionOf(undefined)).toBe(3);
  expect(at).toBe(3);
  log.everythingChanged();
  expect(versionOf([morning])).toBe(4);
});

test('a batch that changed nothing of the facts leaves every version as it is', () => {
  const log = new ChangeLog();
  log.applied([]);
  expect(log.view().at).toBe(0);
});
