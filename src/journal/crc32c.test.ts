import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

const rising = Uint8Array.from({ length: 32 }, (_, index) => index);
/** RFC 3720 B.4, and the check value of the CRC catalogue. */
const VECTORS: [string, Uint8Array, number][] = [
  ['check value', Buffer.from('123456789'), 0xe3069283],
  ['nothing', Buffer.alloc(0), 0],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['rising', rising, 0x46dd794e],
  ['falling', Uint8Array.from(rising).reverse(), 0x113fdb5c],
  [
    'iSCSI read',
    Buffer.from(
      '01c0000000000000000000000000000014000000000004000000001400000018280000000000000002000000'.padEnd(96, '0'),
      'hex',
    ),
    0xd9963a56,
  ],
];

test.each(VECTORS)('vector: %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('goes on from an earlier checksum at any cut', () => {
  const bytes = Buffer.from('The journal is the record, the warehouse a projection.');
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
});
