import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReceivedEntry } from '../contract/connector.ts';
import { type Cursor, type PullEffects, PullError, type PulledPage, type Stream } from '../contract/pull.ts';
import type { TablePage } from '../contract/table-page.ts';
import { csv, type FileSettings } from './csv.ts';
import { isInside, type WatchedFile, wasRead, withFile } from './watched-folder.ts';

const NOW = Date.UTC(2026, 10, 19, 9);
const settings: FileSettings = {
  folder: 'inbox',
  mapping: { record: 'person', columns: [{ field: 'email', column: 'Email' }] },
};
const [stream] = csv.streams(settings) as [Stream];

let workspace: string;
let said: { log: string[]; notices: string[] };

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'turnout-inbox-'));
  await mkdir(join(workspace, 'inbox'));
  said = { log: [], notices: [] };
});
afterEach(() => rm(workspace, { recursive: true }));

function effects(now = NOW): PullEffects {
  return {
    now: () => now,
    signal: new AbortController().signal,
    http: () => Promise.reject(new Error('files need no network')),
    address: () => Promise.reject(new Error('files need no network')),
    folder: workspace,
    log: (sentence) => said.log.push(sentence),
    notice: (sentence) => said.notices.push(sentence),
  };
}

async function drop(name: string, text: string, ageSeconds = 60): Promise<void> {
  const path = join(workspace, 'inbox', name);
  await writeFile(path, text);
  const at = new Date(NOW - ageSeconds * 1000);
  await utimes(path, at, at);
}

async function run(
  cursor: Cursor | null,
  given = settings,
  now = NOW,
): Promise<{ pages: PulledPage[]; cursor: Cursor | null; emails: string[] }> {
  const pages: PulledPage[] = [];
  let last = cursor;
  for await (const page of csv.read({ settings: given, stream, cursor }, effects(now))) {
    pages.push(page);
    last = page.cursor ?? last;
  }
  const emails = pages.flatMap(({ body }) =>
    (JSON.parse(body.toString()) as TablePage).rows.map(([email]) => String(email)),
  );
  return { pages, cursor: last, emails };
}

describe('a watched folder', () => {
  test('new and changed files are read once, the oldest first; the cursor moves with the last page of each', async () => {
    await drop('b.csv', 'Email\nben@example.com\n', 100);
    await drop('a.csv', `Email\n${'dana@example.com\n'.repeat(1500)}`, 50);
    const first = await run(null);
    expect(
      first.pages.map(({ rows, cursor }) => [rows, cursor === undefined ? 0 : Object.keys(cursor).length]),
    ).toEqual([
      [1, 1],
      [1000, 0],
      [500, 2],
    ]);
    expect(first.emails[0]).toBe('ben@example.com');
    expect((await run(first.cursor)).pages).toEqual([]);

    await drop('b.csv', 'Email\nben@example.com\nmei@example.com\n', 10);
    const second = await run(first.cursor);
    expect(second.emails).toEqual(['ben@example.com', 'mei@example.com']);
    expect((await run(second.cursor)).pages).toEqual([]);
  });

  test('a run that ended after any page leaves a cursor from which nothing is missed', async () => {
    await drop('a.csv', `Email\n${Array.from({ length: 2500 }, (_, index) => `a${index}@example.com\n`).join('')}`, 90);
    await drop('b.csv', 'Email\nb@example.com\n', 80);
    const whole = await run(null);
    for (let kept = 0; kept <= whole.pages.length; kept++) {
      const cursor = whole.pages.slice(0, kept).reduce<Cursor | null>((last, page) => page.cursor ?? last, null);
      const before = whole.emails.slice(
        0,
        whole.pages.slice(0, kept).reduce((sum, { rows }) => sum + rows, 0),
      );
      const after = await run(cursor);
      expect(new Set([...before, ...after.emails])).toEqual(new Set(whole.emails));
    }
  });

  test('a file that is still being written waits', async () => {
    await drop('growing.csv', 'Email\nben@example.com\n', 3);
    expect((await run(null)).pages).toEqual([]);
    expect(said.log).toEqual(['growing.csv was changed a moment ago; it is read by the next run.']);
    expect((await run(null, settings, NOW + 10_000)).emails).toEqual(['ben@example.com']);
  });

  test('a file that was only touched brings nothing, and is not looked at again', async () => {
    await drop('a.csv', 'Email\nben@example.com\n', 100);
    const first = await run(null);
    await drop('a.csv', 'Email\nben@example.com\n', 20);
    const second = await run(first.cursor);
    expect(second.pages.map(({ rows }) => rows)).toEqual([0]);
    expect((await run(second.cursor)).pages).toEqual([]);
  });

  test('a bad file is a notice in every run until it is mended; the others are read', async () => {
    await drop('bad.csv', '%PDF-1.7', 100);
    await drop('good.csv', 'Email\nben@example.com\n', 90);
    const first = await run(null);
    expect(first.emails).toEqual(['ben@example.com']);
    await run(first.cursor);
    expect(said.notices).toEqual(
      Array(2).fill('bad.csv was not read: This is a PDF. Tables cannot be read from it: export CSV or XLSX instead.'),
    );
    await drop('bad.csv', 'Email\nmei@example.com\n', 30);
    expect((await run(first.cursor)).emails).toEqual(['mei@example.com']);
  });

  test('names, hidden files, links and folders', async () => {
    await drop('Report 1.CSV', 'Email\none@example.com\n');
    await drop('report 2.csv', 'Email\ntwo@example.com\n');
    await drop('other.csv', 'Email\nother@example.com\n');
    await drop('~$report 3.csv', 'Email\nlock@example.com\n');
    await drop('.report 4.csv', 'Email\nhidden@example.com\n');
    await writeFile(join(workspace, 'outside.csv'), 'Email\noutside@example.com\n');
    await symlink(join(workspace, 'outside.csv'), join(workspace, 'inbox', 'report 5.csv'));
    await mkdir(join(workspace, 'inbox', 'report 6.csv'));
    expect((await run(null, { ...settings, pattern: 'report ?.csv' })).emails.sort()).toEqual([
      'one@example.com',
      'two@example.com',
    ]);
    expect((await run(null)).emails.length).toBe(3);
  });

  test('what a person has to mend', async () => {
    await expect(run(null, { ...settings, folder: 'missing' })).rejects.toThrow(
      /^The folder "missing" does not exist in the workspace/,
    );
    await expect(run(null, { mapping: settings.mapping })).rejects.toThrow(PullError);
    expect(await csv.check({ ...settings, folder: 'missing' }, effects())).toMatchObject([{ ok: false }]);
    expect(await csv.check(settings, effects())).toMatchObject([
      { ok: true, detail: 'The folder "inbox" holds no file yet.' },
    ]);
    await drop('a.csv', 'E-Mail\nben.okafor@example.com\n');
    expect(await csv.check(settings, effects())).toMatchObject([
      { ok: false, detail: 'a.csv: There is no column "Email" for E-mail. Did you mean "E-Mail"?' },
    ]);
    await drop('b.csv', 'Email\nben.okafor@example.com\n', 20);
    expect(await csv.check(settings, effects())).toMatchObject([
      {
        ok: true,
        detail: '2 files; the newest is b.csv.',
        sample: [{ Email: 'b***@example.com' }],
        columns: [{ name: 'Email', type: 'text' }],
      },
    ]);
  });
});

