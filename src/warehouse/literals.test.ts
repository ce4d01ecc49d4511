import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withEngine } from '../../test/support/engine.ts';
import { boolean, commas, date, instant, list, number, sql, string, uint64 } from '../sql/build.ts';
import type { SqlNode } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';

/** What `renderSql` writes is what the engine reads: the only proof that counts is the engine's own answer. */

const engine = withEngine();

const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex').toUpperCase();
const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '`',
      '\\',
      '\0',
      '\n',
      '\r',
      '\t',
      ';',
      '--',
      '/*',
      '*/',
      '$$',
      '{',
      '}',
      '\ud800',
      'é',
      '🦜',
    ),
    maxLength: 30,
  }),
);
const anyDay = fc
  .integer({ min: Date.UTC(1900, 0, 1) / 86_400_000, max: Date.UTC(2299, 11, 31) / 86_400_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const anyInstant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2299, 11, 31, 23, 59, 59, 999) });
const anyNumber = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 0.1, 1e21, 1e-7),
);
const anyUint64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });

/** Asks the engine for many values in one statement, as text. */
async function ask(parts: SqlNode[]): Promise<string[]> {
  const { rows } = await engine.warehouse.query<{ answer: string[] }>(
    renderSql(sql`SELECT [${commas(parts)}] AS answer`),
  );
  return rows[0]?.answer ?? [];
}

test('strings', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyString, { minLength: 1, maxLength: 50 }), async (values) => {
      expect(await ask(values.map((value) => sql`hex(${string(value)})`))).toEqual(values.map(hexOf));
      expect(await ask(values.map((value) => string(value)))).toEqual(values.map((value) => value.toWellFormed()));
    }),
    { numRuns: 60 },
  );
});

test('numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyNumber, { minLength: 1, maxLength: 50 }), async (values) => {
      const bits = await ask(values.map((value) => sql`toString(reinterpretAsUInt64(toFloat64(${number(value)})))`));
      const view = new DataView(new ArrayBuffer(8));
      for (const [index, value] of values.entries()) {
        // The engine has no negative zero literal; -0 and 0 are the same amount.
        view.setFloat64(0, value === 0 ? 0 : value);
        expect(bits[index], String(value)).toBe(String(view.getBigUint64(0)));
      }
    }),
    { numRuns: 60 },
  );
});

test('64-bit numbers, alone and in lists', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyUint64, { minLength: 1, maxLength: 50 }), async (values) => {
      expect(await ask(values.map((value) => sql`toString(${uint64(value)})`))).toEqual(values.map(String));
      const all = list(values.map(uint64));
      expect(await ask(values.map((value) => sql`toString(${uint64(value)} IN ${all})`))).toEqual(
        values.map(() => '1'),
      );
      const [outside] = await ask([
        sql`toString(${uint64(values.reduce((a, b) => (a + b + 1n) & 0xffff_ffff_ffff_ffffn))} IN ${all})`,
      ]);
      const missing = !values.includes(values.reduce((a, b) => (a + b + 1n) & 0xffff_ffff_ffff_ffffn));
      expect(outside).toBe(missing ? '0' : '1');
    }),
    { numRuns: 40 },
  );
});

test('dates, instants and booleans', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyDay, anyInstant, fc.boolean()), { minLength: 1, maxLength: 40 }),
      async (rows) => {
        expect(await ask(rows.map(([day]) => sql`toString(${date(day)})`))).toEqual(rows.map(([day]) => day));
        expect(await ask(rows.map(([, at]) => sql`toString(${instant(at)})`))).toEqual(
          rows.map(([, at]) => new Date(at).toISOString().replace('T', ' ').replace('Z', '')),
        );
        expect(await ask(rows.map(([, , flag]) => sql`toString(${boolean(flag)})`))).toEqual(
          rows.map(([, , flag]) => (flag ? '1' : '0')),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('every cell that is inserted comes back', async () => {
  let seq = 0n;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyString, anyUint64, fc.integer({ min: 0, max: Date.UTC(2105, 0, 1) })), {
        minLength: 1,
        maxLength: 40,
      }),
      async (values) => {
        const first = seq;
        const rows = values.map(([raw, , at], item) => [seq, item, 'source', at, raw, raw]);
        seq += 1n;
        await engine.warehouse.insert('quarantine', ['seq', 'item', 'source', 'received_at', 'reason', 'raw'], rows);
        const answer = await engine.warehouse.query<{ raw: string; reason: string; at: number }>(
          renderSql(sql`SELECT hex(raw) AS raw, hex(reason) AS reason, toUnixTimestamp64Milli(received_at) AS at
FROM quarantine WHERE seq = ${uint64(first)} ORDER BY item`),
        );
        expect(answer.rows).toEqual(values.map(([raw, , at]) => ({ raw: hexOf(raw), reason: hexOf(raw), at })));
      },
    ),
    { numRuns: 30 },
  );
});
