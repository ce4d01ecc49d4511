/** Exact sums of PostgreSQL's decimals, which come as texts. */
const SCALE = 6;

export function readDecimal(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = BigInt(`${whole.replace('-', '')}${fraction.padEnd(SCALE, '0').slice(0, SCALE)}`);
  return text.startsWith('-') ? -digits : digits;
}

/** The double that is nearest to it. */
export function decimalNumber(value: bigint): number {
  const digits = String(value < 0n ? -value : value).padStart(SCALE + 1, '0');
  return Number(`${value < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`);
}
