import { zoneClock } from '../../src/connectors/mapping/zone-clock.ts';
import { type FakeAnswer, type FakeRequest, type FakeService, startFakeService } from './fake-service.ts';
import {
  packedSource,
  type WebinarWorld,
  type WorldPerson,
  type WorldStay,
  type WorldWebinar,
  worldEnd,
  worldHex,
} from './webinar-world.ts';

/** BigMarker on loopback, as far as it is read: API v1 with pages, tells of the world what has happened by `now`. */

export interface FakeBigMarker extends FakeService {
  world: WebinarWorld;
  apiKey: string;
  /** Settings of a source that reads it. */
  settings: { api_key: string; base_url: string; requests_per_second: number };
  options: BigMarkerOptions;
}

export interface BigMarkerOptions {
  /** Rows of a page, whatever is asked for. */
  pageSize: number;
  /** Whether answers say how many pages there are. */
  totals: boolean;
  /** Whether the service has a log of entering and leaving; the attendees stay. */
  log: boolean;
  /** Whether the log has a row for each movement instead of each stay. */
  movements: boolean;
  /** Whether times are written without an offset, in the conference's zone. */
  localTimes: boolean;
  /** How a cancelled webinar is told: by a field, or not at all any more. */
  cancelled: 'field' | 'vanishes';
  /** Conferences (ids of the world) that this key may not see. */
  hidden: Set<string>;
}

type Row = Record<string, unknown>;

const API_KEY = 'a-test-key-of-bigmarker';
const TYPES = { live: 'live_webinar', recorded: 'evergreen_child', on_demand: 'ondemand' } as const;
const LANGUAGES: Readonly<Record<string, string>> = { en: 'English', es: 'es', id: 'ID' };

