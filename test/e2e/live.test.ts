import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { openPage, tile } from '../support/page.ts';
import { whatsappNotification } from '../support/whatsapp.ts';

test('a webhook posted while the page is open changes its tile without a reload within 5 s', async () => {
  const { url, data } = inject('sample');
  const secrets = JSON.parse(readFileSync(join(data, 'sample', 'secrets.json'), 'utf8')) as {
    SAMPLE_APP_SECRET: string;
  };
  const browser = await launchBrowser();
  const page = await openPage(browser, `${url}/d/overview?p=2024-11-16..2024-11-16&to=now`);
  const chart = tile(page, 'Total blast by channel').getByRole('img');
  const before = await chart.getAttribute('aria-label').catch(() => null);
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));

  const at = Math.floor(Date.parse('2024-11-16T07:30:00+07:00') / 1000);
  const events = Array.from({ length: 1_000 }, (_, index) => ({
    id: `wamid.live.${process.pid}.${index}`,
    status: 'delivered' as const,
    timestamp: at,
    recipient: `1202555${String(1000 + index).padStart(4, '0')}`,
  }));
  const { body, headers } = whatsappNotification(events, secrets.SAMPLE_APP_SECRET);
  expect(createHmac('sha256', secrets.SAMPLE_APP_SECRET).update(body).digest('hex')).toBe(
    headers['x-hub-signature-256']?.slice(7),
  );
  const posted = performance.now();
  const answer = await fetch(`${url}/hooks/sample-whatsapp`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);

  await page.waitForFunction(
    (old) => {
      const article = [...document.querySelectorAll('article')].find(
        (each) => each.querySelector('h2')?.textContent === 'Total blast by channel',
      );
      const label = article?.querySelector('[role="img"]')?.getAttribute('aria-label') ?? null;
      return label !== null && label !== old;
    },
    before,
    { timeout: 5_000 },
  );
  console.log(`on the page after ${Math.round(performance.now() - posted)} ms`);
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  await browser.close();
});
