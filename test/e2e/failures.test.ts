import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { openPage, settled, tableOf, tile } from '../support/page.ts';

/** A failing request never blanks the page: each tile says so, and comes back. */

const { url } = inject('sample');
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

test('a page whose queries all fail keeps its frame, says so in every tile, and recovers by Retry', async () => {
  const page = await openPage(browser, `${url}/sources`);
  await page.route('**/api/v1/query', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/json',
      body: '{"error":{"code":"internal","message":"Something in Turnout failed."}}',
    }),
  );
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByRole('button', { name: /^Period:/ }).waitFor();
  const failed = tile(page, 'Total blast by channel');
  await failed.getByText('could not be loaded').waitFor();
  expect(await page.getByRole('article').count()).toBe(8);

  await page.unroute('**/api/v1/query');
  await failed.getByRole('button', { name: /retry|again/i }).click();
  await settled(page);
  expect((await tableOf(page, 'Total blast by channel')).at(-1)?.[1]).toMatch(/22,9\d\d,\d{3}/);
  await page.context().close();
});

test('a filter on a dimension that no longer exists is told and left aside; the address keeps it', async () => {
  const page = await openPage(browser, `${url}/d/overview?f=nonsense:in:x`);
  await page
    .getByText(/not known here and was left aside: f=nonsense/)
    .first()
    .waitFor();
  expect((await tableOf(page, 'Invitations')).at(1)?.[1]).toBe('210');
  expect(page.url()).toContain('f=nonsense:in:x');
  await page.context().close();
});
