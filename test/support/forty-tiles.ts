import type { Browser, Page } from 'playwright-core';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import { settled } from './page.ts';
import { measureRepaint } from './repaint.ts';

const TILES = 40;

interface OpenedForty {
  page: Page;
  /** Shows the page under other filters (`?f=…`) and waits until every tile does. */
  show(search: string): Promise<void>;
}

/** One dashboard with forty tiles: those of all dashboards, some of them again. */
export async function fortyTiles(url: string): Promise<Dashboard> {
  const load = async <Answer>(path: string) => (await (await fetch(url + path)).json()) as Answer;
  const { dashboards } = await load<{ dashboards: { name: string; subject?: string }[] }>('/api/v1/dashboards');
  const all = await Promise.all(
    dashboards
      .filter(({ subject }) => subject === undefined)
      .map(({ name }) => load<Dashboard>(`/api/v1/dashboards/${name}`)),
  );
  const [first] = all;
  if (!first) throw new Error('the workspace has no dashboard');
  const own = all.flatMap(({ rows }) => rows);
  const rows: Dashboard['rows'] = [];
  let left = TILES;
  for (let turn = 0; left > 0; turn++) {
    const row = own[turn % own.length];
    if (!row) throw new Error('the dashboards have no tile');
    const tiles = row.tiles.slice(0, left).map((tile) => ({ ...tile, id: `forty_${turn}_${tile.id}` }));
    left -= tiles.length;
    rows.push({ ...row, tiles });
  }
  return { ...first, rows };
}

/** Opens that dashboard in place of the first one of the menu. `ready` runs before the page is loaded. */
export async function openForty(
  browser: Browser,
  url: string,
  dashboard: Dashboard,
  ready: (page: Page) => Promise<void> = async () => {},
): Promise<OpenedForty> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.route(`**/api/v1/dashboards/${dashboard.name}`, (route) => route.fulfill({ json: dashboard }));
  await ready(page);
  await page.goto(`${url}/d/${dashboard.name}`);
  await drawn(page);
  return {
    page,
    async show(search) {
      await measureRepaint(page, `/d/${dashboard.name}${search}`);
    },
  };
}

async function drawn(page: Page): Promise<void> {
  await page.waitForFunction((tiles) => document.querySelectorAll('main .tile').length === tiles, TILES);
  await settled(page);
}
