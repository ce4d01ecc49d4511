import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { QueryResult } from '../../src/contract/result.ts';
import { launchBrowser } from '../support/browser.ts';
import { openPage, settled, tableOf, tile } from '../support/page.ts';

/** The story of packs/webinars/README.md, read from the four views as a person would. */

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

const open = async (path: string) => {
  page = await openPage(browser, url + path);
};
const plain = (text: string | null) => (text ?? '').replaceAll('\u2212', '-').replaceAll('\u00a0', ' ');
const number = (cell: string | undefined) => Number(plain(cell ?? '').replaceAll(/[^\d.-]/g, ''));
const columnOf = (rows: string[][], heading: RegExp) => {
  const index = rows[0]?.findIndex((cell) => heading.test(cell)) ?? -1;
  return new Map(rows.slice(1).map((row) => [row[0] ?? '', row[index] ?? '']));
};
const OPEN_NIGHT = 'Campaign clinic: open night, live reviews';

test('both packs are in the menu, and every view opens from it', async () => {
  await open('/');
  const menu = page.getByRole('navigation', { name: 'Main' });
  for (const title of [
    'Overview',
    'Channels',
    'Webinar schedule',
    'Regions by week',
    'Source groups',
    'Sign-up to attend',
  ]) {
    await menu.getByRole('link', { name: title }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await settled(page);
    expect(await page.locator('[data-state="failed"]').count(), title).toBe(0);
  }
});

test('the schedule marks the webinar at 21:00, in words, and nothing else', async () => {
  await open('/d/schedule');
  const schedule = page.locator('.tile-schedule');
  const marked = schedule.locator('tr[data-marked]');
  expect(await marked.count()).toBe(1);
  const row = plain(await marked.textContent());
  expect(row).toContain(OPEN_NIGHT);
  expect(row).toContain('Wed Nov 13');
  expect(row).toContain('21:00');
  expect(row).toContain('463');
  expect(row).toMatch(/28\.5\d%/);
  expect(row).toMatch(/[23]\.\d × the registrations of its series; attendance rate as usual/);
  // Its series: 154 registrations are usual.
  expect(number(/\+(\d+)%/.exec(row)?.[1])).toBeGreaterThan(150);
  const upcoming = schedule.getByRole('region', { name: 'Upcoming' });
  await upcoming.waitFor();
  expect(await upcoming.getByRole('listitem').count()).toBe(4);
  await upcoming.getByRole('button', { name: 'Show all 14' }).click();
  expect(await upcoming.getByRole('listitem').count()).toBe(14);
  expect(await upcoming.getByRole('listitem').first().textContent()).toMatch(
    /registered so far .*the median of its last 8 at this point/,
  );
});

test('the page of that webinar: its numbers, its room, its people', async () => {
  await open('/d/schedule');
  await page.getByRole('link', { name: OPEN_NIGHT }).click();
  await page.getByRole('heading', { level: 1, name: OPEN_NIGHT }).waitFor();
  await settled(page);
  const numbers = plain(await page.locator('.cards').first().textContent());
  expect(numbers).toContain('463');
  expect(numbers).toMatch(/28\.5%/);
  const curve = page.getByRole('img', { name: /^Most people \(\d+\) were in the room in minute/ });
  expect(await curve.count()).toBe(1);
  const people = page.getByRole('region', { name: 'People' }).getByRole('table');
  const first = await people.locator('tbody tr').first().textContent();
  expect(first).toMatch(/^(\w\*\*\*@([a-z]+\.)?example\.(com|org|net)|\+\d+…\d\d)/);
  expect(await people.textContent()).not.toMatch(/[a-z0-9]{2,}@/i);
  // Registrations by day add up to the whole.
  const days = await tableOf(page, 'Registrations by day');
  expect(days.slice(1).reduce((sum, row) => sum + (row[0] === 'Total' ? 0 : number(row[1])), 0)).toBe(463);
});

test('regions of a year, and weeks whose totals are no sums', async () => {
  await open('/d/regions?p=2023-11-13..2024-11-10');
  const totals = columnOf(await tableOf(page, 'Region by week'), /^Total$/);
  const shares = [...totals].map(([region, text]) => [region, number(text).toFixed(1)]);
  expect(Object.fromEntries(shares)).toMatchObject({
    Bali: '36.7',
    Jakarta: '35.7',
    'West Java': '35.6',
    'East Java': '35.6',
    'North Sumatra': '27.7',
  });
});

test('source groups: the drop is the new source, by the mix; parts add up to the headline', async () => {
  await open('/d/source_groups');
  const change = tile(page, 'What moved the attendance rate');
  const sentence = plain(await change.textContent());
  expect(sentence).toContain(
    'Attendance rate fell 5.1 points, from 35.75% to 30.67%: 0.0 from changed rates, -5.1 from the mix; Paid Social is new and explains -4.5.',
  );
  const answer = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-turnout': '1' },
    body: JSON.stringify({
      change: 'attendance_rate',
      dimensions: ['source_group', 'utm_source', 'utm_campaign'],
      time: { range: ['2024-10-14', '2024-11-11'] },
      filters: [{ dimension: 'status', op: 'in', values: ['scheduled', 'live', 'finished'] }],
      matured: true,
    }),
  });
  const { rows, totals } = (await answer.json()) as QueryResult;
  const headline = Number(totals?.['change']);
  expect(headline).toBeCloseTo(1433 / 4672 - 1368 / 3827, 10);
  for (const level of [1, 2, 3]) {
    const parts = rows.filter((row) => row['level'] === level);
    const sum = parts.reduce((total, row) => total + Number(row['contribution']), 0);
    expect(sum, `level ${level}`).toBeCloseTo(headline, 10);
  }
  const groups = rows.filter((row) => row['level'] === 1);
  const held = groups.filter((row) => row['source_group'] !== 'Paid Social');
  for (const row of held) expect(Math.abs(Number(row['value']) - Number(row['before']))).toBeLessThan(0.005);
  const fresh = groups.find((row) => row['source_group'] === 'Paid Social');
  expect(fresh).toMatchObject({ state: 'new', numerator: 111, denominator: 964, rate_effect: 0 });

  // The page: what is shown adds up to the headline within 0.1 point, and rates are those of the README.
  const shown = await tableOf(page, 'What moved the attendance rate');
  const names = new Set(groups.map((row) => String(row['source_group'])));
  const top = shown.slice(1).filter(([name = '']) => names.has(name.replace(/ \((new|gone)\)$/, '')));
  const at = shown[0]?.findIndex((cell) => cell.startsWith('Contribution')) ?? -1;
  const total = number(shown.at(-1)?.[at]);
  expect(top.length).toBe(9);
  expect(Math.abs(top.reduce((sum, row) => sum + number(row[at]), 0) - total)).toBeLessThanOrEqual(0.1 + 1e-9);
  expect(total).toBe(-5.1);
  const bars = columnOf(await tableOf(page, 'Attendance by source group'), /Attendance rate/);
  expect(number(bars.get('Paid Social'))).toBeCloseTo(11.51, 2);
  expect(number(bars.get('WhatsApp'))).toBeCloseTo(41.47, 2);
});

