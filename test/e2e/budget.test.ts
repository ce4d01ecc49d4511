import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { settled } from '../support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const KILOBYTE = 1000;

test('first load: at most 300 kB of compressed JavaScript, no layout shift over 0.05, painted within 2 s', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const sizes: Record<string, number> = {};
  const finished: Promise<void>[] = [];
  page.on('response', (response) => {
    if (!response.url().endsWith('.js')) return;
    finished.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => {
          const name = response.url().split('/').at(-1) ?? '';
          // Later visits come from the browser's cache.
          sizes[name] ??= responseBodySize;
          expect(response.headers()['content-encoding'], name).toMatch(/br|gzip/);
        }),
    );
  });
  await page.addInitScript(() => {
    const shifts = { total: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
        if (!entry.hadRecentInput) shifts.total += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });

  const times: number[] = [];
  for (let visit = 0; visit < 3; visit++) {
    const started = performance.now();
    await page.goto(`${inject('sample').url}/d/overview`);
    await settled(page);
    await page.getByText('17.8M').first().waitFor();
    times.push(performance.now() - started);
  }
  await Promise.all(finished);
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const shift = await page.evaluate(() => (window as unknown as { shifts: { total: number } }).shifts.total);
  const median = times.toSorted((a, b) => a - b)[1] ?? 0;
  console.log(
    `JavaScript ${(total / KILOBYTE).toFixed(0)} kB in ${Object.keys(sizes).length} files, layout shift ${shift.toFixed(4)}, painted after ${times.map((time) => Math.round(time)).join(', ')} ms`,
  );
  expect(total).toBeLessThanOrEqual(300 * KILOBYTE);
  expect(shift).toBeLessThanOrEqual(0.05);
  expect(median).toBeLessThanOrEqual(2_000);
});
