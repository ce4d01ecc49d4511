import { createHash } from 'node:crypto';
import { type PullEffects, PullError } from '../contract/pull.ts';

/** What the pages of one read may do wrong although each of them is a proper answer. */

/** So many pages without rows, one after the other, are no longer a gap in the service's list. */
const EMPTY_PAGES = 25;

export interface PageWatch {
  /** Before a page is asked for: throws `PullError` where this token was asked for before. */
  token(token: string | number): void;
  /**
   * After a page came. `rows`: how many it holds; `announced`: how many it says it holds; `total`: how many the service says there
   * are in all; `body`: the answer, for services whose pages have no token of their own.
   */
  page(page: { rows: number; announced?: number; total?: number; body?: Buffer }): void;
  /** After the last page: what the service announced is held against what it sent. */
  end(): void;
}

/**
 * Watches one read of a stream: going round in circles and endless empty pages end it, short pages and totals that disagree are
 * told. What a page lost is found by the next run, where the connector reads an overlap again.
 */
export function watchPages(stream: string, effects: Pick<PullEffects, 'notice'>): PageWatch {
  const tokens = new Set<string>();
  let sent = 0;
  let total: number | undefined;
  let empty = 0;
  let lastBody: string | undefined;
  return {
    token(token) {
      const text = String(token);
      if (tokens.has(text)) throw circles(stream, `the page "${text.slice(0, 40)}" came again`);
      tokens.add(text);
    },
    page({ rows, announced, total: says, body }) {
      sent += rows;
      empty = rows === 0 ? empty + 1 : 0;
      if (empty >= EMPTY_PAGES)
        throw new PullError('retry', `"${stream}" sent ${EMPTY_PAGES} pages without a row, one after the other.`);
      const digest = body === undefined || rows === 0 ? undefined : createHash('sha256').update(body).digest('base64');
      if (digest !== undefined && digest === lastBody) throw circles(stream, 'two pages in a row are the same');
      lastBody = digest;
      if (announced !== undefined && announced !== rows)
        effects.notice(`"${stream}" announced a page of ${announced} rows and sent ${rows}. The next run looks again.`);
      if (says !== undefined && total !== undefined && says < total)
        effects.notice(
          `"${stream}" had ${total} rows when the read began and ${says} later. Rows may have slipped from page to page; the next run looks again.`,
        );
      total = says ?? total;
    },
    end() {
      if (total !== undefined && total !== sent)
        effects.notice(`"${stream}" announced ${total} rows and sent ${sent}.`);
    },
  };
}

function circles(stream: string, why: string): PullError {
  return new PullError('retry', `"${stream}" leads round in circles: ${why}. What was read before is kept.`);
}
