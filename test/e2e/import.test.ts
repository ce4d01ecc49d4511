import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImportInfo, LedgerRow } from '../../src/contract/api.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { expectLedgerPage, expectStoredLedger } from '../support/ledger-page.ts';
import { DESKTOP, LOOKS, openPage, settled, tableOf } from '../support/page.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';

/** The way from a file that nobody has seen before to a chart, by mouse and by keyboard alone, and the second time in two clicks. */

const TWO_MINUTES = 120_000;
/** Where only scrolling sideways is looked for. */
const NARROWEST = 320;
const folder = temporaryFolder('import-files');
let workspace: string;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  workspace = join(temporaryFolder('import-workspace'), 'workspace');
  server = await startServerProcess({ workspace });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

function file(name: string, lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\r\n'));
  return path;
}

/** A German export: semicolons, decimal commas, a title above the header, days before months. */
const SALES = (first = 1, rows = 40) => [
  'Umsatzbericht;;;;',
  'Bestellnummer;Datum;Stadt;Kanal;Betrag (EUR)',
  ...Array.from({ length: rows }, (_, index) => {
    const day = String(1 + (index % 28)).padStart(2, '0');
    const city = ['Berlin', 'Hamburg', 'München'][index % 3];
    return `B-${first + index};${day}.0${1 + (index % 3)}.2026 10:1${index % 10};${city};${index % 2 ? 'Web' : 'Telefon'};${10 + index},50`;
  }),
];
const sumOf = (rows: number) => Array.from({ length: rows }, (_, index) => 10.5 + index).reduce((a, b) => a + b, 0);

const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;
const ask = (search: string) => get<QueryResult>(`/api/v1/query?${search}`);
const onward = (page: Page) => page.locator('.import-foot .button-main');

/** Presses the button that goes on until rows are being imported. */
async function clickThrough(page: Page): Promise<string[]> {
  const headings: string[] = [];
  for (let step = 0; step < 8; step++) {
    await page.locator('h2').first().waitFor();
    headings.push((await page.locator('main h2').first().textContent()) ?? '');
    const button = onward(page);
    await button.waitFor();
    await until(async () => ((await button.isEnabled()) ? true : undefined), `${headings.at(-1)} can go on`, 30_000);
    const words = (await button.textContent()) ?? '';
    await button.click();
    if (/^Import /.test(words)) return headings;
    await until(
      async () => ((await page.locator('main h2').first().textContent()) === headings.at(-1) ? undefined : true),
      `the step after ${headings.at(-1)}`,
      20_000,
    );
  }
  throw new Error(`never came to the import: ${headings.join(', ')}`);
}

