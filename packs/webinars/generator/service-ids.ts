import { createHash } from 'node:crypto';

/** Ids as services make them, from what stands behind them. */

/** Hexadecimal digits. */
export const hexId = (of: string, length = 12): string =>
  createHash('sha256').update(of).digest('hex').slice(0, length);

/** Decimal digits, the first not 0; as text, since 19 digits do not fit into a number. */
export function numberId(of: string, digits: number): string {
  const lowest = 10n ** BigInt(digits - 1);
  return String(lowest + (BigInt(`0x${hexId(of, 30)}`) % (8n * lowest)));
}

/** ISO instant without milliseconds. */
export const isoSeconds = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');