test('sign-up to attend: the funnel counts what the metrics count', async () => {
  await open('/d/signup');
  const steps = columnOf(await tableOf(page, 'Sign-up to attend'), /^People$/);
  expect(Object.fromEntries(steps)).toMatchObject({
    Registered: '4,672',
    Joined: '1,433',
    'Stayed 5 min': '1,186',
    'Stayed 30 min': '814',
  });
});

test('moved thresholds are in the address, in the names and in the numbers', async () => {
  await open('/d/signup?v=short_visit:15&v=long_visit:45');
  const steps = columnOf(await tableOf(page, 'Sign-up to attend'), /^People$/);
  expect([...steps.keys()].slice(0, 4)).toEqual(['Registered', 'Joined', 'Stayed 15 min', 'Stayed 45 min']);
  expect(number(steps.get('Stayed 15 min'))).toBeLessThan(1_186);
  expect(number(steps.get('Stayed 45 min'))).toBeLessThan(814);
  await page.getByRole('button', { name: 'Thresholds: Short visit ≥ 15 min, Long visit ≥ 45 min' }).click();
  await page.getByRole('button', { name: 'Back to 5 min and 30 min' }).click();
  await settled(page);
  expect(new URL(page.url()).search).not.toContain('v=');
  expect([...columnOf(await tableOf(page, 'Sign-up to attend'), /^People$/).keys()]).toContain('Stayed 5 min');
});

test('what is not settled is hatched, and neither compared, coloured nor marked; small samples are grey and have no rank', async () => {
  // The running week, on the morning after its last webinar.
  await open('/d/regions?p=2024-10-21..2024-11-16&f=status:in');
  const pivot = page.locator('.tile-pivot');
  const hatchedCells = pivot.locator('[role="gridcell"][data-state], td[data-state]');
  expect(await hatchedCells.count()).toBeGreaterThan(0);
  // The running week has no colour.
  expect(await hatchedCells.evaluateAll((all) => all.filter((each) => each.hasAttribute('data-step')).length)).toBe(0);
  // The change is between the last two weeks that are complete and settled.
  expect(await pivot.getByRole('columnheader').last().textContent()).toContain('W45');

  await page.goto(`${url}/d/schedule`);
  await settled(page);
  const hatched = page.locator('.tile-schedule td[data-maturing]');
  expect(await hatched.count()).toBeGreaterThan(0);
  expect(
    await hatched.locator('.change').evaluateAll((all) => all.map((each) => each.textContent?.trim() ?? '')),
  ).toEqual(Array.from({ length: await hatched.locator('.change').count() }, () => ''));

  // One campaign has few registrations in a week: grey, and never the first of a ranking by the rate.
  await page.goto(`${url}/d/schedule?f=source_group:in:Referral`);
  await settled(page);
  const small = page.locator('.tile-schedule td[data-small]');
  expect(await small.count()).toBeGreaterThan(0);
  await page.locator('.tile-schedule').getByRole('button', { name: 'Attendance rate' }).click();
  const order = await page
    .locator('.tile-schedule tbody tr')
    .evaluateAll((rows) => rows.map((row) => row.querySelector('td[data-small]') !== null));
  expect(order.indexOf(true) === -1 ? order.length : order.indexOf(true)).toBe(order.filter((grey) => !grey).length);
});