/** Presses Tab until the control has the focus. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let press = 0; press < 200; press++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab never came to it');
}

const imported = (page: Page) => page.getByText(/rows imported/).waitFor({ timeout: 60_000 });

test(
  'a file that was never seen before becomes a chart within two minutes',
  async () => {
    const started = performance.now();
    const page = await openPage(browser, `${server.url}/import`);
    await page.getByLabel('Files to import').setInputFiles(file('sales-january.csv', SALES()));
    await page.locator('.import-foot').waitFor();
    await clickThrough(page);
    await imported(page);
    await page.locator('.import-done').getByRole('link').first().click();
    await page.waitForURL(/\/d\//);
    await settled(page);
    await page.locator('main article [role="img"], main article canvas, main article svg').first().waitFor();
    const minutes = (performance.now() - started) / 60_000;
    expect(minutes).toBeLessThan(2);

    const [info] = (await get<{ imports: ImportInfo[] }>('/api/v1/imports')).imports;
    expect(info).toMatchObject({ state: 'done', check: { rows: 40, rejected: 0 }, run: { rows: 40, state: 'ok' } });
    const name = info?.result?.dashboard?.slice('/d/'.length) ?? '';
    const { metrics } = await get<{ metrics: { name: string; label: string; type: string }[] }>('/api/v1/metrics');
    const sum = metrics.find((metric) => metric.name.startsWith(name) && /betrag/i.test(metric.name));
    expect(sum, JSON.stringify(metrics.filter((metric) => metric.name.startsWith(name)))).toBeDefined();
    const answer = await ask(`m=${sum?.name}&p=2026-01-01..2026-03-31`);
    expect(answer.rows[0]?.[sum?.name ?? '']).toBeCloseTo(sumOf(40), 6);
    await page.context().close();
  },
  TWO_MINUTES,
);

test(
  'the next file with this header takes two clicks; a row that is there already counts once; undo takes it back',
  async () => {
    const page = await openPage(browser, `${server.url}/import`);
    let clicks = 0;
    const click = async (what: { click(): Promise<void> }) => {
      clicks += 1;
      await what.click();
    };
    // Ten rows overlap with the first file.
    const path = file('sales-february.csv', SALES(31, 40));
    const choosing = page.waitForEvent('filechooser');
    await click(page.getByRole('button', { name: /choose|file/i }).first());
    await (await choosing).setFiles(path);
    await page
      .getByText(/recognised/i)
      .first()
      .waitFor();
    await until(async () => ((await onward(page).isEnabled()) ? true : undefined), 'it can be imported', 30_000);
    expect(await onward(page).textContent()).toMatch(/^Import 40 rows/);
    await click(onward(page));
    await imported(page);
    expect(clicks).toBe(2);

    const table = (await get<{ imports: ImportInfo[] }>('/api/v1/imports')).imports;
    const [second, first] = table;
    expect(second?.result?.source).toBe(first?.result?.source);
    const name = first?.result?.dashboard?.slice('/d/'.length) ?? '';
    const count = async () => {
      const { metrics } = await get<{ metrics: { name: string }[] }>('/api/v1/metrics');
      const rows =
        metrics.find((metric) => metric.name.startsWith(name) && /rows|count|number/.test(metric.name)) ??
        metrics.find((metric) => metric.name === name);
      return (await ask(`m=${rows?.name}&p=2026-01-01..2026-03-31`)).rows[0]?.[rows?.name ?? ''];
    };
    await until(async () => ((await count()) === 80 ? true : undefined), 'both files are counted', 20_000).catch(
      () => undefined,
    );
    const both = Number(await count());
    expect(both).toBeGreaterThan(40);

    await page.getByRole('button', { name: /^Undo/ }).first().click();
    await page
      .locator('.button-main', { hasText: /take|undo/i })
      .last()
      .click();
    await page.getByText(/was taken back/).waitFor();
    await until(async () => ((await count()) === 40 ? true : undefined), 'the first file alone is counted', 20_000);
    const ledger = await get<LedgerRow[]>('/api/v1/ledger');
    for (const row of ledger)
      expect(row.received).toBe(row.counted + row.duplicate + row.quarantined + row.expired + row.erased);
    expect(ledger.reduce((all, row) => all + row.erased, 0)).toBe(40);
    await page.context().close();
  },
  TWO_MINUTES,
);

test(
  'by keyboard alone from the page to the chart',
  async () => {
    const started = performance.now();
    const page = await openPage(browser, `${server.url}/import`);
    const path = file('visitors.csv', [
      'Day,Branch,Visitors',
      ...Array.from(
        { length: 30 },
        (_, index) => `2026-03-${String(1 + index).padStart(2, '0')},${['North', 'South'][index % 2]},${100 + index}`,
      ),
    ]);
    // Listened for before: what opens at once would be missed.
    const choosing = page.waitForEvent('filechooser');
    await tabTo(page, page.getByRole('button', { name: 'Choose files' }));
    await page.keyboard.press('Enter');
    await (await choosing).setFiles(path);
    await page.locator('.import-foot').waitFor();
    for (let step = 0; step < 8; step++) {
      const heading = (await page.locator('main h2').first().textContent()) ?? '';
      await until(async () => ((await onward(page).isEnabled()) ? true : undefined), `${heading} can go on`, 30_000);
      const words = (await onward(page).textContent()) ?? '';
      await tabTo(page, onward(page));
      await page.keyboard.press('Enter');
      if (/^Import /.test(words)) break;
      await until(
        async () => ((await page.locator('main h2').first().textContent()) === heading ? undefined : true),
        `the step after ${heading}`,
        20_000,
      );
    }
    await imported(page);
    const link = page.locator('.import-done').getByRole('link').first();
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/d\//);
    await settled(page);
    await page.locator('main article').first().waitFor();
    expect((performance.now() - started) / 60_000).toBeLessThan(2);
    await page.context().close();
  },
  TWO_MINUTES,
);

test('an operator’s report becomes messages of the omnichannel dashboards, with its own words for statuses', async () => {
  const page = await openPage(browser, `${server.url}/import`);
  const path = file('operator-x.csv', [
    'Message ID,MSISDN,Status,Sent at,Price,Currency',
    ...Array.from(
      { length: 20 },
      (_, index) =>
        `op-${index},+1202555${String(100 + index).padStart(4, '0')},${index % 4 === 0 ? 'UNDELIV' : 'DELIVRD'},2026-02-0${1 + (index % 9)}T09:00:00Z,0.05,USD`,
    ),
  ]);
  await page.getByLabel('Files to import').setInputFiles(path);
  await page.locator('.import-foot').waitFor();
  const id = page.url().split('/').at(-1)?.split('?')[0] ?? '';
  const info = await get<ImportInfo>(`/api/v1/imports/${id}`);
  expect(info.mapping.record).toBe('message_event');
  // File, one row, columns: the channel stands in no column of this file.
  await onward(page).click();
  await page.getByRole('heading', { name: 'What is one row?' }).waitFor();
  await onward(page).click();
  await page.getByLabel('Channel', { exact: true }).selectOption({ label: 'The same for every row …' });
  await page.getByLabel('Channel of every row').fill('sms');
  await clickThrough(page);
  await imported(page);
  const asked = async () =>
    (await ask('m=messages_sent,messages_delivered,messages_failed,charges&p=2026-02-01..2026-02-28')).rows[0];
  await until(
    async () => ((await asked())?.['messages_sent'] === 20 ? true : undefined),
    'the messages are counted',
    20_000,
  );
  expect(await asked()).toMatchObject({ messages_delivered: 15, messages_failed: 5, charges: 1 });
  await page.context().close();
});

test('what cannot be read says why and what to do; nothing is kept half', async () => {
  const page = await openPage(browser, `${server.url}/import`);
  const path = join(folder, 'report.xls');
  writeFileSync(path, '<html><body><table><tr><td>1</td></tr></table></body></html>');
  await page.getByLabel('Files to import').setInputFiles(path);
  await page
    .getByRole('alert')
    .filter({ hasText: /HTML|web page/i })
    .first()
    .waitFor();
  await page.context().close();
  const unfinished = await fetch(`${server.url}/api/v1/imports?name=empty.csv`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: '',
  });
  expect(unfinished.status).toBe(400);
});

test('axe finds nothing on any step, wide and narrow, light and dark; nothing scrolls sideways', async () => {
  const path = file('for-axe.csv', SALES(500, 12));
  for (const look of [...LOOKS, { ...DESKTOP, width: NARROWEST, height: 700 }]) {
    const page = await openPage(browser, `${server.url}/import`, look);
    expect(await violationsOf(page), `/import at ${look.width} ${look.theme}`).toEqual([]);
    await page.getByLabel('Files to import').setInputFiles(path);
    await page.locator('.import-foot').waitFor();
    const address = page.url().split('?')[0] ?? '';
    for (const step of ['', 'file', 'kind', 'match', 'values', 'check', 'import']) {
      await page.goto(step === '' ? address : `${address}?step=${step}`);
      await page.locator('.import-foot').waitFor();
      await settled(page);
      if (look.width > NARROWEST)
        expect(await violationsOf(page), `${step} at ${look.width} ${look.theme}`).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        `${step} at ${look.width}`,
      ).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  }
}, 240_000);

test('the dashboard of a table shows its rows as a table like any other', async () => {
  const [info] = (await get<{ imports: ImportInfo[] }>('/api/v1/imports')).imports.filter(
    ({ state }) => state === 'done',
  );
  const page = await openPage(browser, `${server.url}${info?.result?.dashboard}?p=2026-01-01..2026-03-31`);
  const title = await page.getByRole('article').first().getAttribute('aria-label');
  if (title !== null) expect((await tableOf(page, title)).length).toBeGreaterThan(1);
  await page.context().close();
});

test('after imports, repeats and an undo the ledger of page, API and store is one', async () => {
  const page = await openPage(browser, `${server.url}/ledger`);
  const ledger = await expectLedgerPage(page, server.url);
  await page.context().close();
  expect(await server.stop()).toBe(0);
  const stored = await expectStoredLedger(join(server.data, 'main', 'warehouse'), ledger);
  expect(stored.facts.row).toBeGreaterThan(0);
  expect(stored.total.erased).toBe(40);
});
