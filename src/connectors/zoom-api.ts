import { type PullEffects, PullError } from '../contract/pull.ts';
import { isObject, parseJsonBody } from './json.ts';
import { watchPages } from './pull-pages.ts';
import type { ZoomSettings } from './zoom-settings.ts';
import { forgetZoomToken, zoomAccess } from './zoom-token.ts';

/** Zoom's REST API as far as it is read: one request after the other, so that the account's limits hold for all its users. */

export type ZoomObject = Record<string, unknown>;

export type ZoomAnswer =
  | { ok: true; body: ZoomObject }
  /** `code`: Zoom's own; `message`: its words. */
  | { ok: false; status: number; code: number; message: string };

export interface ZoomApi {
  /** `path` begins with a slash, its parts encoded. Throws `PullError` where nothing can be said about the answer. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<ZoomAnswer>;
  /** Pages of a list. One whose page token has expired is begun anew: `first` is true again. Throws `ZoomRefusal`. */
  list(path: string, of: string, query?: Readonly<Record<string, string>>): AsyncGenerator<ZoomPage>;
}

export interface ZoomPage {
  rows: ZoomObject[];
  /** It is the first page of the list. */
  first: boolean;
}

/** An answer that is an error: the caller may know another way. */
export class ZoomRefusal extends PullError {
  readonly code: number;

  constructor(path: string, { status, code, message }: Extract<ZoomAnswer, { ok: false }>) {
    const words = message.slice(0, 300);
    super(
      'settings',
      MISSING_SCOPE.has(code)
        ? `The app in Zoom's Marketplace lacks a scope: ${words} Add it there; no new secret is needed.`
        : `Zoom refuses ${path} (${status}, code ${code}): ${words}`,
      undefined,
      status,
    );
    this.code = code;
  }

  get isMissing(): boolean {
    return this.status === 404;
  }

  /** It is about the app, not about what was asked for. */
  get concernsAll(): boolean {
    return this.lacksScope || this.status === 401 || this.status === 403;
  }

  get lacksScope(): boolean {
    return MISSING_SCOPE.has(this.code);
  }
}

const MISSING_SCOPE: ReadonlySet<number> = new Set([4700, 4711]);
const BAD_TOKEN = 124;
const PAGE_SIZE = '300';
/** What a Pro account allows: 20 requests a second, 10 of reports. A smaller one says 429, and then it is asked less often. */
const PACE_MS = 50;
const HEAVY_PACE_MS = 100;
/** A list that takes longer than Zoom keeps its page tokens (15 minutes) would be begun anew for ever. */
const LIST_READS = 3;

export function openZoomApi(settings: ZoomSettings, effects: PullEffects): ZoomApi {
  const ask = async (path: string, query: Readonly<Record<string, string>>) => {
    const { api, token } = await zoomAccess(settings, effects);
    const search = new URLSearchParams(query).toString();
    const answer = await effects.http({
      url: `${api}${path}${search === '' ? '' : `?${search}`}`,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      paceMs: path.startsWith('/report/') ? HEAVY_PACE_MS : PACE_MS,
    });
    return readAnswer(answer.status, answer.body);
  };

  const get = async (path: string, query: Readonly<Record<string, string>> = {}): Promise<ZoomAnswer> => {
    const answer = await ask(path, query);
    if (answer.ok || (answer.status !== 401 && answer.code !== BAD_TOKEN) || MISSING_SCOPE.has(answer.code))
      return answer;
    forgetZoomToken(settings);
    return ask(path, query);
  };

  async function* list(
    path: string,
    of: string,
    query: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<ZoomPage> {
    for (let read = 1; ; read++) {
      const watch = watchPages(of, effects);
      let token = '';
      for (let first = true; first || token !== ''; first = false) {
        if (token !== '') watch.token(token);
        const answer = await get(path, {
          page_size: PAGE_SIZE,
          ...query,
          ...(token === '' ? {} : { next_page_token: token }),
        });
        if (!answer.ok) {
          if (token !== '' && isExpired(answer) && read < LIST_READS) break;
          throw new ZoomRefusal(path, answer);
        }
        const { [of]: found, next_page_token: next, total_records: total } = answer.body;
        const rows = Array.isArray(found) ? found.filter(isObject) : [];
        watch.page({ rows: rows.length, ...(typeof total === 'number' ? { total } : {}) });
        yield { rows, first };
        token = typeof next === 'string' ? next : '';
        if (token === '') {
          watch.end();
          return;
        }
      }
      effects.log(`The page token of ${of} has expired; the list is read from its beginning.`);
    }
  }

  return { get, list };
}

/** A meeting's uuid as part of a path: twice encoded where it holds slashes that a server would take for its own. */
export function uuidPart(uuid: string): string {
  const once = encodeURIComponent(uuid);
  return uuid.startsWith('/') || uuid.includes('//') ? encodeURIComponent(once) : once;
}

function isExpired({ status, message }: Extract<ZoomAnswer, { ok: false }>): boolean {
  return status === 400 && /page.?token/i.test(message);
}

function readAnswer(status: number, body: Buffer): ZoomAnswer {
  const parsed = parseJsonBody(body);
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
  if (status >= 200 && status < 300) {
    if (value !== undefined) return { ok: true, body: value };
    throw new PullError('settings', 'The host does not answer as Zoom does: look at base_url.');
  }
  const { code, message } = value ?? {};
  return {
    ok: false,
    status,
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : 'no reason was given.',
  };
}