describe('settings', () => {
  test.each(['inbox', 'in/box', './inbox', 'inbox/..'])('%s lies in the workspace', (folder) =>
    expect(isInside(folder)).toBe(true),
  );
  test.each(['', '/etc', '..', '../inbox', 'inbox/../../etc', 'C:\\inbox', '..\\inbox'])('%j does not', (folder) =>
    expect(isInside(folder)).toBe(false),
  );

  test('rows need a table', () => {
    const mapping = { record: 'row', columns: [{ field: 'region', column: 'Region' }] };
    expect(csv.settings.safeParse({ mapping }).success).toBe(false);
    expect(csv.settings.safeParse({ mapping: { ...mapping, table: 'revenue' } }).success).toBe(true);
  });

  test('without a folder nothing is read, and files are uploaded', () => {
    expect(csv.streams({ mapping: settings.mapping })).toEqual([]);
    expect(csv.feeds({ mapping: settings.mapping })).toEqual([{ record: 'person' }]);
  });
});

test('the cursor stays small however many files there are', () => {
  const files = Array.from(
    { length: 800 },
    (_, index): WatchedFile => ({ name: `${index}.csv`, path: '', size: index, modified: 1000 + index }),
  );
  const present = new Set(files.map(({ name }) => name));
  let cursor: Cursor | null = null;
  for (const file of files) cursor = withFile(cursor, file, 'abc', present);
  expect(Object.keys(cursor ?? {}).length).toBeLessThanOrEqual(501);
  expect(files.every((file) => wasRead(cursor, file))).toBe(true);
  expect(wasRead(cursor, { name: 'new.csv', path: '', size: 1, modified: 9000 })).toBe(false);
  const only = { name: 'only.csv', path: '', size: 1, modified: 9000 };
  expect(Object.keys(withFile(cursor, only, 'abc', new Set(['only.csv'])))).toEqual(['before', 'file:only.csv']);
});

describe('parse', () => {
  const entry = (body: unknown): ReceivedEntry => ({
    seq: 1,
    receivedAt: NOW,
    target: '/import',
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const context = { source: 'contacts', settings, defaults: {}, timeZone: 'UTC' };

  test('good rows are records, bad ones are kept with place and reason, totals are neither', () => {
    const items = csv.parse(
      entry({
        columns: ['Email', 'City'],
        first_row: 17,
        place: 'contacts.csv',
        rows: [
          ['dana@example.com', 'Boston'],
          ['nobody', 'Boston'],
          ['', ''],
          ['Total', ''],
        ],
        row_numbers: [17, 19, 20, 21],
      }),
      context,
    );
    expect(items).toMatchObject([
      { ok: true, record: { record: 'person', email: 'dana@example.com' } },
      {
        ok: false,
        reason: 'contacts.csv, row 19, column "Email": "nobody" is not an e-mail address.',
        raw: '{"Email":"nobody","City":"Boston"}',
      },
      { ok: false, reason: 'contacts.csv, row 20: The row names nobody: e-mail, phone and id are empty.' },
    ]);
  });

  test.each([
    '',
    'no json',
    '[]',
    '{"columns":["a"],"rows":[1],"first_row":1}',
    '{"columns":[1],"rows":[],"first_row":1}',
  ])('%j is one poison item', (body) => {
    expect(csv.parse(entry(body), context)).toMatchObject([{ ok: false, reason: 'This is not a page of rows.' }]);
  });
});
