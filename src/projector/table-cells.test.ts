import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { cellReaders } from './table-cells.ts';

const read = cellReaders('Europe/Berlin');
const iso = (cell: unknown) => (typeof cell === 'number' ? new Date(cell).toISOString() : cell);

describe('cells of tables of one’s own', () => {
  it.each([
    ['1', '1.000000'],
    ['-0.5', '-0.500000'],
    ['.5', '0.500000'],
    ['12.', '12.000000'],
    [' 7 ', '7.000000'],
    [0.1, '0.100000'],
    [1e-7, '0.000000'],
    ['1e3', '1000.000000'],
    ['1.5E-3', '0.001500'],
    ['0.0000005', '0.000001'],
    ['-0.0000004', '0.000000'],
    ['0.9999995', '1.000000'],
    ['999999999999.999999', '999999999999.999999'],
    ['123456789012.1234565', '123456789012.123457'],
    ['999999999999.9999996', undefined],
    ['1000000000000', undefined],
    ['1e400', undefined],
    ['1e-300', '0.000000'],
    ['1,5', undefined],
    ['', null],
    ['  ', null],
    [null, null],
    ['.', undefined],
    ['many', undefined],
    [true, undefined],
  ])('number %j is %j', (value, cell) => expect(read.number(value)).toBe(cell));

  it.each([
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', undefined],
    ['-9223372036854775808', '-9223372036854775808'],
    ['+42', '42'],
    ['42.000', '42'],
    [1e15, '1000000000000000'],
    ['1.5', undefined],
    [1.5, undefined],
    ['', null],
  ])('integer %j is %j', (value, cell) => expect(read.integer(value)).toBe(cell));

  it.each([
    ['TRUE', 1],
    ['no', 0],
    [1, 1],
    [0, 0],
    [false, 0],
    ['2', undefined],
    ['', null],
  ])('boolean %j is %j', (value, cell) => expect(read.boolean(value)).toBe(cell));

  it.each([
    ['a', 'a'],
    [7, '7'],
    [true, 'true'],
    [null, ''],
    ['  kept  ', '  kept  '],
  ])('text %j is %j', (value, cell) => expect(read.text(value)).toBe(cell));

  it.each([
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2026-01-01', '2025-12-31T23:00:00.000Z'],
    ['2026-01-01T10:00:00', '2025-12-31T23:00:00.000Z'],
    // Already the next day in Berlin.
    ['2026-01-01T23:30:00Z', '2026-01-01T23:00:00.000Z'],
    ['1955-05-05', '1955-05-04T23:00:00.000Z'],
    ['2026-02-30', undefined],
    ['1850-01-01', undefined],
    ['01.02.2026', undefined],
    [20260101, undefined],
    ['', null],
  ])('date %j is %j', (value, cell) => expect(iso(read.date(value))).toBe(cell));

  it.each([
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01 10:00:00.1234+02', '2026-01-01T08:00:00.123Z'],
    ['2026-01-01T10:00-0530', '2026-01-01T15:30:00.000Z'],
    ['2026-01-01T10:00:00', '2026-01-01T09:00:00.000Z'],
    ['2026-01-01', '2025-12-31T23:00:00.000Z'],
    // Left out by the change of the clock, and repeated by it.
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['2026-01-01T25:00:00', undefined],
    ['soon', undefined],
  ])('time %j is %j', (value, cell) => expect(iso(read.time(value))).toBe(cell));

  it.each(['Australia/Lord_Howe', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia'])(
    'local times of %s agree with the calendar at every quarter of a change',
    (zone) => {
      const { time } = cellReaders(zone);
      for (const start of [
        '2026-04-04T20:00',
        '2026-10-03T20:00',
        '2026-03-08T00:00',
        '2026-11-01T00:00',
        '2011-12-29T20:00',
      ])
        for (let minutes = 0; minutes < 720; minutes += 7) {
          const local = Temporal.PlainDateTime.from(start).add({ minutes });
          expect(time(local.toString({ smallestUnit: 'second' }))).toBe(local.toZonedDateTime(zone).epochMilliseconds);
        }
    },
  );
});
