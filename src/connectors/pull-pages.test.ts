import { describe, expect, test } from 'vitest';
import { watchPages } from './pull-pages.ts';

function watch() {
  const notices: string[] = [];
  return { notices, pages: watchPages('items', { notice: (sentence) => notices.push(sentence) }) };
}

describe('a read of pages', () => {
  test('that is as announced says nothing', () => {
    const { notices, pages } = watch();
    for (const token of ['', 'a', 'b']) {
      pages.token(token);
      pages.page({ rows: 10, announced: 10, total: 30, body: Buffer.from(token) });
    }
    pages.end();
    expect(notices).toEqual([]);
  });

  test('ends where a token comes again', () => {
    const { pages } = watch();
    pages.token('a');
    pages.token('b');
    expect(() => pages.token('a')).toThrow('"items" leads round in circles: the page "a" came again.');
  });

  test('ends where two pages in a row are the same', () => {
    const { pages } = watch();
    pages.page({ rows: 2, body: Buffer.from('[1,2]') });
    expect(() => pages.page({ rows: 2, body: Buffer.from('[1,2]') })).toThrow(/two pages in a row are the same/);
  });

  test('goes on over a few pages without rows and ends over many', () => {
    const { pages } = watch();
    for (let n = 0; n < 24; n++) pages.page({ rows: 0, body: Buffer.from('[]') });
    pages.page({ rows: 1 });
    for (let n = 0; n < 24; n++) pages.page({ rows: 0 });
    expect(() => pages.page({ rows: 0 })).toThrow(/25 pages without a row/);
  });

  test('tells of a short page, of fewer rows than at first and of a total that disagrees', () => {
    const { notices, pages } = watch();
    pages.page({ rows: 7, announced: 10, total: 20 });
    pages.page({ rows: 10, announced: 10, total: 18 });
    pages.end();
    expect(notices).toEqual([
      '"items" announced a page of 10 rows and sent 7. The next run looks again.',
      '"items" had 20 rows when the read began and 18 later. Rows may have slipped from page to page; the next run looks again.',
      '"items" announced 18 rows and sent 17.',
    ]);
  });
});
