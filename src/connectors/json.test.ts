import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, parseJson, parseJsonBody } from './json.ts';

describe('parseJson', () => {
  it('keeps long integers as they were sent', () => {
    expect(
      parseJson('{"a":123456789012345,"b":1234567890123456,"c":[-12345678901234567890, 9007199254740993]}'),
    ).toEqual({
      ok: true,
      value: { a: 123456789012345, b: '1234567890123456', c: ['-12345678901234567890', '9007199254740993'] },
    });
  });

  it('leaves digits in texts, fractions and exponents alone', () => {
    const text =
      '{"1234567890123456789":"a \\"12345678901234567890\\\\","x":0.12345678901234567890,"y":1e22,"z":"\\\\"}';
    expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it('refuses deep nesting and takes the deepest allowed', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(MAX_JSON_DEPTH)).ok).toBe(true);
    expect(parseJson(nested(MAX_JSON_DEPTH + 1))).toMatchObject({ ok: false });
    expect(parseJson('['.repeat(1_000_000))).toMatchObject({ ok: false });
    expect(parseJson(`"${'['.repeat(100)}"`).ok).toBe(true);
  });

  it('agrees with JSON.parse on any value that a number can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        if (/\d{16}/.test(text)) return;
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseJsonBody', () => {
  it('takes a byte order mark and refuses what is not UTF-8', () => {
    expect(parseJsonBody(Buffer.from('\ufeff[1]'))).toEqual({ ok: true, value: [1] });
    expect(parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toEqual({
      ok: false,
      reason: 'The body is not UTF-8 text.',
    });
    expect(parseJsonBody(Buffer.from('\ufeff[1]', 'utf16le'))).toMatchObject({ ok: false });
    expect(parseJsonBody(Buffer.alloc(0))).toEqual({ ok: false, reason: 'The body is empty.' });
  });
});
