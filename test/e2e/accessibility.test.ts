import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { DESKTOP, LOOKS, openPage, settled, tile } from '../support/page.ts';

const { url } = inject('sample');
const PAGES = [
  '/d/overview',
  '/d/channels',
  '/d/schedule',
  '/d/regions',
  '/d/source_groups',
  '/d/signup',
  '/webinars/clinic-2024-11-13',
  '/sources',
  '/sources/new',
  '/sources/sample-whatsapp',
  '/ledger',
  '/quarantine',
  '/identity',
  '/source-groups',
  '/rollups',
  '/import',
  '/d/nothing-here',
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

for (const path of PAGES) {
  for (const look of LOOKS) {
    test(`axe finds nothing on ${path} at ${look.width} px, ${look.theme}; the page does not scroll sideways`, async () => {
      const page = await openPage(browser, url + path, look);
      expect(await violationsOf(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      ).toBe(0);
      await page.context().close();
    });
  }
}

test('axe finds nothing in open popovers and in the tables of the tiles', async () => {
  const page = await openPage(browser, `${url}/d/overview`);
  for (const name of [/^Period:/, /^Comparison:/, /^Filter: Channel/, /^Complete to|^Catching/]) {
    await page.getByRole('button', { name }).first().click();
    expect(await violationsOf(page), String(name)).toEqual([]);
    await page.keyboard.press('Escape');
  }
  for (const button of await page.getByRole('button', { name: /^View .* as table$/ }).all()) await button.click();
  await settled(page);
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
});

test('at 320 px nothing scrolls sideways', async () => {
  for (const path of PAGES) {
    const page = await openPage(browser, url + path, { ...DESKTOP, width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
    await page.context().close();
  }
});

test('every control is reached by Tab, in order, with a visible focus', async () => {
  const page = await openPage(browser, `${url}/d/overview`);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
  const wanted = new Set(
    await page
      .locator('a[href]:visible, button:visible:not([disabled])')
      .evaluateAll((all) =>
        all
          .filter((each) => (each as HTMLElement).tabIndex >= 0)
          .map((each) => each.getAttribute('aria-label') ?? each.textContent ?? ''),
      ),
  );
  const reached = new Set<string>();
  for (let press = 0; press < 200; press++) {
    // The skip link leaves with a short transition.
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (element === null || element === document.body) return null;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const onTop = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
      return {
        name: element.getAttribute('aria-label') ?? element.textContent ?? '',
        outlined: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || element.matches('input'),
        visible: onTop !== null && (element.contains(onTop) || onTop.contains(element)),
      };
    });
    if (focused === null) break;
    reached.add(focused.name);
    expect(focused.outlined, `focus on "${focused.name}" is visible`).toBe(true);
    expect(focused.visible, `"${focused.name}" is not hidden behind a bar when focused`).toBe(true);
    await page.keyboard.press('Tab');
  }
  expect([...wanted].filter((name) => !reached.has(name))).toEqual([]);
  await page.context().close();
});

test('period, comparison, filter, table view, heat-map and undo by keyboard alone', async () => {
  const page = await openPage(browser, `${url}/d/overview`);
  await page.keyboard.press('P');
  await page.getByRole('button', { name: /^Period: .*Oct 1 – .*Oct 31 2024/ }).waitFor();
  await page.keyboard.press('[');
  await page.getByRole('button', { name: /^Period: .*Sep 1 – .*Sep 30 2024/ }).waitFor();
  await page.keyboard.press(']');
  await page.keyboard.press('x');
  await page
    .getByRole('button', { name: 'Comparison: no comparison' })
    .or(page.getByRole('button', { name: /^Comparison: .*(off|none|no )/i }))
    .waitFor();
  await settled(page);

  const heat = tile(page, 'Busy hours by active users');
  await heat.getByRole('gridcell', { name: /^Monday 00–01/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  expect(
    await page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
    ),
  ).toMatch(/^Tuesday 01–02/);
  await page.keyboard.press('v');
  await heat.getByRole('table').waitFor();

  await page.keyboard.press('Escape');
  const period = page.getByRole('button', { name: /^Period:/ });
  await period.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Period' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')).toMatch(/^Period:/);
  await page.context().close();
});
