import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalEntry } from './entry.ts';
import { decodeFrame, encodeFrame, FRAME_HEAD_BYTES, sealFrame } from './frame.ts';

const entries: fc.Arbitrary<JournalEntry> = fc.record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  receivedAt: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  source: fc.string({ unit: 'binary', maxLength: 40 }),
  target: fc.string({ unit: 'binary', maxLength: 200 }),
  headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { noNullPrototype: true }),
  body: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
});

const encoded = (entry: JournalEntry): Buffer => sealFrame(encodeFrame(entry), entry.seq);

test('an entry comes back as it was, whatever follows it', () => {
  fc.assert(
    fc.property(entries, fc.uint8Array({ maxLength: 100 }), (entry, rest) => {
      const frame = encoded(entry);
      expect(decodeFrame(Buffer.concat([frame, rest]))).toEqual({ kind: 'entry', entry, size: frame.length });
    }),
  );
});

test('a cut frame is incomplete and says how much is needed', () => {
  fc.assert(
    fc.property(entries, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (entry, share) => {
      const frame = encoded(entry);
      const decoded = decodeFrame(frame.subarray(0, Math.floor(frame.length * share)));
      expect(decoded.kind).toBe('incomplete');
      if (decoded.kind !== 'incomplete') return;
      expect(decoded.needed).toBeGreaterThan(Math.floor(frame.length * share));
      expect(decoded.needed).toBeLessThanOrEqual(frame.length);
    }),
  );
});

test('one changed byte is never taken for an entry', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (entry, position, mask) => {
      const frame = encoded(entry);
      const at = position % frame.length;
      frame[at] = (frame[at] ?? 0) ^ mask;
      expect(decodeFrame(frame).kind).not.toBe('entry');
    }),
    { numRuns: 500 },
  );
});

test('no bytes make it throw, and none that were not written make an entry', () => {
  const start = encoded({ seq: 1, receivedAt: 0, source: 's', target: '', headers: {}, body: Buffer.alloc(0) });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: FRAME_HEAD_BYTES }), (bytes, kept) => {
      expect(decodeFrame(Buffer.from(bytes)).kind).not.toBe('entry');
      const forged = Buffer.concat([start.subarray(0, Math.min(kept, start.length - 1)), bytes]);
      if (!forged.subarray(0, start.length).equals(start)) expect(decodeFrame(forged).kind).not.toBe('entry');
    }),
    { numRuns: 2000 },
  );
});

test('lengths inside a frame with a right checksum cannot reach past it', () => {
  const frame = encodeFrame({ receivedAt: 0, source: 's', target: '/t', headers: {}, body: Buffer.from('{}') });
  for (const at of [16, 20]) {
    const forged = Buffer.from(frame);
    forged.writeUInt32LE(0xffff_fff0, at);
    expect(decodeFrame(sealFrame(forged, 1)).kind).toBe('bad');
  }
});
