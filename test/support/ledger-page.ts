import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { LedgerRow } from '../../src/contract/api.ts';
import { openWarehouse } from '../../src/warehouse/open.ts';
import { SILENT_LOG } from './engine.ts';
import { type ExactLedger, expectExactLedger } from './ledger.ts';

const COLUMNS = ['received', 'counted', 'duplicate', 'quarantined', 'expired', 'erased'] as const;
type Sums = Record<(typeof COLUMNS)[number], number>;

/** What the ledger page shows by source is what the API says, and every row of it adds up. @returns the API's rows */
export async function expectLedgerPage(page: Page, url: string): Promise<LedgerRow[]> {
  const answer = await fetch(`${url}/api/v1/ledger`);
  const ledger = (await answer.json()) as LedgerRow[];
  await page.goto(`${url}/ledger?days=all`);
  const table = page.getByRole('region', { name: 'By source' }).getByRole('table');
  await table.waitFor();
  const rows = await table
    .locator('tbody tr, tfoot tr')
    .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')));
  const shown = rows.map((cells) => cells.slice(1, 7).map((cell) => Number(cell.replaceAll(/\D/g, ''))));
  const sums = new Map<string, Sums>();
  for (const row of ledger) {
    expect(row.received).toBe(row.counted + row.duplicate + row.quarantined + row.expired + row.erased);
    const sum = sums.get(row.source) ?? {
      received: 0,
      counted: 0,
      duplicate: 0,
      quarantined: 0,
      expired: 0,
      erased: 0,
    };
    for (const column of COLUMNS) sum[column] += row[column];
    sums.set(row.source, sum);
  }
  const told = [...sums.values()].map((sum) => COLUMNS.map((column) => sum[column]));
  const total = COLUMNS.map((_, index) => told.reduce((all, sum) => all + (sum[index] ?? 0), 0));
  for (const sum of told) expect(shown).toContainEqual(sum);
  if (told.length > 1) expect(shown).toContainEqual(total);
  return ledger;
}

/** The store of a server that has ended: its receipts, facts, versions and quarantine add up to the ledger that the API told. */
export async function expectStoredLedger(folder: string, ledger: readonly LedgerRow[]): Promise<ExactLedger> {
  const opened = await openWarehouse({ folder, log: SILENT_LOG });
  try {
    const stored = await expectExactLedger(opened.warehouse, { api: ledger });
    return stored;
  } finally {
    await opened.close();
  }
}
