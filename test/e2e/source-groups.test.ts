import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { IdentityReport } from '../../src/contract/api.ts';
import type { ErrorBody } from '../../src/contract/errors.ts';
import type { IdentityRulesInfo } from '../../src/contract/identity.ts';
import type { SourceGroupsInfo, SourceGroupsPreview, SourceRule } from '../../src/contract/source-groups.ts';
import { type ServerProcess, startServerProcess, until } from '../support/server.ts';
import { testWorkspace, WEBHOOK_TOKEN } from '../support/workspace.ts';

/** Rules are changed over the API: the file is written, and what was counted long ago follows. */

const NOW = '2024-11-16T12:00:00Z';
const workspace = testWorkspace({ clock: NOW });
const file = join(workspace, 'source_groups.yaml');
let server: ServerProcess;

beforeAll(async () => {
  const settings = join(workspace, 'turnout.yaml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}\npacks: [omnichannel, webinars]\n`);
  server = await startServerProcess({ workspace });
  await send([
    {
      record: 'webinar',
      key: 'w',
      webinar_id: 'w-1',
      title: 'First steps',
      format: 'live',
      status: 'finished',
      starts_at: '2024-11-14T10:00:00Z',
    },
    ...registrations('newsletter', 'email', 5),
    ...registrations('partner.example', 'banner', 4),
    ...registrations('mystery', 'unheard', 3),
    ...registrations('', '', 2),
    {
      record: 'attendance',
      key: 'a-1',
      webinar_id: 'w-1',
      person: { email: 'newsletter-1@example.com' },
      joined_at: '2024-11-14T10:00:00Z',
      seconds: 600,
    },
    {
      record: 'attendance',
      key: 'a-2',
      webinar_id: 'w-1',
      person: { email: 'newsletter-2+tag@example.com' },
      joined_at: '2024-11-14T10:00:00Z',
      seconds: 600,
    },
  ]);
  await counted({ Email: 5, Display: 4, Direct: 2, Unassigned: 3 });
});
afterAll(async () => {
  await server.stop('SIGKILL');
});

function registrations(source: string, medium: string, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    record: 'registration',
    key: `r-${source}-${index}`,
    webinar_id: 'w-1',
    person: { email: `${source || 'nobody'}-${index + 1}@example.com` },
    registered_at: `2024-11-1${index % 3}T08:00:00Z`,
    ...(source === '' ? {} : { utm_source: source, utm_medium: medium }),
  }));
}

