const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256: table k advances a byte by k further zero bytes ("slicing by 8"). */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let index = 256; index < tables.length; index++) {
    const previous = at(tables, index - 256);
    tables[index] = (previous >>> 8) ^ at(tables, previous & 0xff);
  }
  return tables;
}

function at(bytes: Int32Array | Uint8Array, index: number): number {
  return bytes[index] as number;
}

/**
 * CRC-32C (Castagnoli), RFC 3720 appendix B.4.
 * @param previous the checksum of the bytes before these, to go on from
 * @returns an unsigned 32-bit number
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    const low = crc ^ (at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24));
    crc =
      at(TABLES, 1792 + (low & 0xff)) ^
      at(TABLES, 1536 + ((low >>> 8) & 0xff)) ^
      at(TABLES, 1280 + ((low >>> 16) & 0xff)) ^
      at(TABLES, 1024 + (low >>> 24)) ^
      at(TABLES, 768 + at(bytes, i + 4)) ^
      at(TABLES, 512 + at(bytes, i + 5)) ^
      at(TABLES, 256 + at(bytes, i + 6)) ^
      at(TABLES, at(bytes, i + 7));
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at(TABLES, (crc ^ at(bytes, i)) & 0xff);
  return ~crc >>> 0;
}
