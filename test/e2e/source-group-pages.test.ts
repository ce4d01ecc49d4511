import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { SourceGroupsInfo } from '../../src/contract/source-groups.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { openPage } from '../support/page.ts';
import { type ServerProcess, startServerProcess, until } from '../support/server.ts';
import { testWorkspace, WEBHOOK_TOKEN } from '../support/workspace.ts';

/** The pages on which rules are changed, by keyboard alone where people do it most. */

const workspace = testWorkspace({ clock: '2024-11-16T12:00:00Z' });
let browser: Browser;
let server: ServerProcess;

beforeAll(async () => {
  const settings = join(workspace, 'turnout.yaml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}\npacks: [omnichannel, webinars]\n`);
  [browser, server] = await Promise.all([launchBrowser(), startServerProcess({ workspace })]);
  const came = (source: string, medium: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      record: 'registration',
      key: `${source}-${index}`,
      webinar_id: 'w-1',
      person: { email: `${source}-${index}@example.com` },
      registered_at: '2024-11-12T08:00:00Z',
      utm_source: source,
      utm_medium: medium,
    }));
  const answer = await fetch(`${server.url}/hooks/platform`, {
    method: 'POST',
    headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify([...came('newsletter', 'email', 7), ...came('trade-fair', 'qr', 3)]),
  });
  expect(answer.status).toBe(200);
  await counted('Unassigned', 3);
});
afterAll(async () => {
  await browser.close();
  await server.stop('SIGKILL');
});

async function counted(group: string, registrations: number): Promise<void> {
  await until(async () => {
    const info = (await (await fetch(`${server.url}/api/v1/source-groups`)).json()) as SourceGroupsInfo;
    return info.groups.find((one) => one.group === group)?.registrations === registrations ? true : undefined;
  }, `${group} has ${registrations} registrations`);
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
/** With the whole page in sight: what lies under the bars at the edges is no matter of the page's controls. */
const violationsOfWhole = async (page: Page) => {
  await page.setViewportSize({ width: 1440, height: 4000 });
  return violationsOf(page);
};
const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

test('a rule from what was left over: previewed, saved, undone; the keyboard is enough', async () => {
  const page = await openPage(browser, `${server.url}/source-groups`);
  await page.getByText('3 registrations fit no rule.').waitFor();
  const made = page.getByRole('button', { name: 'Make a rule from this: trade-fair / qr' });
  await made.focus();
  await press(page, 'Enter');
  await page.getByText('One rule is not finished.').waitFor();
  // The new rule is open with the focus on its group.
  await page.keyboard.type('Fairs');
  const panel = page.getByRole('region', { name: 'What would change' });
  await panel.getByText('3 of 10 registrations move to another group.').waitFor();
  await panel.getByRole('row', { name: 'trade-fair / qr Unassigned Fairs 3' }).waitFor();
  await page.getByText('Every registration has a group.').waitFor();
  expect(await violationsOfWhole(page)).toEqual([]);
  await press(page, 'Enter');
  await expect.poll(() => focused(page)).toMatch(/^Change rule \d+, Fairs$/);
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.focus();
  await press(page, 'Enter');
  await page.getByText('Saved. The registrations of all time are sorted anew.').waitFor();
  await save.waitFor({ state: 'detached' });
  expect(readFileSync(join(workspace, 'source_groups.yaml'), 'utf8')).toContain('group: Fairs');
  await counted('Fairs', 3);

  const undo = page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' });
  await undo.focus();
  await press(page, 'Enter');
  await counted('Unassigned', 3);
  await page.getByText('3 registrations fit no rule.').waitFor();
  await page.context().close();
});

test('rules move by keys and take the focus along; undo, discard, and mistakes beside their rule', async () => {
  const page = await openPage(browser, `${server.url}/source-groups`);
  await page.getByRole('button', { name: 'Change rule 1, WhatsApp' }).waitFor();
  await page.getByRole('button', { name: 'Change rule 3, SMS' }).focus();
  await press(page, 'Alt+ArrowUp', 'Alt+ArrowUp');
  await expect.poll(() => focused(page)).toBe('Change rule 1, SMS');
  await page.getByText('Nothing moves.', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Change rule 2, SMS' }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Change rule 3, SMS' }).waitFor();

  await page.getByRole('button', { name: 'Remove rule 6, Email' }).focus();
  await press(page, 'Enter');
  await expect.poll(() => focused(page)).toBe('Remove rule 6, Email');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.keyboard.type('Fairs');
  await page.getByRole('combobox', { name: 'Comparison' }).selectOption('matches');
  await page.getByRole('textbox', { name: 'Value' }).fill('(a+)+');
  await page.getByText('repeats a group that itself repeats').waitFor();
  await page.getByText('One rule has a mistake.').waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  expect(await violationsOfWhole(page)).toEqual([]);
  await press(page, 'Escape');
  await expect.poll(() => focused(page)).toBe('Change rule 1, Fairs');
  await page.getByRole('button', { name: 'YAML' }).click();
  expect(await page.getByRole('textbox', { name: 'Rules as YAML' }).inputValue()).toContain('group: Fairs');
  await press(page, 'Escape');
  await page.getByRole('button', { name: 'Back to the standard rules' }).click();
  await page.getByRole('button', { name: 'Discard' }).waitFor({ state: 'detached' });
  await page.context().close();
});

test('the rules of matching are changed by keyboard, and refused with what to do', async () => {
  const page = await openPage(browser, `${server.url}/identity`);
  await page.getByRole('button', { name: 'Ask earlier: Phone' }).focus();
  await press(page, 'Enter');
  await expect.poll(() => focused(page)).toBe('Ask earlier: Phone');
  await page.getByLabel('Addresses, one per line').fill('example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Whole domains go under exclude.domains.').waitFor();
  expect(existsSync(join(workspace, 'identity.yaml'))).toBe(false);
  await page.getByLabel('Addresses, one per line').fill('newsletter-0@example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved in identity.yaml.').waitFor();
  expect(readFileSync(join(workspace, 'identity.yaml'), 'utf8')).toContain(
    'match: [ service_id, phone, email, external_id ]',
  );
  await counted('Email', 6);
  expect(await violationsOfWhole(page)).toEqual([]);
  await page.context().close();
});

test('the sample’s rules can be tried out and not saved', async () => {
  const page = await openPage(browser, `${inject('sample').url}/source-groups`);
  await page.getByText('rules can be tried out here and are not saved').waitFor();
  await page.getByRole('button', { name: 'Remove rule 1, WhatsApp' }).click();
  await page.getByText('The sample’s rules cannot be saved.').waitFor();
  await page.getByRole('region', { name: 'What would change' }).getByText('What moves').waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  await page.context().close();
});
