import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { DESKTOP, LOOKS, type Look, openPage } from '../support/page.ts';

const { url } = inject('sample');

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const field = (page: Page) => page.getByRole('combobox', { name: 'Search' });
const focusedLabel = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
const searchButton = (page: Page) => page.getByRole('button', { name: 'Search', exact: true });

/** The option that Enter would choose. */
async function activeOption(page: Page): Promise<string> {
  const id = await field(page).getAttribute('aria-activedescendant');
  const option = page.locator(`[id="${id}"]`);
  expect(await option.getAttribute('aria-selected')).toBe('true');
  return (await option.textContent()) ?? '';
}

test('Ctrl K, "sms", Enter filters and the address shows it; Esc gives the focus back', async () => {
  const page = await openPage(browser, `${url}/d/overview`);
  const period = page.getByRole('button', { name: /^Period:/ });
  await period.focus();
  await page.keyboard.press('Control+k');
  await field(page).waitFor();
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'detached' });
  expect(await focusedLabel(page)).toMatch(/^Period:/);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('sms');
  expect(await activeOption(page)).toContain('Channel is SMS');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Filter: Channel is SMS', exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe('?f=channel:in:sms');
  expect(await focusedLabel(page)).toMatch(/^Period:/);

  await page.keyboard.press('/');
  await page
    .getByRole('group', { name: 'Recent' })
    .getByRole('option', { name: /Channel is SMS/ })
    .waitFor();
  expect(await activeOption(page)).toContain('Channel is SMS');
  await page.context().close();
});

test('a typed period, a comparison and a tile', async () => {
  const page = await openPage(browser, `${url}/d/overview`);
  await page.keyboard.press('/');
  await field(page).fill('last 3 weeks');
  expect(await activeOption(page)).toContain('Last 3 weeks');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Period: Last 3 weeks/ }).waitFor();
  expect(new URL(page.url()).searchParams.get('p')).toBe('3w');

  await page.keyboard.press('/');
  await field(page).fill('vs last year');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Comparison: vs previous year' }).waitFor();
  expect(new URL(page.url()).searchParams.get('vs')).toBe('prev_year');

  await page.keyboard.press('/');
  await field(page).fill('busy hours');
  await page.keyboard.press('Enter');
  await field(page).waitFor({ state: 'detached' });
  const focused = page.locator('article:focus');
  expect(await focused.getByRole('heading').first().textContent()).toMatch(/^Busy hours/);
  const top = await focused.evaluate((tile) => tile.getBoundingClientRect().top);
  expect(top).toBeGreaterThanOrEqual(0);
  expect(top).toBeLessThan(DESKTOP.height);
  await page.context().close();
});

test('arrows go around the list, nothing found says so, Ctrl K again closes', async () => {
  const page = await openPage(browser, `${url}/d/overview`);
  await page.keyboard.press('Control+k');
  await field(page).fill('theme');
  const first = await activeOption(page);
  await page.keyboard.press('ArrowUp');
  expect(await activeOption(page)).not.toBe(first);
  await page.keyboard.press('ArrowDown');
  expect(await activeOption(page)).toBe(first);
  await field(page).fill('dark theme');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark');
  expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);

  await page.keyboard.press('Control+k');
  await field(page).fill('zzzz');
  await page.getByRole('dialog', { name: 'Search' }).getByText('Nothing is called so.').waitFor();
  expect(await page.getByRole('option').count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Control+k');
  await field(page).waitFor({ state: 'detached' });
  await page.context().close();
});

test('in a field `/` is written and Ctrl K opens; Esc leads back into the field', async () => {
  const page = await openPage(browser, `${url}/d/channels`);
  const search = page.getByRole('searchbox').first();
  await search.focus();
  await page.keyboard.press('/');
  expect(await search.inputValue()).toBe('/');
  expect(await field(page).count()).toBe(0);
  await page.keyboard.press('Control+k');
  await field(page).waitFor();
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'detached' });
  expect(await search.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.context().close();
});

const SMALLEST: Look = { width: 320, height: 640, theme: 'light' };

for (const look of [...LOOKS, SMALLEST]) {
  test(`axe finds nothing in the palette at ${look.width} px, ${look.theme}; the button opens it and nothing scrolls sideways`, async () => {
    const page = await openPage(browser, `${url}/d/overview`, look);
    await searchButton(page).click();
    await field(page).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await field(page).fill('channel');
    expect(await violationsOf(page)).toEqual([]);
    const sideways = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.dialog, .palette-list')].map(
        (element) => element.scrollWidth - element.clientWidth,
      ),
    );
    expect(sideways).toEqual(sideways.map(() => 0));
    await page.keyboard.press('Escape');
    await field(page).waitFor({ state: 'detached' });
    expect(await searchButton(page).evaluate((button) => button === document.activeElement)).toBe(true);
    await page.context().close();
  });
}

test('from Sources to a dashboard, and to the keys and the density on a phone', async () => {
  const page = await openPage(browser, `${url}/sources`, { width: 390, height: 844, theme: 'light' });
  const open = searchButton(page);
  await open.click();
  await field(page).fill('keys');
  await page.getByRole('option', { name: /^Keys and display/ }).click();
  await page.getByRole('dialog', { name: 'Keys and display' }).getByLabel('Compact rows and gutters').check();
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.documentElement.dataset['density'])).toBe('compact');
  await open.click();
  await field(page).fill('channels');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/d/channels');
  await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor();
  await page.context().close();
});
