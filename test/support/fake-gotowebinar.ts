import { type FakeAnswer, type FakeRequest, type FakeService, startFakeService } from './fake-service.ts';
import {
  packedSource,
  type WebinarWorld,
  type WorldPerson,
  type WorldWebinar,
  worldEnd,
  worldNumber,
} from './webinar-world.ts';

/** GoTo Webinar on loopback: tokens that end and are renewed, REST v2 as far as it is read; keys are unquoted 19-digit numbers. */

export interface FakeGoTo extends FakeService {
  world: WebinarWorld;
  /** Settings of a source that reads it. */
  settings: Record<string, string | number>;
  options: GoToOptions;
  /** Ends the access tokens that were given so far. */
  endTokens(): void;
  /** How often a token was asked for. */
  tokens: number;
}

export interface GoToOptions {
  pageSize: number;
  /** Whether registrants come in pages or as one plain list. */
  pagedRegistrants: boolean;
  /** Gives a new refresh token with the next access token, and knows the old one no more. */
  renew: boolean;
  /** Webinars (ids of the world) that this organiser may not see. */
  hidden: Set<string>;
}

type Row = Record<string, unknown>;

const CLIENT = { id: 'a-test-client', secret: 'a-test-client-secret' };
const LOCALES: Readonly<Record<string, string>> = { en: 'en_US', es: 'es_ES', id: 'id_ID' };

/** The key of the webinar, or of all dates of a recurring one. */
export function goToKey({ id, recurring }: WorldWebinar): string {
  return worldNumber(recurring === undefined ? `goto ${id}` : `goto recurring ${recurring}`, 19);
}

