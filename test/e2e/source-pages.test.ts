import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerRow, SourceInfo } from '../../src/contract/api.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { LOOKS, openPage } from '../support/page.ts';
import { type ServerProcess, startServerProcess, temporaryFolder, until } from '../support/server.ts';

/** A source is declared on the page, sends, and what it sends wrong is mended there: editor, source, quarantine, ledger. */

const TOKEN = 'a-token-of-sixteen-or-more';
const workspace = join(temporaryFolder('source-pages'), 'workspace');
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(workspace, { recursive: true });
  writeFileSync(
    join(workspace, 'turnout.yaml'),
    'version: 1\nname: Example\ntime_zone: UTC\ncurrency: USD\nlocale: en-GB\npacks: [omnichannel]\n',
  );
  server = await startServerProcess({ workspace, env: { SHOP_TOKEN: TOKEN } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const get = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T;
const editor = (page: Page) => page.getByRole('textbox', { name: /^Settings of/ });

async function send(records: object[]): Promise<void> {
  const answer = await fetch(`${server.url}/hooks/shop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(records),
  });
  expect(answer.status).toBe(200);
}

test('a mistake in the settings is shown with its line, an address of the own network with what allows it', async () => {
  const page = await openPage(browser, `${server.url}/sources`);
  await page.getByText('No source yet').waitFor();
  await page.getByRole('link', { name: 'Connect a source' }).first().click();
  await page.getByLabel('PostgreSQL').check();
  const problems = page.locator('.problem-panel');

  await editor(page).fill('name: crm\nconnector: postgres\nsettings:\n  url: [');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await problems.getByText('The text cannot be read yet.').waitFor();

  const declared = (url: string, key: string) =>
    `name: crm\nconnector: postgres\nsettings:\n  url: ${url}\n  streams:\n    - record: person\n${key}      query: SELECT 1 AS id\n`;
  await editor(page).fill(declared('postgres://reader:word@db.example.com/crm', ''));
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await problems.getByText('"key" is missing.').waitFor();
  await problems.getByRole('button', { name: 'Line 6' }).click();
  expect(
    await editor(page).evaluate((area: HTMLTextAreaElement) =>
      area.value.slice(area.selectionStart, area.selectionEnd),
    ),
  ).toBe('    - record: person');

  await editor(page).fill(declared('postgres://reader:word@10.1.2.3/crm', '      key: id\n'));
  await page.getByRole('button', { name: 'Save' }).click();
  await problems
    .getByText(/10\.1\.2\.3 is private/)
    .first()
    .waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect((await get<{ sources: SourceInfo[] }>('/api/v1/sources')).sources).toEqual([]);
  await page.context().close();
});

test('a source that was saved has an address at once, and its file keeps no secret', async () => {
  const page = await openPage(browser, `${server.url}/sources/new`);
  await page.getByLabel('Webhook').check();
  await editor(page).fill(`name: shop\nconnector: webhook\nlabel: Shop\nsettings:\n  token: \${SHOP_TOKEN}\n`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/sources/shop');
  await page.getByText(`${server.url}/hooks/shop`).waitFor();
  expect(readFileSync(join(workspace, 'sources', 'shop.yaml'), 'utf8')).toContain(`\${SHOP_TOKEN}`);

  await page.getByRole('link', { name: 'Change', exact: true }).click();
  await page.waitForURL('**/sources/shop/edit');
  await editor(page).fill((await editor(page).inputValue()).replace('label: Shop', 'label: Web shop'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Web shop' }).waitFor();
  await page.context().close();
});

test('a source that is read and sends shows its address beside its schedule and runs', async () => {
  const page = await openPage(browser, `${server.url}/sources/new`);
  const declared = (field: string) =>
    `name: rooms\nconnector: zoom\nlabel: Rooms\nschedule: manual\nsettings:\n  account_id: an-account\n  client_id: a-client\n  client_secret: \${SHOP_TOKEN}\n  webhook_secret: \${SHOP_TOKEN}\n  details:\n    region: { from: ${field} }\n`;
  await page.getByLabel('Zoom').check();
  await editor(page).fill(declared('tracking_field.Region'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.problem-panel').getByText('Did you mean "tracking_fields.Region"?').waitFor();
  await editor(page).fill(declared('tracking_fields.Region'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/sources/rooms');

  await page.getByText(`${server.url}/hooks/rooms`).waitFor();
  const fact = (label: string) => page.locator('.facts > div').filter({ has: page.getByText(label, { exact: true }) });
  expect(await fact('Next run').textContent()).toContain('when you start it');
  expect(await fact('Complete to').textContent()).toContain('never yet');
  expect(await fact('Last received').textContent()).toContain('nothing received yet');
  await page.getByRole('button', { name: /^Sync/ }).waitFor();
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const { hook, mode } = await get<SourceInfo>('/api/v1/sources/rooms');
  expect({ hook, mode }).toEqual({ hook: '/hooks/rooms', mode: 'pull' });

  await page.goto(`${server.url}/sources`);
  await page.getByText(/^zoom, read .*; sends as well$/).waitFor();
  await page.context().close();
});

test('what could not be counted is found from the ledger, mended by hand, and counted', async () => {
  await send([
    { record: 'person', key: 'p1', kind: 'contact', email: 'anna@example.com' },
    { record: 'person', key: 'p2', kind: 'contct', email: 'ben@example.com' },
  ]);
  const row = () => get<LedgerRow[]>('/api/v1/ledger').then(([first]) => first);
  await until(async () => ((await row())?.quarantined === 1 ? true : undefined), 'one record is quarantined');

  const page = await openPage(browser, `${server.url}/ledger`);
  await page.getByText('Every row adds up.').waitFor();
  await page.getByRole('region', { name: 'By day' }).getByRole('link', { name: '1' }).click();
  await page.waitForURL(/\/quarantine\?source=shop&day=\d{4}-\d\d-\d\d$/);
  await page.getByRole('button', { name: /^Fix and replay/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Fix and replay' });
  const text = dialog.getByRole('textbox');
  await text.fill((await text.inputValue()).replace('"contct"', '"contact'));
  await dialog.getByRole('button', { name: 'Replay' }).click();
  await dialog.getByText(/^This is not JSON yet/).waitFor();
  await text.fill((await text.inputValue()).replace('"contact', '"contact"'));
  await dialog.getByRole('button', { name: 'Replay' }).click();
  await page.getByText('Nothing is waiting here').waitFor({ timeout: 30_000 });
  expect(await row()).toMatchObject({ quarantined: 0, counted: 2 });
  await page.context().close();
});

for (const look of LOOKS) {
  test(`axe finds nothing on these pages at ${look.width} px, ${look.theme}; none scrolls sideways`, async () => {
    for (const path of ['/sources', '/sources/new', '/sources/shop', '/sources/shop/edit', '/ledger', '/identity']) {
      const page = await openPage(browser, server.url + path, look);
      expect(await violationsOf(page), path).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        path,
      ).toBe(0);
      await page.context().close();
    }
  });
}
