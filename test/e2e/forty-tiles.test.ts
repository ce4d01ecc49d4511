import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { fortyTiles, openForty } from '../support/forty-tiles.ts';
import { type MainThreadReport, watchMainThread } from '../support/main-thread.ts';
import { tile } from '../support/page.ts';
import { until } from '../support/server.ts';
import { whatsappNotification } from '../support/whatsapp.ts';

const ROUNDS = 2;
const MOMENTS = ['loaded', 'filtered', 'filter taken back', 'refreshed by new events'] as const;

test('forty tiles on one page never block it for 100 ms: loaded, filtered, refreshed', async () => {
  const { url, data } = inject('sample');
  const secrets = JSON.parse(readFileSync(join(data, 'sample', 'secrets.json'), 'utf8')) as {
    SAMPLE_APP_SECRET: string;
  };
  const dashboard = await fortyTiles(url);
  const browser = await launchBrowser();
  const seen = new Map<(typeof MOMENTS)[number], MainThreadReport[]>(MOMENTS.map((moment) => [moment, []]));
  for (let round = 0; round < ROUNDS; round++) {
    let watched: Awaited<ReturnType<typeof watchMainThread>> | undefined;
    const { page, show } = await openForty(browser, url, dashboard, async (opened) => {
      opened.on('pageerror', (error) => expect.fail(`the page threw: ${error.message}`));
      watched = await watchMainThread(opened);
    });
    const note = async (moment: (typeof MOMENTS)[number]) => {
      const report = await watched?.stop();
      if (report) seen.get(moment)?.push(report);
      watched = undefined;
    };
    await note('loaded');
    expect(await page.locator('main .tile-failure').count()).toBe(0);

    watched = await watchMainThread(page);
    await show('?f=channel:in:whatsapp');
    await note('filtered');
    watched = await watchMainThread(page);
    await show('');
    await note('filter taken back');

    // The last day of the sample, which no other test looks at, is part of it.
    await show('?p=2024-01-01..2024-11-16&to=now');
    watched = await watchMainThread(page);
    const sentBefore = await sent();
    await post(round);
    await until(async () => ((await sent()) !== sentBefore ? true : undefined), 'the new messages are on the page');
    await note('refreshed by new events');
    await page.context().close();

    async function sent(): Promise<string | null> {
      return tile(page, 'Messages').locator('[data-metric="messages_sent"] .visually-hidden').first().textContent();
    }
  }
  await browser.close();

  async function post(round: number): Promise<void> {
    const events = Array.from({ length: 100 }, (_, index) => ({
      id: `wamid.forty.${process.pid}.${round}.${index}`,
      status: 'delivered' as const,
      timestamp: Math.floor(Date.parse('2024-11-16T07:30:00+07:00') / 1000),
      recipient: `1202555${String(100 + index).padStart(4, '0')}`,
    }));
    const { body, headers } = whatsappNotification(events, secrets.SAMPLE_APP_SECRET);
    const answer = await fetch(`${url}/hooks/sample-whatsapp`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }

  for (const [moment, reports] of seen) {
    const longest = reports.map((report) => report.longest).toSorted((a, b) => a - b);
    console.log(`${moment}: longest task ${longest.map((time) => time.toFixed(0)).join(', ')} ms of processor time`);
    expect(longest).toHaveLength(ROUNDS);
    expect(longest[1], moment).toBeLessThanOrEqual(100);
  }
}, 300_000);
