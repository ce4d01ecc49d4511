import { type PullEffects, PullError } from '../contract/pull.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { isObject, parseJsonBody } from './json.ts';
import { watchPages } from './pull-pages.ts';

/** BigMarker API v1, read only. */

export type BigMarkerRow = Record<string, unknown>;

/** `nothing`: the service says that there is none, or that this key may not see it. */
export type BigMarkerAnswer =
  | { kind: 'found'; body: Record<string, unknown> | unknown[] }
  | { kind: 'nothing'; status: number; why: string };

export const SEARCH = '/conferences/search';
const PER_PAGE = 200;
const LAST_PAGE = 5_000;

export interface BigMarkerApi {
  get(path: string, query?: Record<string, string>): Promise<BigMarkerAnswer>;
  /** All rows of a list that comes in pages; undefined where there is none. @param name of the list, as in `conferences` */
  list(
    path: string,
    name: string,
    query?: Record<string, string>,
    method?: 'GET' | 'POST',
  ): Promise<BigMarkerRow[] | undefined>;
}

export function bigmarkerApi(settings: BigMarkerSettings, effects: PullEffects): BigMarkerApi {
  const keys = typeof settings.api_key === 'string' ? [settings.api_key] : [...settings.api_key];
  /** The first one that was accepted; tells a key that may not see a webinar from one that is none. */
  let accepted: string | undefined;

  async function ask(path: string, query: Record<string, string>, method: 'GET' | 'POST'): Promise<BigMarkerAnswer> {
    const search = new URLSearchParams(query).toString();
    const url = `${settings.base_url}${path}${search === '' ? '' : `?${search}`}`;
    let refused: BigMarkerAnswer | undefined;
    for (const key of accepted === undefined ? keys : [accepted]) {
      const answer = await effects.http({
        url,
        method,
        headers: { 'API-KEY': key, accept: 'application/json' },
        paceMs: Math.ceil(1000 / settings.requests_per_second),
        timeoutMs: 60_000,
      });
      const read = parseJsonBody(answer.body);
      const body = read.ok && (isObject(read.value) || Array.isArray(read.value)) ? read.value : undefined;
      const why = isObject(body) ? String(body['error'] ?? body['message'] ?? '').slice(0, 200) : '';
      if (answer.status === 200 && body !== undefined && why === '') {
        accepted = key;
        return { kind: 'found', body };
      }
      if (answer.status === 200 && body === undefined)
        throw notJson(answer.headers['content-type'] ?? '', answer.body, settings);
      if (answer.status === 404 || (answer.status === 200 && isNothing(why))) {
        accepted = key;
        return { kind: 'nothing', status: 404, why };
      }
      const mayNotSee = answer.status === 401 || answer.status === 403;
      // Of the list of webinars any refusal is one of the whole source; of a single webinar it is that webinar's own.
      if (!mayNotSee && (accepted === undefined || path === SEARCH))
        throw new PullError(
          'settings',
          `BigMarker refuses the request (${answer.status}${why === '' ? '' : `: ${why}`}).`,
        );
      refused = { kind: 'nothing', status: answer.status, why };
    }
    if (refused === undefined || accepted === undefined)
      throw new PullError(
        'settings',
        'BigMarker does not accept the API key: take it from the account settings, API, of a member who may see the webinars.',
      );
    return refused;
  }

  return {
    get: (path, query = {}) => ask(path, query, 'GET'),
    list: (path, name, query = {}, method = 'GET') => listAll(path, name, query, method),
  };

  async function listAll(path: string, name: string, query: Record<string, string>, method: 'GET' | 'POST') {
    const rows: BigMarkerRow[] = [];
    const known = new Set<string>();
    const watch = watchPages(`${name} of ${path}`, effects);
    let longest = 0;
    for (let number = 1; number <= LAST_PAGE; number++) {
      let page = await askPage(path, name, query, method, number);
      if (page === undefined) return number === 1 ? undefined : rows;
      // A page that came before: once more, because a busy service mixes them up; then it is a list that knows no pages.
      if (repeats(page.rows, known)) page = (await askPage(path, name, query, method, number)) ?? page;
      if (repeats(page.rows, known)) {
        if (page.pages !== undefined && page.pages > 1)
          effects.notice(
            `BigMarker sent a page of ${name} twice instead of page ${number} of ${page.pages}. The next run looks again.`,
          );
        return rows;
      }
      const fresh = page.rows.filter((row) => !known.has(identityOf(row)));
      for (const row of page.rows) known.add(identityOf(row));
      rows.push(...fresh);
      watch.page({ rows: fresh.length, ...(page.total === undefined ? {} : { total: page.total }) });
      longest = Math.max(longest, page.rows.length);
      const last =
        page.pages === undefined ? page.rows.length < longest || page.rows.length === 0 : number >= page.pages;
      if (last) break;
    }
    watch.end();
    return rows;
  }

  async function askPage(
    path: string,
    name: string,
    query: Record<string, string>,
    method: 'GET' | 'POST',
    number: number,
  ) {
    // Lists of reports call it current_page, the others page.
    const paged = { ...query, page: String(number), current_page: String(number), per_page: String(PER_PAGE) };
    const answer = await ask(path, paged, method);
    if (answer.kind === 'nothing') {
      if (answer.status !== 404)
        effects.log(
          `BigMarker does not let this key see ${path} (${answer.status}${answer.why === '' ? '' : `: ${answer.why}`}).`,
        );
      return undefined;
    }
    const { body } = answer;
    const list = Array.isArray(body) ? body : body[name];
    if (!Array.isArray(list))
      throw new PullError('retry', `BigMarker answered ${path} without "${name}". The next run asks again.`);
    const head = Array.isArray(body) ? {} : body;
    return {
      rows: list.filter(isObject),
      pages: wholeNumber(head['total_pages']),
      total: wholeNumber(head['total_entries'] ?? head['total_count']),
    };
  }
}

function repeats(rows: readonly BigMarkerRow[], known: ReadonlySet<string>): boolean {
  const [first] = rows;
  return first !== undefined && rows.every((row) => known.has(identityOf(row)));
}

/** Ids of some lists are of the person, not of the row. */
function identityOf({ webinar_stats: _, ...row }: BigMarkerRow): string {
  return JSON.stringify(row);
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** Errors that mean "there is none". */
function isNothing(why: string): boolean {
  return /not (?:be )?found|not_found|not a recurring|does not have|no recording/i.test(why);
}

function notJson(contentType: string, body: Buffer, settings: BigMarkerSettings): PullError {
  const html = /html/i.test(contentType) || /^\s*</.test(body.toString('utf8', 0, 100));
  if (!html) return new PullError('retry', 'BigMarker sent an answer that is not whole. The next run asks again.');
  return new PullError(
    'settings',
    `"${URL.parse(settings.base_url)?.hostname ?? ''}" answers with a web page instead of data: it is not the host of your API. Set base_url to https://<your own host>/api/v1.`,
  );
}
