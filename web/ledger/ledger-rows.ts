import type { LedgerRow } from '../../src/contract/api.ts';
import { addDays } from '../../src/contract/plain-date.ts';

/** The ledger as the page shows it. Pure. */

export const LEDGER_PARTS = ['counted', 'duplicate', 'quarantined', 'expired', 'erased'] as const;
export type LedgerAmounts = Pick<LedgerRow, 'received' | (typeof LEDGER_PARTS)[number]>;

/** Received = counted + duplicate + quarantined + expired + erased. */
export function balances(row: LedgerAmounts): boolean {
  return row.received === LEDGER_PARTS.reduce((sum, part) => sum + row[part], 0);
}

/** Rows of one source, or of all, of the last `days` local days, today among them; newest first. */
export function filterLedger(
  rows: readonly LedgerRow[],
  filter: { source: string | null; days: number | null },
  today: string,
): LedgerRow[] {
  const first = filter.days === null ? '' : addDays(today, 1 - filter.days);
  return rows
    .filter((row) => (filter.source === null || row.source === filter.source) && row.day >= first)
    .toSorted((a, b) => b.day.localeCompare(a.day) || a.source.localeCompare(b.source));
}

export function sumLedger(rows: readonly LedgerAmounts[]): LedgerAmounts {
  const total: LedgerAmounts = { received: 0, counted: 0, duplicate: 0, quarantined: 0, expired: 0, erased: 0 };
  for (const row of rows) for (const part of ['received', ...LEDGER_PARTS] as const) total[part] += row[part];
  return total;
}

/** One sum per source, in the order of their names. */
export function totalsBySource(rows: readonly LedgerRow[]): { source: string; amounts: LedgerAmounts }[] {
  return [...Map.groupBy(rows, (row) => row.source)]
    .map(([source, own]) => ({ source, amounts: sumLedger(own) }))
    .toSorted((a, b) => a.source.localeCompare(b.source));
}