/** @param now UTC milliseconds: nothing later is told */
export async function startFakeGoTo(
  world: WebinarWorld,
  now: () => number,
  given: Partial<GoToOptions> = {},
): Promise<FakeGoTo> {
  const options: GoToOptions = { pageSize: 50, pagedRegistrants: true, renew: false, hidden: new Set(), ...given };
  const state = { access: 0, ended: 0, refresh: 0 };
  const organizer = worldNumber('organizer', 19);
  const service = await startFakeService(respond);
  const fake: FakeGoTo = Object.assign(service, {
    world,
    options,
    tokens: 0,
    settings: {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      refresh_token: refreshToken(),
      base_url: `${service.url}/G2W/rest/v2`,
      token_url: `${service.url}/oauth/token`,
      requests_per_second: 100,
    },
    endTokens() {
      state.ended = state.access;
    },
  });
  return fake;

  function refreshToken(): string {
    return `refresh-token-number-${state.refresh}`;
  }

  function respond(request: FakeRequest): FakeAnswer {
    if (request.path === '/oauth/token') return giveToken(request);
    const token = Number(/^Bearer access-token-(\d+)$/.exec(request.headers.authorization ?? '')?.[1] ?? 0);
    if (token <= state.ended || token > state.access)
      return { status: 403, body: { int_err_code: 'InvalidToken', msg: 'Invalid token passed' } };
    if (request.path === '/admin/rest/v1/me') return { body: unquoted({ key: organizer }) };
    const base = `/G2W/rest/v2/organizers/${organizer}`;
    if (!request.path.startsWith(base)) return { status: 404, body: { description: 'Not found' } };
    return answer(request, request.path.slice(base.length));
  }

  function giveToken({ headers, body }: FakeRequest): FakeAnswer {
    fake.tokens += 1;
    const basic = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64');
    if (headers.authorization !== `Basic ${basic}`) return { status: 401, body: { error: 'invalid_client' } };
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') !== refreshToken())
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid refresh token' } };
    state.access += 1;
    if (options.renew) state.refresh += 1;
    const renewed = options.renew ? { refresh_token: refreshToken() } : {};
    options.renew = false;
    return {
      body: { access_token: `access-token-${state.access}`, expires_in: 3600, token_type: 'Bearer', ...renewed },
    };
  }

  function answer(request: FakeRequest, path: string): FakeAnswer {
    if (path === '/webinars') {
      const { query } = request;
      const [from, to] = [Date.parse(query.get('fromTime') ?? ''), Date.parse(query.get('toTime') ?? '')];
      if (Number.isNaN(from) || Number.isNaN(to))
        return { status: 400, body: { description: 'fromTime and toTime are required' } };
      const found = listed().filter(({ starts_at }) => Date.parse(starts_at) >= from && Date.parse(starts_at) < to);
      const keys = [...new Set(found.map(goToKey))];
      return embedded(request, 'webinars', keys.map(webinarOf));
    }
    const [, , key, , part, , rest] = /^\/(webinars)\/(\d+)(\/([^/]+)(\/([^/]+.*))?)?$/.exec(path) ?? [];
    const dates = listed().filter((webinar) => goToKey(webinar) === key);
    if (dates.length === 0 || key === undefined)
      return { status: 404, body: { description: 'The webinar was not found' } };
    if (dates.some(({ id }) => options.hidden.has(id))) return { status: 403, body: { description: 'Access denied' } };
    if (part === undefined) return { body: unquoted(webinarOf(key)) };
    if (part === 'registrants') return registrants(request, dates, rest);
    if (part === 'sessions' && rest === undefined) return { body: unquoted(held(dates).map(sessionOf)) };
    const session = held(dates).find((webinar) => `${sessionKey(webinar)}/attendees` === rest);
    if (session === undefined) return { status: 404, body: { description: 'Not found' } };
    return { body: unquoted(attendeesOf(session)) };
  }

  /** A webinar that is cancelled is not told any more. */
  function listed(): WorldWebinar[] {
    return world.webinars.filter(({ cancelled_at: at }) => at === undefined || Date.parse(at) > now());
  }

  function known(instant: string): boolean {
    return Date.parse(instant) <= now();
  }

  function held(dates: readonly WorldWebinar[]): WorldWebinar[] {
    return dates.filter(({ starts_at }) => known(starts_at));
  }

  function embedded(request: FakeRequest, name: string, rows: Row[]): FakeAnswer {
    const [number, size] = [Number(request.query.get('page') ?? 0), options.pageSize];
    const part = rows.slice(number * size, (number + 1) * size);
    const page = { size, totalElements: rows.length, totalPages: Math.ceil(rows.length / size), number };
    return { body: unquoted({ ...(part.length === 0 ? {} : { _embedded: { [name]: part } }), page }) };
  }

  function webinarOf(key: string): Row {
    const dates = listed().filter((webinar) => goToKey(webinar) === key);
    const [first] = dates;
    if (first === undefined) throw new Error(`no webinar ${key}`);
    return {
      webinarKey: key,
      webinarID: `555-${key.slice(0, 3)}-${key.slice(3, 6)}`,
      subject: first.title,
      description: `region:${first.region} course:${first.course} key:${first.key ?? ''}`,
      organizerKey: organizer,
      times: dates.map((webinar) => ({ startTime: webinar.starts_at, endTime: worldEnd(webinar) })),
      timeZone: first.time_zone,
      locale: LOCALES[first.language] ?? first.language,
      type: first.recurring === undefined ? 'single_session' : 'sequence',
      experienceType: first.mode === 'recorded' ? 'simulive' : 'classic',
      isOndemand: first.mode === 'on_demand',
      inSession: false,
    };
  }

  function registrants(request: FakeRequest, dates: readonly WorldWebinar[], one: string | undefined): FakeAnswer {
    const people = dates
      .flatMap((webinar) => webinar.people)
      .filter(({ registered_at: at }) => at !== undefined && known(at));
    // Of all dates at once.
    const unique = [...new Map(people.map((person) => [registrantKey(person), person])).values()];
    if (one !== undefined) {
      const person = unique.find((each) => registrantKey(each) === one);
      if (person === undefined) return { status: 404, body: { description: 'Not found' } };
      const { phone, utm } = person;
      return {
        body: unquoted({
          ...registrantOf(person),
          phone: phone ?? null,
          source: packedSource(utm) ?? null,
          responses: [],
        }),
      };
    }
    const rows = unique.map(registrantOf);
    if (!options.pagedRegistrants) return { body: unquoted(rows) };
    const [page, limit] = [Number(request.query.get('page') ?? 0), options.pageSize];
    return {
      body: unquoted({
        data: rows.slice(page * limit, (page + 1) * limit),
        total: rows.length,
        page,
        limit,
        pageSize: limit,
      }),
    };
  }

  function registrantKey({ id, email }: WorldPerson): string {
    return worldNumber(`registrant ${email ?? id}`, 19);
  }

  function registrantOf(person: WorldPerson): Row {
    const { first_name: firstName, last_name: lastName, email, registered_at, cancelled_at } = person;
    const denied = cancelled_at !== undefined && known(cancelled_at);
    return {
      registrantKey: registrantKey(person),
      firstName,
      lastName,
      email: email ?? '',
      registrationDate: registered_at,
      status: denied ? 'DENIED' : 'APPROVED',
      joinUrl: `https://global.gotowebinar.com/join/${registrantKey(person)}/secret`,
      timeZone: 'America/New_York',
    };
  }

  function sessionKey(webinar: WorldWebinar): string {
    return worldNumber(`session ${webinar.id}`, 8);
  }

  function sessionOf(webinar: WorldWebinar): Row {
    return {
      sessionKey: sessionKey(webinar),
      webinarKey: goToKey(webinar),
      webinarName: webinar.title,
      // A session begins when the organiser does.
      startTime: new Date(Date.parse(webinar.starts_at) - 300_000).toISOString(),
      endTime: worldEnd(webinar),
    };
  }

  function attendeesOf(webinar: WorldWebinar): Row[] {
    return webinar.people.flatMap((person): Row[] => {
      const told =
        webinar.mode === 'on_demand'
          ? person.views.map(({ viewed_at, seconds }) => ({
              joined_at: viewed_at,
              left_at: new Date(Date.parse(viewed_at) + seconds * 1000).toISOString(),
            }))
          : person.stays;
      const stays = told.filter(({ joined_at }) => known(joined_at));
      if (stays.length === 0) return [];
      const seconds =
        stays.reduce(
          (sum, { joined_at, left_at }) =>
            sum + (left_at === undefined ? 0 : Date.parse(left_at) - Date.parse(joined_at)),
          0,
        ) / 1000;
      return [
        {
          registrantKey: registrantKey(person),
          sessionKey: sessionKey(webinar),
          firstName: person.first_name,
          lastName: person.last_name,
          email: person.email ?? '',
          attendanceTimeInSeconds: seconds,
          attendance: stays.map(({ joined_at: joinTime, left_at }) => ({
            joinTime,
            ...(left_at === undefined ? {} : { leaveTime: left_at }),
          })),
        },
      ];
    });
  }
}

/** JSON with long digits as numbers: whoever reads it with JSON.parse rounds them. */
function unquoted(value: unknown): string {
  return JSON.stringify(value).replace(/"(\d{16,19})"/g, '$1');
}