async function send(records: object[]): Promise<void> {
  const answer = await fetch(`${server.url}/hooks/platform`, {
    method: 'POST',
    headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(records),
  });
  expect(answer.status).toBe(200);
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${server.url}/api/v1/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

const info = async () => (await ask<SourceGroupsInfo>('GET', 'source-groups')).body;

/** Waits until the groups with registrations are these. */
async function counted(wanted: Record<string, number>): Promise<void> {
  await until(
    async () => {
      const { groups } = await info();
      const some = groups.filter((one) => one.registrations > 0).map((one) => [one.group, one.registrations] as const);
      return isDeepStrictEqual(Object.fromEntries(some), wanted) ? true : undefined;
    },
    `the groups are ${JSON.stringify(wanted)}`,
  );
}

const PARTNERS: SourceRule = { group: 'Partners', when: [{ field: 'source', ends: '.example' }] };

test('the rules of the pack hold at first; the amber rest comes last', async () => {
  const { file: from, own, groups, rules, standard } = await info();
  expect({ from, own }).toEqual({ from: 'packs/webinars/source_groups.yaml', own: false });
  expect(groups.at(-1)).toEqual({ group: 'Unassigned', registrations: 3 });
  expect(rules).toEqual(standard);
});

test('a preview tells what would move and changes nothing', async () => {
  const { rules } = await info();
  const { status, body } = await ask<SourceGroupsPreview>('POST', 'source-groups/preview', {
    rules: [PARTNERS, ...rules],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    registrations: 14,
    moved: 4,
    moves: [
      { touch: { source: 'partner.example', medium: 'banner' }, from: 'Display', to: 'Partners', registrations: 4 },
    ],
    unassigned: [{ touch: { source: 'mystery', medium: 'unheard' }, registrations: 3 }],
    whole: true,
    problems: [],
  });
  expect(body.caught[0]).toBe(4);
  expect(body.groups[0]).toEqual({ group: 'Partners', before: 0, after: 4 });
  expect(existsSync(file)).toBe(false);

  const wrong = await ask<SourceGroupsPreview>('POST', 'source-groups/preview', {
    rules: [{ group: 'A', when: [{ field: 'source', in_list: 'serch' }] }],
  });
  expect(wrong.body.problems).toEqual([
    {
      code: 'unknown_list',
      path: 'rules.0.when.0.in_list',
      message: 'There is no list "serch".',
      hint: 'Did you mean "search"?',
    },
  ]);
});

test('rules with a mistake are refused and written nowhere', async () => {
  for (const rules of [
    [{ group: 'A', when: [{ field: 'source', matches: '(' }] }],
    [PARTNERS, { ...PARTNERS, group: 'Others' }],
    [{ group: 'A', when: [{ field: 'source', is: 'a', contains: 'b' }] }],
  ]) {
    const { status, body } = await ask<ErrorBody>('PUT', 'source-groups', { rules });
    expect(status).toBe(400);
    expect(body.error.problems?.length).toBeGreaterThan(0);
  }
  expect(existsSync(file)).toBe(false);
});

test('rules of one’s own are written, and all registrations follow; then the standard ones again', async () => {
  const { rules } = await info();
  const saved = await ask<SourceGroupsInfo>('PUT', 'source-groups', { rules: [PARTNERS, ...rules] });
  expect(saved.status).toBe(200);
  expect(saved.body).toMatchObject({ file: 'source_groups.yaml', own: true });
  expect(readFileSync(file, 'utf8')).toMatch(/^# Groups of traffic sources/);
  await counted({ Email: 5, Partners: 4, Direct: 2, Unassigned: 3 });

  const reset = await ask<SourceGroupsInfo>('DELETE', 'source-groups');
  expect(reset.body).toMatchObject({ file: 'packs/webinars/source_groups.yaml', own: false });
  await counted({ Email: 5, Display: 4, Direct: 2, Unassigned: 3 });
});

test('other rules of identity match attendance anew', async () => {
  const before = await ask<IdentityRulesInfo>('GET', 'identity/rules');
  expect(before.body).toMatchObject({ own: false, rules: { email: { plus_tags: 'keep' } } });
  const matched = async () => (await ask<IdentityReport>('GET', 'identity')).body.attendance?.by;
  expect(await matched()).toMatchObject({ email: 1, unmatched: 1 });

  const refused = await ask<ErrorBody>('PUT', 'identity/rules', {
    rules: { version: 1, exclude: { emails: ['example.com'] } },
  });
  expect(refused.body.error.problems).toMatchObject([
    { path: 'rules.exclude.emails.0', hint: 'Whole domains go under exclude.domains.' },
  ]);

  const rules = { version: 1, email: { plus_tags: 'ignore' } };
  const saved = await ask<IdentityRulesInfo>('PUT', 'identity/rules', { rules });
  expect(saved.body).toMatchObject({ own: true, rules: { email: { plus_tags: 'ignore', dots: 'keep' } } });
  expect(readFileSync(join(workspace, 'identity.yaml'), 'utf8')).toContain('plus_tags: ignore');
  await until(async () => ((await matched())?.email === 2 ? true : undefined), 'the tagged address is matched');
});

test('the sample’s rules can be tried out and not saved', async () => {
  const { url } = inject('sample');
  const body = JSON.stringify({ rules: [PARTNERS] });
  const headers = { 'content-type': 'application/json' };
  const preview = await fetch(`${url}/api/v1/source-groups/preview`, { method: 'POST', headers, body });
  expect(preview.status).toBe(200);
  for (const method of ['PUT', 'DELETE']) {
    const answer = await fetch(`${url}/api/v1/source-groups`, {
      method,
      ...(method === 'PUT' ? { headers, body } : {}),
    });
    expect(answer.status).toBe(409);
    const { error } = (await answer.json()) as ErrorBody;
    expect(error.message).toBe('This is the sample workspace. Remove the sample to save source groups of your own.');
  }
});
