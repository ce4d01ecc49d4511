import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { QueryResult, Row } from '../../src/contract/result.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { LOOKS, openPage, settled, tableOf, tile } from '../support/page.ts';

/** What moved a rate: over HTTP, on the page, by keyboard. The numbers of the sample's story are read elsewhere. */

const { url } = inject('sample');
const TITLE = 'What moved the attendance rate';
const DIMENSIONS = ['source_group', 'utm_source', 'utm_campaign'];
let browser: Browser;
let page: Page | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});
afterAll(async () => {
  await browser.close();
});

async function ask(query: object): Promise<QueryResult> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(query),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as QueryResult;
}

const sum = (rows: readonly Row[], key: string) => rows.reduce((total, row) => total + Number(row[key]), 0);
const points = (cell: string | undefined) => Number((cell ?? '').replace('−', '-').replace('+', ''));

test('contributions of every level add up to the headline, over HTTP', async () => {
  const { rows, totals } = await ask({
    change: 'attendance_rate',
    dimensions: DIMENSIONS,
    time: { range: '4w' },
    matured: true,
  });
  for (const level of [1, 2, 3])
    expect(
      sum(
        rows.filter((row) => row['level'] === level),
        'contribution',
      ),
    ).toBeCloseTo(Number(totals?.['change']), 12);
  const plain = await ask({
    metrics: ['attendance_rate'],
    time: { range: '4w' },
    compare: 'previous_period',
    matured: true,
    totals: true,
  });
  expect(totals?.['value']).toBe(plain.rows[0]?.['attendance_rate']);
  expect(totals?.['before']).toBe(plain.compare?.rows[0]?.['attendance_rate']);
});

test('the SQL of a change is not asked for by the address, and mistakes say what to do', async () => {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ change: 'attendance_rat', dimensions: ['source_group'], time: { range: '4w' } }),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { problems: [{ path: 'change', hint: 'Did you mean "attendance_rate"?' }] },
  });
});

test('on the page the parts add up to the headline within 0.1 point', async () => {
  page = await openPage(browser, `${url}/d/source_groups`);
  const [head = [], ...rows] = await tableOf(page, TITLE);
  const at = head.findIndex((label) => label.startsWith('Contribution'));
  const firstLevel = rows.filter(([label = '']) => !label.includes(' › ') && label !== 'All');
  const all = rows.find(([label]) => label === 'All');
  expect(firstLevel.length).toBeGreaterThan(3);
  const parts = firstLevel.reduce((total, row) => total + points(row[at]), 0);
  // Each part is rounded to a tenth of a point by itself.
  expect(Math.abs(parts - points(all?.[at]))).toBeLessThanOrEqual(0.05 * firstLevel.length + 0.05);
  const change = head.findIndex((label) => label.startsWith('Change, '));
  expect(points(all?.[at])).toBeCloseTo(points(all?.[change]), 5);
});

test('by keyboard: open, go down, back up, filter the page', async () => {
  page = await openPage(browser, `${url}/d/source_groups`);
  const grid = tile(page, TITLE).getByRole('treegrid');
  const rows = grid.locator('tbody tr');
  await rows.first().waitFor();
  const before = await rows.count();
  const [first] = await rows.locator('.change-label').allTextContents();
  await rows.first().focus();
  await page.keyboard.press('ArrowRight');
  expect(await rows.first().getAttribute('aria-expanded')).toBe('true');
  expect(await rows.count()).toBeGreaterThan(before);
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-level'))).toBe('2');
  await page.keyboard.press('ArrowLeft');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-level'))).toBe('1');
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await rows.count()).toBe(before);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: `Filter page to ${first}` }).press('Enter');
  await settled(page);
  expect(decodeURIComponent(page.url())).toContain(`source_group:in:${first}`);
});

test.each(LOOKS)('axe finds nothing at $width px, $theme', async (look) => {
  page = await openPage(browser, `${url}/d/source_groups`, look);
  await tile(page, TITLE).getByRole('button', { name: 'Expand all' }).click();
  expect(await violationsOf(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.width);
});
