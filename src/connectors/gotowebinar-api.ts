import { type PullEffects, PullError } from '../contract/pull.ts';
import type { GoToRow } from './gotowebinar-fields.ts';
import type { GoToWebinarSettings } from './gotowebinar-settings.ts';
import { forgetAccess, type GoToAccess, goToAccess } from './gotowebinar-token.ts';
import { isObject, parseJsonBody } from './json.ts';
import { shortText, wordText } from './parsed-item.ts';

/** GoTo Webinar REST v2, read only. */

export interface GoToApi {
  /** `/organizers/<key>`, whose webinars are read. */
  organizer(): Promise<string>;
  /** All rows of a list, whatever way it is paged; undefined where there is none or it may not be seen. */
  list(path: string, query?: Record<string, string>): Promise<GoToRow[] | undefined>;
  /** `none`: GoTo knows no such thing; undefined: it may not be seen. */
  get(path: string): Promise<GoToRow | 'none' | undefined>;
  /** The newest refresh token, where GoTo has given another than that of the settings. */
  renewed(): string | undefined;
}

const SIZE = 200;
const LAST_PAGE = 2_000;

/** @param kept the refresh token of the cursor */
export function goToApi(settings: GoToWebinarSettings, kept: string | undefined, effects: PullEffects): GoToApi {
  let newest: string | undefined = kept;

  async function access(): Promise<GoToAccess> {
    const given = await goToAccess(settings, newest, effects);
    newest = given.refreshToken === settings.refresh_token ? undefined : given.refreshToken;
    return given;
  }

  /** `nothing` with 404 where there is none, with 403 where this organiser may not see it. */
  async function ask(url: string): Promise<{ value: unknown } | { nothing: 403 | 404 }> {
    for (let attempt = 1; ; attempt++) {
      const { token } = await access();
      const answer = await effects.http({
        url,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        paceMs: Math.ceil(1000 / settings.requests_per_second),
        timeoutMs: 60_000,
      });
      // GoTo says 403 for a token that has ended as well.
      if ((answer.status === 401 || answer.status === 403) && attempt === 1) {
        forgetAccess(settings);
        continue;
      }
      if (answer.status === 404) return { nothing: 404 };
      if (answer.status === 401 || answer.status === 403) return { nothing: 403 };
      const read = parseJsonBody(answer.body);
      if (answer.status === 200 && read.ok) return { value: read.value };
      if (answer.status === 200 || answer.status === 204) {
        if (answer.body.length === 0) return { nothing: 404 };
        if (/^\s*</.test(answer.body.toString('utf8', 0, 100)))
          throw new PullError(
            'settings',
            'This is not the host of the GoTo Webinar API: it answers with a web page. Check base_url.',
          );
        throw new PullError('retry', 'GoTo sent an answer that is not whole. The next run asks again.');
      }
      const why =
        read.ok && isObject(read.value) ? shortText(read.value['description'] ?? read.value['msg'], 200) : undefined;
      const said = `GoTo refuses the request (${answer.status}${why === undefined ? '' : `: ${why}`}).`;
      // Of the list of webinars a refusal is one of the whole source; of a single webinar it is that webinar's own.
      if (/\/webinars\?/.test(url)) throw new PullError('settings', said);
      effects.log(said);
      return { nothing: 403 };
    }
  }

  return {
    renewed: () => newest,
    async organizer() {
      if (settings.account_key !== undefined) return `/accounts/${settings.account_key}`;
      const key = settings.organizer_key ?? (await access()).organizerKey ?? (await ownKey());
      if (key !== undefined) return `/organizers/${key}`;
      throw new PullError(
        'settings',
        'GoTo does not say whose webinars these are: give organizer_key (docs/connect/gotowebinar.md).',
      );
    },
    async list(path, query = {}) {
      const rows: GoToRow[] = [];
      const known = new Set<string>();
      for (let page = 0; page < LAST_PAGE; page++) {
        const search = new URLSearchParams({ ...query, page: String(page), size: String(SIZE), limit: String(SIZE) });
        const url = `${settings.base_url}${path}?${search}`;
        const first = await ask(url);
        if ('nothing' in first) {
          if (first.nothing === 403) effects.log(`GoTo does not let this organiser see ${path}.`);
          return page === 0 ? undefined : rows;
        }
        let found = readList(first.value, path);
        // A page that came before: once more, because a busy service mixes them up; then it is a list that knows no pages.
        if (repeats(found.rows, known)) {
          const again = await ask(url);
          if ('value' in again) found = readList(again.value, path);
        }
        if (repeats(found.rows, known)) {
          if (found.paged) effects.notice(`GoTo sent a page of ${path} twice. The next run looks again.`);
          return rows;
        }
        for (const row of found.rows) {
          const text = JSON.stringify(row);
          if (!known.has(text)) rows.push(row);
          known.add(text);
        }
        if (found.rows.length === 0 || !found.paged || (found.pages !== undefined && page + 1 >= found.pages))
          return rows;
      }
      return rows;
    },
    async get(path) {
      const found = await ask(`${settings.base_url}${path}`);
      if ('nothing' in found) return found.nothing === 404 ? 'none' : undefined;
      return isObject(found.value) ? found.value : undefined;
    },
  };

  /** Who has allowed the client to read. */
  async function ownKey(): Promise<string | undefined> {
    const found = await ask(new URL('/admin/rest/v1/me', settings.base_url).href);
    return 'value' in found && isObject(found.value)
      ? wordText(found.value['key'] ?? found.value['organizerKey'], 30)
      : undefined;
  }
}

/** GoTo pages in three ways: `_embedded` with `page`, `data` with `total`, and a plain list of everything. */
function readList(value: unknown, path: string): { rows: GoToRow[]; paged: boolean; pages?: number } {
  if (Array.isArray(value)) return { rows: value.filter(isObject), paged: false };
  if (!isObject(value)) throw new PullError('retry', `GoTo answered ${path} without a list. The next run asks again.`);
  const embedded = isObject(value['_embedded']) ? Object.values(value['_embedded']).find(Array.isArray) : undefined;
  const list = Array.isArray(value['data']) ? value['data'] : (embedded ?? []);
  const place = isObject(value['page']) ? value['page'] : {};
  const total = Number(value['total'] ?? Number.NaN);
  const pages = Number(place['totalPages'] ?? Math.ceil(total / (Number(value['limit'] ?? value['pageSize']) || SIZE)));
  return { rows: list.filter(isObject), paged: true, ...(Number.isFinite(pages) ? { pages } : {}) };
}

function repeats(rows: readonly GoToRow[], known: ReadonlySet<string>): boolean {
  return rows.length > 0 && rows.every((row) => known.has(JSON.stringify(row)));
}
