import { createHmac } from 'node:crypto';
import { type FakeAnswer, type FakeRequest, type FakeService, startFakeService } from './fake-service.ts';
import {
  packedSource,
  type WebinarWorld,
  type WorldPerson,
  type WorldWebinar,
  worldEnd,
  worldHex,
  worldNumber,
} from './webinar-world.ts';

/** Zoom on loopback as far as it is read: token, hosts, webinars, registrants, airings, reports; and its signed events. */

export interface FakeZoomOptions {
  /** UTC milliseconds. */
  now: () => number;
  /** Rows of a page, whatever was asked for. */
  pageSize?: number;
  /** Of series: 1 one registration for all dates, 2 one for each. */
  registrationType?: 1 | 2;
}

export interface FakeZoom extends FakeService {
  /** Of a source that reads it. */
  settings: Record<string, string>;
  /** Every token that was given so far has ended. */
  endTokens(): void;
  /** Every page token that was given so far has expired. */
  expirePages(): void;
  /** Requests whose path matches are refused for want of a scope. */
  withoutScope: RegExp | undefined;
  /** Rows of everybody's report besides the world's: host, panelist, waiting room. */
  staff: boolean;
}

interface FakeList {
  list: string;
  rows: unknown[];
}

const isList = (given: Record<string, unknown> | FakeList): given is FakeList =>
  typeof given['list'] === 'string' && Array.isArray(given['rows']);

const refuse = (status: number, code: number, message: string): FakeAnswer => ({ status, body: { code, message } });

const CLIENT = { account_id: 'AbCdEfGhIjKlMnOpQrStUv', client_id: 'test-client', client_secret: 'test-client-secret' };
export const ZOOM_SECRET = 'turnout-test-zoom-secret';