/** @param now UTC milliseconds: nothing later is told */
export async function startFakeBigMarker(
  world: WebinarWorld,
  now: () => number,
  given: Partial<BigMarkerOptions> = {},
): Promise<FakeBigMarker> {
  const options: BigMarkerOptions = {
    pageSize: 100,
    totals: true,
    log: true,
    movements: false,
    localTimes: false,
    cancelled: 'field',
    hidden: new Set(),
    ...given,
  };
  const service = await startFakeService(respond);
  const fake: FakeBigMarker = Object.assign(service, {
    world,
    apiKey: API_KEY,
    settings: { api_key: API_KEY, base_url: `${service.url}/api/v1`, requests_per_second: 100 },
    options,
  });
  return fake;

  function respond(request: FakeRequest): FakeAnswer {
    // A wrong host shows its home page.
    if (!request.path.startsWith('/api/v1/'))
      return { headers: { 'content-type': 'text/html' }, body: '<!doctype html><html><body>Webinars</body></html>' };
    if (request.headers['api-key'] !== API_KEY) return { status: 401, body: { error: 'Invalid API key' } };
    const path = request.path.slice('/api/v1'.length);
    if (path === '/conferences/search' && request.method === 'POST') {
      const [from, to] = [Number(request.query.get('start_time')), Number(request.query.get('end_time'))];
      const found = listed().filter(({ starts_at }) => {
        const start = Date.parse(starts_at) / 1000;
        return start >= from && start <= to;
      });
      return paged(request, 'conferences', found.map(conferenceOf));
    }
    const webinar = listed().find(({ id }) => path.split('/').includes(worldHex(id)));
    if (webinar === undefined)
      return { status: 404, body: { error: 'The conference you are requesting is not found' } };
    if (options.hidden.has(webinar.id))
      return { status: 401, body: { error: 'You are not allowed to see this conference' } };
    const rest = path.replace(worldHex(webinar.id), ':id');
    switch (rest) {
      case '/conferences/:id':
        return { body: conferenceOf(webinar) };
      case '/conferences/registrations_with_fields/:id':
        return paged(request, 'registrations', registrationsOf(webinar));
      case '/reporting/conferences/enter_exit_log/:id':
        if (!options.log) return { status: 404, body: { error: 'not_found' } };
        return paged(request, 'activities', options.movements ? movementsOf(webinar) : logOf(webinar));
      case '/conferences/:id/attendees':
        return paged(request, 'attendees', attendeesOf(webinar));
      case '/conferences/:id/recording_views':
        if (webinar.people.every(({ views }) => views.length === 0))
          return { status: 404, body: { error: 'This conference does not have any recordings' } };
        return paged(request, 'recording_views', viewsOf(webinar));
      default:
        return { status: 404, body: { error: 'not_found' } };
    }
  }

  function listed(): WorldWebinar[] {
    const gone = (webinar: WorldWebinar) => options.cancelled === 'vanishes' && isCancelled(webinar);
    return world.webinars.filter((webinar) => !gone(webinar));
  }

  function isCancelled({ cancelled_at: at }: WorldWebinar): boolean {
    return at !== undefined && Date.parse(at) <= now();
  }

  function paged(request: FakeRequest, name: string, rows: Row[]): FakeAnswer {
    const reporting = !request.path.endsWith('/search');
    const page = Number(request.query.get(reporting ? 'current_page' : 'page') ?? 1);
    const size = Math.min(options.pageSize, Number(request.query.get('per_page') ?? 25));
    const total_pages = Math.max(1, Math.ceil(rows.length / size));
    const totals = options.totals ? { total_pages, [reporting ? 'total_count' : 'total_entries']: rows.length } : {};
    const place = reporting ? { current_page: page } : { page, per_page: size };
    return { body: { ...totals, ...place, [name]: rows.slice((page - 1) * size, page * size) } };
  }

  function time(instant: string, webinar: WorldWebinar): string {
    const at = Date.parse(instant);
    const local = zoneClock(webinar.time_zone).toLocal(at);
    const text = new Date(local).toISOString().slice(0, 19);
    if (options.localTimes) return text;
    const minutes = Math.round((local - at) / 60_000);
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    return `${text}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  }

  function conferenceOf(webinar: WorldWebinar): Row {
    return {
      id: worldHex(webinar.id),
      title: webinar.title,
      type: webinar.recurring === undefined ? TYPES[webinar.mode] : 'recurring_child',
      event_type: 'webinar',
      language: LANGUAGES[webinar.language] ?? webinar.language,
      start_time: time(webinar.starts_at, webinar),
      end_time: time(worldEnd(webinar), webinar),
      duration: webinar.duration_minutes,
      time_zone: webinar.rails_zone,
      custom_event_id: webinar.key ?? null,
      tags: [`region:${webinar.region}`, `course:${webinar.course}`],
      associated_series: [{ title: webinar.series, series_id: worldHex(webinar.series) }],
      presenters: [webinar.host, ...webinar.presenters].map(({ name, email }) => ({
        presenter_id: worldHex(`presenter ${email}`),
        member_id: worldHex(`member ${email}`),
        name,
        email,
      })),
      webinar_stats: { registrants: webinar.people.length, page_views: service.requests.length },
      ...(isCancelled(webinar) ? { status: 'cancelled' } : {}),
    };
  }

  function known(instant: string): boolean {
    return Date.parse(instant) <= now();
  }

  function who({ id, email, first_name, last_name }: WorldPerson, webinar: WorldWebinar): Row {
    return {
      bmid: worldHex(`bmid ${id}`),
      conference_id: worldHex(webinar.id),
      email: email ?? null,
      first_name,
      last_name,
    };
  }

  function registrationsOf(webinar: WorldWebinar): Row[] {
    return webinar.people.flatMap((person, index): Row[] => {
      const { registered_at: at, cancelled_at, utm, external_id, phone, referrer, id } = person;
      if (at === undefined || !known(at)) return [];
      const inForm = index % 2 === 0 || utm?.content !== undefined || utm?.term !== undefined;
      const form = inForm ? Object.entries(utm ?? {}).map(([name, value]) => ({ id: `utm_${name}`, value })) : [];
      return [
        {
          id: worldHex(`registration ${id}`),
          ...who(person, webinar),
          custom_user_id: external_id ?? null,
          enter_url: `https://www.bigmarker.com/conferences/${worldHex(webinar.id)}/attend?bmid=${worldHex(`bmid ${id}`)}`,
          source: 'register widget',
          tracking_code: inForm ? null : (packedSource(utm) ?? null),
          referral_domain: referrer ?? null,
          registered_at: at,
          custom_fields: [...form, ...(phone === undefined ? [] : [{ id: 'Mobile phone', value: phone }])],
          ...(cancelled_at !== undefined && known(cancelled_at) ? { status: 'cancelled', cancelled_at } : {}),
        },
      ];
    });
  }

  /** People who were in the room by now, and the presenters, who always are. */
  function inRoom(webinar: WorldWebinar): { person: WorldPerson; stays: WorldStay[] }[] {
    if (!known(webinar.starts_at) || webinar.mode === 'on_demand') return [];
    const presenters = [webinar.host, ...webinar.presenters].map(({ name, email }) => ({
      person: { id: `presenter ${email}`, first_name: name, last_name: '', email, stays: [], views: [] },
      stays: [{ joined_at: webinar.starts_at, left_at: worldEnd(webinar) }],
    }));
    const people = webinar.people.map((person) => ({
      person,
      stays: person.stays.filter(({ joined_at }) => known(joined_at)),
    }));
    return [...presenters, ...people].filter(({ stays }) => stays.length > 0);
  }

  function logOf(webinar: WorldWebinar): Row[] {
    return inRoom(webinar).flatMap(({ person, stays }) =>
      stays.map(({ joined_at, left_at }) => ({
        ...who(person, webinar),
        enter_time: time(joined_at, webinar),
        exit_time: left_at === undefined ? null : time(left_at, webinar),
      })),
    );
  }

  function movementsOf(webinar: WorldWebinar): Row[] {
    return inRoom(webinar)
      .flatMap(({ person, stays }) =>
        stays.flatMap(({ joined_at, left_at }) => [
          { ...who(person, webinar), action: 'enter', at: joined_at },
          ...(left_at === undefined ? [] : [{ ...who(person, webinar), action: 'exit', at: left_at }]),
        ]),
      )
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
      .map(({ at, ...row }, index) => ({ id: `move-${index}`, ...row, time: time(at, webinar) }));
  }

  /** The first entering, the last leaving, and the time between less the time outside. */
  function attendeesOf(webinar: WorldWebinar): Row[] {
    return inRoom(webinar).map(({ person, stays }) => {
      const joined = Math.min(...stays.map(({ joined_at }) => Date.parse(joined_at)));
      const leaves = stays.flatMap(({ left_at }) => (left_at === undefined ? [] : [Date.parse(left_at)]));
      const left = leaves.length === 0 ? undefined : Math.max(...leaves);
      return {
        id: worldHex(`attendee ${person.id}`),
        ...who(person, webinar),
        entered_at: time(new Date(joined).toISOString(), webinar),
        leaved_at: left === undefined ? null : time(new Date(left).toISOString(), webinar),
        total_duration: left === undefined ? '' : clock((left - joined) / 1000),
      };
    });
  }

  function viewsOf(webinar: WorldWebinar): Row[] {
    return webinar.people.flatMap((person) =>
      person.views
        .filter(({ viewed_at }) => known(viewed_at))
        .map(({ viewed_at, seconds }, index) => ({
          id: worldHex(`view ${person.id} ${index}`),
          ...who(person, webinar),
          viewed_at: time(viewed_at, webinar),
          duration: clock(seconds),
        })),
    );
  }
}

function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
