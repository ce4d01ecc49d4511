import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { openPage, settled, tableOf, tile } from '../support/page.ts';

/** The first seed's dashboard, read from the page as a person would. */

const { url } = inject('sample');
let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  await page.context().close();
});
afterAll(async () => {
  await browser.close();
});

const open = async (path = '/d/overview') => {
  page = await openPage(browser, url + path);
};
const text = async (title: string) => (await tile(page, title).textContent()) ?? '';
const number = (cell: string | undefined) => Number((cell ?? '').replaceAll(/[^\d.-]/g, ''));
const column = (rows: string[][], name: string) => {
  const index = rows[0]?.indexOf(name) ?? -1;
  return new Map(rows.slice(1).map((row) => [row[0] ?? '', row[index] ?? '']));
};

/** The 168 slots of a heat-map; what is shown as "<0.1" counts as 0. */
async function slotsOf(title: string): Promise<{ day: string; hour: number; value: number }[]> {
  const cells = await tile(page, title)
    .getByRole('gridcell')
    .evaluateAll((all) => all.map((cell) => cell.querySelector('.visually-hidden')?.textContent ?? ''));
  return cells.flatMap((cell) => {
    const match = /^(\w+day) (\d\d)–\d\d: (\S+)/.exec(cell.trim());
    if (match === null) return [];
    const [, day = '', hour, value = ''] = match;
    return [{ day, hour: Number(hour), value: /^[\d,.]+$/.test(value) ? number(value) : 0 }];
  });
}

test('the seed’s dashboard in the seed’s order, on the seed’s period', async () => {
  await open('/');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Overview');
  await page.getByRole('button', { name: 'Period: Mon Jan 1 – Fri Nov 15 2024' }).waitFor();
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
    'Users',
    'New registered users',
    'Transacting users',
    'Active users: day, week, month',
    'Busy hours by active users',
    'Busy hours by charged messages',
    'Total blast by channel',
    'Invitations',
  ]);
});

test('a link to a tile far down ends at it, and once all is drawn no row rests', async () => {
  await open('/d/channels#tile=channels');
  await page.waitForFunction(() => document.querySelector('.dashboard-row[data-resting]') === null);
  const box = await tile(page, 'Channels').boundingBox();
  expect(box?.y).toBeGreaterThan(0);
  expect(box?.y).toBeLessThan(450);
});

test('charges by channel: 17.8 M, 3.6 M, 1.3 M and 255.8 K, on the chart and in its table', async () => {
  await open();
  const chart = (await tile(page, 'Total blast by channel').getByRole('img').getAttribute('aria-label')) ?? '';
  for (const figure of ['WhatsApp IDR 17,804,830', 'E-mail IDR 3,596,880', 'IVR IDR 1,298,700', 'SMS IDR 255,775']) {
    expect(chart.replaceAll('\u00a0', ' ')).toContain(figure);
  }
  const charges = column(await tableOf(page, 'Total blast by channel'), 'Charges');
  expect(Object.fromEntries([...charges].map(([channel, money]) => [channel, number(money)]))).toEqual({
    WhatsApp: 17_804_830,
    'E-mail': 3_596_880,
    IVR: 1_298_700,
    SMS: 255_775,
    Total: 22_956_185,
  });
});

test('the invitation funnel: 210, 105 (50 %), 34 (16.19 %)', async () => {
  await open();
  await tile(page, 'Invitations')
    .getByRole('button', { name: '50.0% continued from Invited to Activated (105), 50.0% dropped off (105)' })
    .waitFor();
  const rows = await tableOf(page, 'Invitations');
  expect(Object.fromEntries(column(rows, 'People'))).toEqual({ Invited: '210', Activated: '105', Transacting: '34' });
  expect(Object.fromEntries(column(rows, 'Of first step'))).toEqual({
    Invited: '100.00%',
    Activated: '50.00%',
    Transacting: '16.19%',
  });
});

test('registered, active and transacting users with comparison and sparkline', async () => {
  await open();
  const cards = tile(page, 'Users').getByRole('listitem');
  expect(await cards.count()).toBe(3);
  for (const card of await cards.all()) {
    expect(await card.textContent()).toMatch(/[▲▼]\s*[+−]\d/);
    await card.getByRole('img').waitFor();
  }
  const values = column(await tableOf(page, 'Users'), 'Value');
  expect(Object.fromEntries(values)).toEqual({
    'Registered users': '456',
    'Active users': '393',
    'Transacting users': '223',
  });
});

