import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cursor } from '../../src/contract/pull.ts';
import { type FakePages, fakeItems, startFakePages } from '../support/fake-pages.ts';
import { fakePages } from '../support/fake-pages-connectors.ts';
import { readAll, testEffects } from '../support/test-effects.ts';

/** F17 and F18 as a connector meets them: what comes through, what is told, and what the next run finds. */

let service: FakePages;
beforeEach(async () => {
  service = await startFakePages(fakeItems(45));
});
afterEach(() => service.close());

const ids = new Set<string>();

/** One run from a cursor; the ids seen are added up over the runs of a test. */
async function run(cursor: Cursor | null, attempts = 3) {
  const settings = fakePages.settings.parse({ base_url: service.url });
  const [stream] = fakePages.streams(settings);
  if (stream === undefined) throw new Error('no stream');
  const { effects, notices, log, slept } = testEffects({ attempts });
  const { pages, error } = await readAll(fakePages, { settings, stream, cursor }, effects);
  for (const page of pages) {
    const entry = { seq: 1, receivedAt: 0, target: '', headers: {}, body: page.body };
    for (const item of fakePages.parse(entry, { source: 's', settings, defaults: {} }))
      if (item.ok) ids.add(item.record.key);
  }
  const last = pages.findLast((page) => page.cursor !== undefined)?.cursor ?? cursor;
  return { pages, error, notices, log, slept: slept(), cursor: last };
}

beforeEach(() => ids.clear());

test('a read without faults brings everything and says nothing', async () => {
  const { pages, notices, error } = await run(null);
  expect([pages.length, ids.size, notices, error]).toEqual([5, 45, [], undefined]);
});

describe('transport', () => {
  test.each([
    [{ kind: 'status', status: 429, headers: { 'retry-after': '3' } } as const, 3500],
    [{ kind: 'status', status: 429 } as const, 500],
    [{ kind: 'status', status: 500 } as const, 500],
    [{ kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' } as const, 500],
    [{ kind: 'hang' } as const, 500],
    [{ kind: 'hang_in_body' } as const, 500],
    [{ kind: 'truncate' } as const, 500],
    [{ kind: 'reset' } as const, 500],
  ])('%o is waited out', async (fault, wait) => {
    service.fault(2, fault);
    const { pages, error, slept } = await run(null);
    expect([pages.length, ids.size, error, slept]).toEqual([5, 45, undefined, wait]);
  });

  test.each([{ kind: 'half_json' } as const, { kind: 'html' } as const])(
    '%o ends the read; the cursor stays with the last whole page',
    async (fault) => {
      service.fault(2, fault);
      const first = await run(null);
      expect(first.error).toMatchObject({ kind: 'retry' });
      expect(first.pages).toHaveLength(2);
      const second = await run(first.cursor);
      expect([second.error, ids.size]).toEqual([undefined, 45]);
    },
  );

  test('a service that stays away ends the read without a cursor', async () => {
    service.always({ kind: 'status', status: 503 });
    const { error, pages, cursor } = await run(null);
    expect(error).toMatchObject({ kind: 'retry' });
    expect([pages.length, cursor, service.requests()]).toEqual([0, null, 3]);
  });
});

describe('paging', () => {
  test('a partial page is told, and the next run finds its rows', async () => {
    service.fault(4, { kind: 'partial', rows: 2 });
    const first = await run(null);
    expect(first.notices).toEqual([
      '"items" announced a page of 5 rows and sent 3. The next run looks again.',
      '"items" announced 45 rows and sent 43.',
    ]);
    expect(ids.size).toBe(43);
    const second = await run(first.cursor);
    expect([second.notices, ids.size]).toEqual([[], 45]);
  });

  test('a page that names itself as the next ends the read', async () => {
    service.fault(1, { kind: 'repeat_token' });
    const first = await run(null);
    expect(first.error).toMatchObject({ kind: 'retry', message: expect.stringMatching(/round in circles/) });
    const second = await run(first.cursor);
    expect([second.error, ids.size]).toEqual([undefined, 45]);
  });

  test('an empty page with a next one is gone over', async () => {
    service.fault(2, { kind: 'empty' });
    const { error, pages } = await run(null);
    expect([error, ids.size, pages.length]).toEqual([undefined, 45, 6]);
  });

  test('a list that shrinks while it is read is told, and the next run finds what slipped', async () => {
    service.fault(4, { kind: 'shrink', rows: 3 });
    const first = await run(null);
    expect(first.notices[0]).toMatch(/had 45 rows when the read began and 42 later/);
    expect(ids.has('item-40')).toBe(false);
    await run(first.cursor);
    expect(ids.size).toBe(45);
  });

  test('a total that disagrees is told', async () => {
    for (let page = 0; page < 5; page++) service.fault(page, { kind: 'wrong_total', by: 2 });
    const { notices, error } = await run(null);
    expect([notices, error]).toEqual([['"items" announced 47 rows and sent 45.'], undefined]);
  });
});
