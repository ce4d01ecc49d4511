import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { openPage, settled, tile } from '../support/page.ts';

const { url } = inject('sample');

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const focusedText = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');

test('thresholds: the popover takes a number, Enter puts it into the address and the headings', async () => {
  const page = await openPage(browser, `${url}/d/schedule`);
  await page.getByRole('button', { name: /^Thresholds:/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Thresholds' }).waitFor();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('10');
  await page.keyboard.press('Enter');
  await page.waitForURL((address) => address.searchParams.get('v') === 'short_visit:10');
  await settled(page);
  await page
    .getByRole('columnheader', { name: /≥ 10 min/ })
    .first()
    .waitFor();
  await page.context().close();
});

test('schedule: a heading sorts by Enter, the arrow keys go from the list to the week and the month', async () => {
  const page = await openPage(browser, `${url}/d/schedule`);
  const schedule = tile(page, 'Webinars');
  const heading = schedule.getByRole('columnheader', { name: 'Registrations' });
  await heading.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => heading.getAttribute('aria-sort')).toBe('descending');
  const first = schedule.locator('tbody tr').first();
  expect(await first.getByRole('link').textContent()).toBe('Campaign clinic: open night, live reviews');

  await schedule.getByRole('radio', { name: 'List' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => schedule.getByRole('radio', { name: 'Week' }).isChecked()).toBe(true);
  await schedule.getByRole('heading', { name: /^W46/ }).waitFor();
  await page.keyboard.press('ArrowRight');
  await schedule.getByRole('heading', { name: 'November 2024' }).waitFor();
  await page.context().close();
});

test('pivot: ArrowRight opens a row, Enter opens the menu of a cell, Escape gives the focus back', async () => {
  const page = await openPage(browser, `${url}/d/regions`);
  const pivot = page.getByRole('treegrid', { name: 'Region by week' });
  const row = pivot.getByRole('row', { name: /^West Java/ }).first();
  await row.getByRole('rowheader').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => row.getAttribute('aria-expanded')).toBe('true');
  await page.keyboard.press('ArrowRight');
  const number = await focusedText(page);
  expect(number).toMatch(/%$/);
  await page.keyboard.press('Enter');
  await page.getByRole('menu', { name: /West Java/ }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => focusedText(page)).toBe(number);
  await page.context().close();
});

test('change: a group is opened and closed by keyboard', async () => {
  const page = await openPage(browser, `${url}/d/source_groups`);
  const change = tile(page, 'What moved the attendance rate');
  const group = change.getByRole('row', { name: /Email/ }).first();
  await group.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => group.getAttribute('aria-expanded')).toBe('true');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => group.getAttribute('aria-expanded')).toBe('false');
  await page.context().close();
});
