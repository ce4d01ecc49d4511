import type { Browser, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface Look {
  width: number;
  height: number;
  theme: 'light' | 'dark';
}

export const DESKTOP: Look = { width: 1440, height: 900, theme: 'light' };
const PHONE: Look = { width: 390, height: 844, theme: 'dark' };
/** Wide and light, narrow and dark; with TURNOUT_THOROUGH=1 the other two as well. */
export const LOOKS: Look[] =
  process.env['TURNOUT_THOROUGH'] === '1'
    ? [DESKTOP, { ...DESKTOP, theme: 'dark' }, { ...PHONE, theme: 'light' }, PHONE]
    : [DESKTOP, PHONE];

/** Opens an address and waits until every tile has its answer. Fails on any error in the page's console. */
export async function openPage(browser: Browser, url: string, look: Look = DESKTOP): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => expect.fail(`the page threw: ${error.message}`));
  await page.goto(url);
  await settled(page);
  return page;
}

/** Waits until no tile waits for an answer any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  // Tiles that came with a chunk of their own are waiting without being busy.
  await page.waitForFunction(
    () => document.querySelectorAll('main [aria-busy="true"], main [data-state="waiting"]').length === 0,
  );
}

export const tile = (page: Page, title: string): Locator => page.getByRole('article', { name: title, exact: true });

/** The tile's rows as its table shows them, header first. Switches the tile to its table. */
export async function tableOf(page: Page, title: string): Promise<string[][]> {
  const button = page.getByRole('button', { name: `View ${title} as table` });
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
  const table = tile(page, title).getByRole('table');
  await table.waitFor();
  return table
    .locator('tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('th, td')].map((cell) => (cell.textContent ?? '').replaceAll('\u00a0', ' ').trim()),
      ),
    );
}
