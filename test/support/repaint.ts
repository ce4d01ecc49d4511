import type { Browser, Page } from 'playwright-core';
import { settled } from './page.ts';

/** One change of a page's address, as the browser saw it; milliseconds. */
export interface Repaint {
  /** From the change of the address to the painting that holds the last change of any tile. */
  painted: number;
  /** Of these: from the page's request to its answer's last byte; null where the browser had the answer already. */
  answered: number | null;
}

/** A page at 1440 px that measures in itself. Nothing is kept from other pages. */
export async function openMeasured(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(address);
  await settled(page);
  return page;
}

/** Goes to another state of the same dashboard, as a click on a filter does, and waits until every tile shows it. */
export async function measureRepaint(page: Page, address: string): Promise<Repaint> {
  return page.evaluate(repaintTo, address);
}

/** Runs in the page. The last change of a tile counts as painted at the second frame after it: the first one may show less. */
async function repaintTo(address: string): Promise<Repaint> {
  const QUIET_MS = 300;
  const LONGEST_MS = 60_000;
  const tiles = document.querySelector('.dashboard');
  if (tiles === null) throw new Error('there is no dashboard on the page');
  performance.clearResourceTimings();
  let painted = 0;
  let changedAt = 0;
  const observer = new MutationObserver((records) => {
    // How long a tile has worked is no number of it.
    const real = records.some(({ target }) => !(target.parentElement ?? document.body).closest('.tile-working'));
    if (!real) return;
    changedAt = performance.now();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        painted = performance.now();
      }),
    );
  });
  observer.observe(tiles, { subtree: true, childList: true, attributes: true, characterData: true });
  const began = performance.now();
  window.history.pushState(null, '', address);
  for (;;) {
    await new Promise((done) => setTimeout(done, 20));
    const now = performance.now();
    const busy = tiles.querySelector('[aria-busy="true"], [data-state="waiting"]') !== null;
    if (!busy && changedAt > 0 && painted > changedAt && now - changedAt > QUIET_MS) break;
    if (now - began > LONGEST_MS)
      throw new Error(
        `the tiles did not show ${address} within a minute: ${busy ? 'some still wait' : 'none waits'}, ${changedAt === 0 ? 'nothing changed' : `the last change was ${Math.round(now - changedAt)} ms ago`}`,
      );
  }
  observer.disconnect();
  const failed = tiles.querySelector('.tile-failure-what')?.textContent;
  if (failed) throw new Error(`a tile failed at ${address}: ${failed}`);
  const asked = performance
    .getEntriesByType('resource')
    .filter((entry) => entry instanceof PerformanceResourceTiming && entry.name.endsWith('/api/v1/query'))
    .at(0);
  return { painted: painted - began, answered: asked ? asked.duration : null };
}
