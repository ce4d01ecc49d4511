import { describe, expect, it } from 'vitest';
import { rateFile } from '../contract/workspace.ts';
import { compileRates } from './rates.ts';

describe('compileRates', () => {
  it('asks the most specific line first, then the latest one', () => {
    const { rates } = rateFile.parse({
      version: 1,
      rates: [
        { channel: 'sms', valid_from: '2024-01-01', price: 1, currency: 'IDR' },
        { channel: 'sms', valid_from: '2024-06-01', price: 2, currency: 'IDR' },
        { channel: 'sms', category: 'otp', valid_from: '2024-01-01', price: 3, currency: 'IDR' },
        { channel: 'sms', country: 'id', valid_from: '2024-01-01', price: 4, currency: 'IDR' },
        { channel: 'sms', country: 'ID', category: 'otp', valid_from: '2024-01-01', price: 5, currency: 'IDR' },
      ],
    });
    expect(compileRates(rates, 'Asia/Jakarta').map((line) => line.price)).toStrictEqual([5, 4, 3, 2, 1]);
  });

  it('turns local dates into instants of the workspace', () => {
    const { rates } = rateFile.parse({
      version: 1,
      rates: [
        { channel: 'sms', valid_from: '2024-01-01', valid_to: '2024-10-27', price: 1, currency: 'EUR' },
        { channel: 'sms', valid_from: '2023-01-01', price: 1, currency: 'EUR' },
      ],
    });
    const [line, open] = compileRates(rates, 'Europe/Berlin');
    expect(new Date(line?.from ?? 0).toISOString()).toBe('2023-12-31T23:00:00.000Z');
    expect(new Date(line?.to ?? 0).toISOString()).toBe('2024-10-26T22:00:00.000Z');
    expect(open?.to).toBeUndefined();
  });
});