test('activity peaks on working days from 8 to 12, charged messages from 8 to 15, most on Tuesday and Wednesday', async () => {
  await open();
  for (const [title, first, last] of [
    ['Busy hours by active users', 8, 12],
    ['Busy hours by charged messages', 8, 15],
  ] as const) {
    const slots = await slotsOf(title);
    expect(slots.length, title).toBe(168);
    const top = slots.toSorted((a, b) => b.value - a.value).slice(0, 10);
    for (const slot of top) {
      expect(slot.day, title).not.toMatch(/Saturday|Sunday/);
      expect(slot.hour >= first && slot.hour < last, `${title}: ${slot.day} ${slot.hour}`).toBe(true);
    }
    const perDay = Map.groupBy(slots, (slot) => slot.day);
    const ranking = [...perDay]
      .map(([day, all]) => ({ day, sum: all.reduce((sum, slot) => sum + slot.value, 0) }))
      .sort((a, b) => b.sum - a.sum);
    expect(
      ranking
        .slice(0, 2)
        .map(({ day }) => day)
        .sort(),
      title,
    ).toEqual(['Tuesday', 'Wednesday']);
  }
});

test('the channel filter: every tile follows or says that it ignores it', async () => {
  await open();
  await page.getByRole('button', { name: /^Filter: Channel/ }).click();
  await page.getByRole('button', { name: 'Only SMS' }).click();
  await page.getByRole('button', { name: 'Filter: Channel is SMS', exact: true }).waitFor();
  await settled(page);
  expect(page.url()).toContain('f=channel:in:sms');
  expect(Object.fromEntries(column(await tableOf(page, 'Total blast by channel'), 'Charges'))).toMatchObject({
    SMS: 'IDR 255,775',
  });
  expect(await tableOf(page, 'Total blast by channel')).toHaveLength(3);
  const users = column(await tableOf(page, 'Users'), 'Value');
  expect(users.get('Registered users')).toBe('456');
  expect(number(users.get('Transacting users'))).toBeLessThan(223);
  expect(await text('New registered users')).toMatch(/ignores Channel/i);
});

test('the category filter takes several values', async () => {
  await open();
  await page.getByRole('button', { name: /^Filter: Category/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Category' });
  await dialog.getByRole('button', { name: 'Clear' }).click();
  await dialog.getByRole('checkbox', { name: /^Utility|^utility/ }).check();
  await dialog.getByRole('checkbox', { name: /^Authentication|^authentication/ }).check();
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await settled(page);
  expect(decodeURIComponent(page.url())).toMatch(/f=category:in:\w+,\w+/);
  const charges = column(await tableOf(page, 'Total blast by channel'), 'Charges');
  expect(number(charges.get('Total'))).toBeLessThan(22_956_185);
  expect(number(charges.get('Total'))).toBeGreaterThan(0);
});

test('the period: every tile follows, the address restores the state, Back works', async () => {
  await open();
  await page.getByRole('button', { name: /^Period:/ }).click();
  await page.getByRole('dialog', { name: 'Period' }).getByRole('textbox', { name: 'Or type it' }).fill('2024-10');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Period: .*Oct/ }).waitFor();
  await settled(page);
  const october = await tableOf(page, 'Total blast by channel');
  expect(number(column(october, 'Charges').get('Total'))).toBeLessThan(22_956_185);
  const address = page.url();

  const again = await openPage(browser, address);
  expect(await tableOf(again, 'Total blast by channel')).toEqual(october);
  await again.context().close();

  await page.goBack();
  await page.getByRole('button', { name: 'Period: Mon Jan 1 – Fri Nov 15 2024' }).waitFor();
  await settled(page);
  expect(column(await tableOf(page, 'Total blast by channel'), 'Charges').get('Total')).toBe('IDR 22,956,185');
});

test('the heat-map’s total equals the scorecard’s number', async () => {
  await open('/d/channels');
  const sent = column(await tableOf(page, 'Messages'), 'Value').get('Messages sent');
  const heat = tile(page, 'Weekday and hour');
  await heat.getByRole('button', { name: 'Total', exact: true }).click();
  await settled(page);
  const sum = async () => (await slotsOf('Weekday and hour')).reduce((total, slot) => total + slot.value, 0);
  await expect.poll(sum, { timeout: 10_000 }).toBe(number(sent));
});

test('rates that a channel cannot report are n/a, and totals count only the channels that can', async () => {
  await open('/d/channels');
  const rows = await tableOf(page, 'Engagement in numbers');
  expect(column(rows, 'Read rate').get('SMS')).toBe('n/a');
  expect(column(rows, 'Open rate').get('IVR')).toBe('n/a');
  expect(column(rows, 'Read rate').get('WhatsApp')).toMatch(/^\d/);
});