export async function startFakeZoom(world: WebinarWorld, options: FakeZoomOptions): Promise<FakeZoom> {
  const state = { tokens: 0, pagesFrom: 0, pagesGiven: 0 };
  const service = await startFakeService(respond);
  const zoom: FakeZoom = Object.assign(service, {
    settings: { ...CLIENT, base_url: `${service.url}/v2`, token_url: `${service.url}/oauth/token` },
    endTokens: () => {
      state.tokens += 1;
    },
    expirePages: () => {
      state.pagesFrom = state.pagesGiven + 1;
    },
    withoutScope: undefined,
    staff: true,
  });
  return zoom;

  function respond(request: FakeRequest): FakeAnswer {
    const { path, query, headers, method } = request;
    if (path === '/oauth/token') return giveToken(request);
    if (method !== 'GET' || !path.startsWith('/v2/')) return refuse(404, 404, 'No such path.');
    if (headers.authorization !== `Bearer zm-${state.tokens}`) return refuse(401, 124, 'Access token is expired.');
    const called = path.slice('/v2'.length);
    if (zoom.withoutScope?.test(called) === true)
      return refuse(
        400,
        4711,
        'Invalid access token, does not contain scopes:[report:read:list_webinar_participants:admin].',
      );
    const given = find(called, query);
    if (given === undefined) return refuse(404, 3001, 'Webinar does not exist.');
    if (!isList(given)) return { body: given };
    return page(given.list, given.rows, `${called}?${sorted(query)}`, query);
  }

  function giveToken({ method, query, headers }: FakeRequest): FakeAnswer {
    const basic = Buffer.from(`${CLIENT.client_id}:${CLIENT.client_secret}`).toString('base64');
    const good = query.get('grant_type') === 'account_credentials' && query.get('account_id') === CLIENT.account_id;
    if (method !== 'POST' || !good || headers.authorization !== `Basic ${basic}`)
      return { status: 400, body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' } };
    state.tokens += 1;
    return {
      body: {
        access_token: `zm-${state.tokens}`,
        token_type: 'bearer',
        expires_in: 3599,
        scope: '',
        api_url: 'https://api.zoom.us',
      },
    };
  }

  function page(list: string, rows: unknown[], of: string, query: URLSearchParams): FakeAnswer {
    const size = Math.min(Number(query.get('page_size') ?? 30), options.pageSize ?? 300);
    const token = query.get('next_page_token');
    let offset = 0;
    if (token !== null) {
      const [known, number, at] = Buffer.from(token, 'base64url').toString().split('\n');
      if (known !== of || Number(number) < state.pagesFrom)
        return refuse(400, 300, 'The next page token is invalid or expired.');
      offset = Number(at);
    }
    const end = offset + size;
    state.pagesGiven += 1;
    const next = end < rows.length ? Buffer.from([of, state.pagesGiven, end].join('\n')).toString('base64url') : '';
    return {
      body: {
        page_count: 1,
        page_size: size,
        total_records: rows.length,
        next_page_token: next,
        [list]: rows.slice(offset, end),
      },
    };
  }

  function find(path: string, query: URLSearchParams): Record<string, unknown> | FakeList | undefined {
    if (path === '/users') return { list: 'users', rows: hosts() };
    const [, kind, given = '', rest = ''] = /^\/(?:report\/)?(\w+)\/(.+?)(?:\/(\w+))?$/.exec(path) ?? [];
    // A server takes a slash for its own, unless it is encoded twice.
    if (given.includes('/')) return undefined;
    const id = /%2F/i.test(given) ? decodeURIComponent(given) : given;
    if (kind === 'users') {
      const host = hosts().find((one) => one.id === id || one.email === id);
      return host === undefined ? undefined : { list: 'webinars', rows: listed(host.email) };
    }
    if (path.startsWith('/report/webinars/') || (kind === 'past_webinars' && rest === 'participants'))
      return airing(id, path.startsWith('/report/'));
    const dates = world.webinars.filter((webinar) => zoomId(webinar) === id);
    if (kind === 'past_webinars' && rest === 'instances')
      return dates.length === 0 ? undefined : { webinars: instances(dates) };
    if (kind !== 'webinars' || isGone(dates)) return undefined;
    if (rest === '') return detail(dates, query.get('show_previous_occurrences') === 'true');
    if (rest === 'registrants') return { list: 'registrants', rows: registrants(dates, query) };
    if (rest === 'tracking_sources') return { tracking_sources: trackingSources(dates) };
    if (rest === 'panelists')
      return { panelists: dates[0]?.presenters.map(({ name, email }) => ({ name, email })) ?? [] };
    return undefined;
  }

  function hosts() {
    const known = new Map(world.webinars.map(({ host }) => [host.email, host]));
    return [...known.values()].map(({ name, email }) => ({
      id: zoomHostId(email),
      display_name: name,
      email,
      type: 2,
    }));
  }

  /** A series once; Zoom forgets what was deleted. */
  function listed(email: string): unknown[] {
    const ids = new Set(world.webinars.filter(({ host }) => host.email === email).map(zoomId));
    return [...ids].flatMap((id) => {
      const dates = world.webinars.filter((webinar) => zoomId(webinar) === id);
      if (isGone(dates)) return [];
      const { occurrences: _, settings: __, ...row } = detail(dates, true);
      return [row];
    });
  }

  function isGone(dates: readonly WorldWebinar[]): boolean {
    return dates.every(isCancelled);
  }

  function isCancelled({ cancelled_at: at }: WorldWebinar): boolean {
    return at !== undefined && Date.parse(at) <= options.now();
  }

  function detail(dates: readonly WorldWebinar[], previous: boolean): Record<string, unknown> {
    const [first] = dates;
    if (first === undefined) throw new Error('no webinar');
    const series = first.recurring !== undefined;
    const told = dates.filter((one) => previous || Date.parse(worldEnd(one)) > options.now());
    return {
      uuid: `${worldHex(first.id, 22)}==`,
      id: Number(zoomId(first)),
      host_id: zoomHostId(first.host.email),
      host_email: first.host.email,
      topic: first.title,
      type: series ? 9 : 5,
      start_time: first.starts_at,
      duration: first.duration_minutes,
      timezone: first.time_zone,
      agenda: `${first.series}: ${first.title}`,
      created_at: '2026-01-01T00:00:00Z',
      start_url: 'https://zoom.example.com/s/1?zak=REDACTED',
      join_url: 'https://zoom.example.com/j/1',
      password: 'secret-word',
      is_simulive: first.mode !== 'live',
      tracking_fields: [
        { field: 'Region', value: first.region },
        { field: 'Course', value: first.course },
        { field: 'Language', value: first.language },
        ...(first.key === undefined || series ? [] : [{ field: 'Key', value: first.key }]),
      ],
      settings: { approval_type: 0, registration_type: options.registrationType ?? 2, on_demand: false },
      ...(series
        ? {
            occurrences: told.map((one) => ({
              occurrence_id: zoomOccurrence(one),
              start_time: one.starts_at,
              duration: one.duration_minutes,
              status: isCancelled(one) ? 'deleted' : 'available',
            })),
          }
        : {}),
    };
  }

  function signedUp(dates: readonly WorldWebinar[]): WorldPerson[] {
    return dates.flatMap(({ people }) =>
      people.filter(({ registered_at: at }) => at !== undefined && Date.parse(at) <= options.now()),
    );
  }

  function registrants(dates: readonly WorldWebinar[], query: URLSearchParams): unknown[] {
    const occurrence = query.get('occurrence_id');
    const source = query.get('tracking_source_id');
    const status = query.get('status') ?? 'approved';
    return signedUp(occurrence === null ? dates : dates.filter((one) => zoomOccurrence(one) === occurrence))
      .filter((person) => source === null || sourceId(packedSource(person.utm)) === source)
      .filter((person) => registrantStatus(person, options.now()) === status)
      .map((person) => ({
        ...registrantOf(person, options.now()),
        create_time: person.registered_at,
        join_url: 'https://zoom.example.com/w/1?tk=REDACTED',
      }));
  }

  function trackingSources(dates: readonly WorldWebinar[]): unknown[] {
    const counts = new Map<string, number>();
    for (const person of signedUp(dates)) {
      const name = packedSource(person.utm);
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts].map(([name, count]) => ({
      id: sourceId(name),
      source_name: name,
      tracking_url: `https://zoom.example.com/webinar/register/${sourceId(name)}`,
      registration_count: count,
      visitor_count: count * 3,
    }));
  }

  function instances(dates: readonly WorldWebinar[]): unknown[] {
    return dates
      .filter((one) => Date.parse(one.starts_at) <= options.now() && one.cancelled_at === undefined)
      .map((one) => ({ uuid: zoomUuid(one), start_time: airedAt(one) }));
  }

  function airing(uuid: string, isReport: boolean): FakeList | undefined {
    const webinar = world.webinars.find((one) => zoomUuid(one) === uuid);
    if (webinar === undefined || Date.parse(webinar.starts_at) > options.now()) return undefined;
    const rows = webinar.people.flatMap((person) =>
      person.stays.flatMap((stay, index) => {
        if (Date.parse(stay.joined_at) > options.now()) return [];
        const { registered_at: registered } = person;
        const end = stay.left_at;
        return [
          {
            id: '',
            user_id: zoomUserId(person, index),
            participant_user_id: '',
            ...(isReport
              ? { registrant_id: registered === undefined ? '' : zoomRegistrant(person) }
              : { internal_user: false }),
            name: `${person.first_name} ${person.last_name}`,
            user_email: person.email?.trim() ?? '',
            join_time: stay.joined_at,
            ...(end === undefined
              ? {}
              : { leave_time: end, duration: (Date.parse(end) - Date.parse(stay.joined_at)) / 1000 }),
            failover: false,
            status: 'in_meeting',
            customer_key: person.external_id ?? '',
          },
        ];
      }),
    );
    const staff = [webinar.host, ...webinar.presenters].map(({ name, email }, index) => ({
      id: index === 0 ? zoomHostId(email) : '',
      user_id: worldNumber(`${webinar.id}:${email}`, 8),
      registrant_id: '',
      name,
      user_email: email,
      join_time: airedAt(webinar),
      leave_time: worldEnd(webinar),
      duration: webinar.duration_minutes * 60,
      failover: false,
      status: 'in_meeting',
    }));
    const waiting = staff.map((row) => ({ ...row, user_email: 'waiting@example.com', status: 'in_waiting_room' }));
    return { list: 'participants', rows: zoom.staff ? [...staff, ...waiting, ...rows] : rows };
  }
}

/** The host opens the room a little before it was planned. */
function airedAt({ starts_at }: WorldWebinar): string {
  return new Date(Date.parse(starts_at) - 89_000).toISOString().replace('.000Z', 'Z');
}

/** A webinar's id: the same for all dates of a series. */
export function zoomId({ id, recurring }: WorldWebinar): string {
  return worldNumber(recurring ?? id, 11);
}

export function zoomOccurrence({ id }: WorldWebinar): string {
  return worldNumber(`occurrence:${id}`, 13);
}

/** As Turnout names the date of it without a key of the team's own. */
export function zoomWebinarId(webinar: WorldWebinar): string {
  return webinar.recurring === undefined ? zoomId(webinar) : `${zoomId(webinar)}:${zoomOccurrence(webinar)}`;
}

/** Of an airing; every other one needs to be encoded twice. */
export function zoomUuid({ id }: WorldWebinar): string {
  const hex = worldHex(`uuid:${id}`, 20);
  return /[02468ace]$/.test(hex) ? `/${hex.slice(0, 10)}//${hex.slice(10)}==` : `${hex}+A==`;
}

export const zoomHostId = (email: string): string => worldHex(`host:${email}`, 22);
export const zoomRegistrant = ({ id }: WorldPerson): string => worldHex(`registrant:${id}`, 28);
export const zoomUserId = ({ id }: WorldPerson, stay: number): string => worldNumber(`${id}:${stay}`, 8);

const sourceId = (name: string | undefined): string => (name === undefined ? '' : worldNumber(`source:${name}`, 13));

function registrantStatus({ cancelled_at: at }: WorldPerson, now: number): 'approved' | 'denied' {
  return at !== undefined && Date.parse(at) <= now ? 'denied' : 'approved';
}

function registrantOf(person: WorldPerson, now: number): Record<string, unknown> {
  return {
    id: zoomRegistrant(person),
    email: person.email ?? '',
    first_name: person.first_name,
    last_name: person.last_name,
    phone: person.phone ?? '',
    country: 'US',
    custom_questions: [{ title: 'How did you hear about us?', value: 'From a friend' }],
    status: registrantStatus(person, now),
  };
}

export type ZoomEventKind =
  | 'registration_created'
  | 'registration_cancelled'
  | 'participant_joined'
  | 'participant_left'
  | 'deleted';

/** An event as Zoom writes it; `stay`: index of the join. `at`: instant. */
export function zoomEvent(
  kind: ZoomEventKind,
  webinar: WorldWebinar,
  at: string,
  who?: { person: WorldPerson; stay?: number },
): string {
  const isRegistration = kind.startsWith('registration_');
  const stay = who?.person.stays[who.stay ?? 0];
  const source = packedSource(who?.person.utm);
  const object = {
    uuid: isRegistration ? `${worldHex(webinar.id, 22)}==` : zoomUuid(webinar),
    id: isRegistration || kind === 'deleted' ? Number(zoomId(webinar)) : zoomId(webinar),
    host_id: zoomHostId(webinar.host.email),
    topic: webinar.title,
    type: webinar.recurring === undefined ? 5 : 9,
    start_time: webinar.starts_at,
    duration: webinar.duration_minutes,
    timezone: webinar.time_zone,
    ...(isRegistration && who !== undefined
      ? {
          registrant: {
            ...registrantOf(who.person, Number.NEGATIVE_INFINITY),
            ...(source === undefined
              ? {}
              : { tracking_source: { id: sourceId(source), source_name: source, tracking_url: '' } }),
          },
        }
      : {}),
    ...(kind.startsWith('participant_') && who !== undefined
      ? {
          participant: {
            user_id: zoomUserId(who.person, who.stay ?? 0),
            user_name: who.person.first_name,
            id: '',
            email: who.person.email?.trim() ?? '',
            registrant_id: who.person.registered_at === undefined ? '' : zoomRegistrant(who.person),
            customer_key: who.person.external_id ?? '',
            participant_uuid: worldHex(`participant:${who.person.id}`, 22),
            ...(kind === 'participant_joined'
              ? { join_time: stay?.joined_at }
              : { leave_time: stay?.left_at, leave_reason: 'left' }),
          },
        }
      : {}),
  };
  return JSON.stringify({
    event: `webinar.${kind}`,
    event_ts: Date.parse(at),
    payload: { account_id: CLIENT.account_id, object },
  });
}

/** Headers of a request with this body. `at`: UTC milliseconds. */
export function zoomHeaders(body: string, at: number, secret = ZOOM_SECRET): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type': 'application/json',
    'x-zm-request-timestamp': timestamp,
    'x-zm-signature': `v0=${signature}`,
  };
}

/** Posts an event to the address of a source, signed. */
export function postZoomEvent(url: string, body: string, at: number, secret = ZOOM_SECRET): Promise<Response> {
  return fetch(url, { method: 'POST', headers: zoomHeaders(body, at, secret), body });
}

function sorted(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'next_page_token')
    .sort()
    .join('&');
}
