import { type Cursor, type PullEffects, PullError, type PulledPage, type ReadRequest } from '../contract/pull.ts';
import { shortText } from './parsed-item.ts';
import { passDonePage } from './webinar-passes.ts';
import type { WebinarStream } from './webinar-streams.ts';
import { openZoomApi, uuidPart, type ZoomApi, type ZoomObject, ZoomRefusal } from './zoom-api.ts';
import { type ListedWebinar, listWebinars } from './zoom-listing.ts';
import type { ZoomSettings } from './zoom-settings.ts';
import { endOf, instantMs, isRecurring, objectsOf, sessionsOf, trimWebinar, type ZoomSession } from './zoom-webinar.ts';

/**
 * Reads a stream webinar by webinar, in the order of their ids. A pass goes through all webinars of its window; the cursor says when
 * the last whole pass began (`through`), when this one did (`pass`) and after which webinar it stands (`after`): a run that stops goes on
 * with the next webinar, and the next pass looks back from the beginning of the last.
 */

export const STREAMS = ['webinars', 'registrations', 'attendance'] as const satisfies readonly WebinarStream[];
export type ZoomStream = (typeof STREAMS)[number];

const DAY_MS = 86_400_000;
/** Zoom keeps reports for about six months. */
const FIRST_DAYS = 180;
/** Characters of the coming webinars that a cursor remembers, to tell those that are gone. */
const REMEMBERED = 24_000;
const REGISTRANT_STATUSES = ['approved', 'pending', 'denied'];
/** Links and passwords open rooms: they are not kept. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['join_url', 'start_url', 'share_url', 'password', 'passcode']);

interface Window {
  /** UTC milliseconds; sessions that end at or after it … */
  from: number;
  /** … and start before it. */
  to: number;
}

interface Pass {
  api: ZoomApi;
  settings: ZoomSettings;
  effects: PullEffects;
  window: Window;
}

/** A webinar of the window. */
interface Chosen {
  webinar: ZoomObject;
  sessions: ZoomSession[];
  /** Airings that took place, where they were asked for. */
  instances: ZoomObject[];
}

export async function* readZoom(
  { settings, stream, cursor, range }: ReadRequest<ZoomSettings>,
  effects: PullEffects,
): AsyncGenerator<PulledPage> {
  const name = STREAMS.find((one) => one === stream.name);
  if (name === undefined) throw new PullError('settings', `Zoom has no stream "${stream.name}".`);
  const began = textOf(cursor, 'pass') ?? new Date(effects.now()).toISOString();
  const after = range === undefined ? textOf(cursor, 'after') : undefined;
  const through = textOf(cursor, 'through');
  const pass: Pass = {
    api: openZoomApi(settings, effects),
    settings,
    effects,
    window:
      range === undefined
        ? windowOf(name, settings, through, effects.now())
        : { from: Date.parse(range.from), to: Date.parse(range.to) },
  };
  const remembered = rememberedIn(cursor);
  const listed = await listWebinars(pass.api, settings, effects);
  const place = (id: string): Pick<PulledPage, 'cursor'> =>
    range === undefined ? { cursor: cursorOf(through, began, id, textOf(cursor, 'upcoming')) } : {};

  const upcoming: ZoomObject[] = [];
  const candidates = new Map<string, ListedWebinar>(
    name === 'webinars' && range === undefined ? [...remembered].map(([id]) => [id, { id }]) : [],
  );
  for (const one of listed) candidates.set(one.id, one);
  for (const id of [...candidates.keys()].sort()) {
    const one = candidates.get(id);
    if (one === undefined) continue;
    if (after !== undefined && id <= after) {
      const known = remembered.get(id);
      if (known !== undefined) upcoming.push(known);
      continue;
    }
    if (!mayLie(one, pass.window)) continue;
    let held: PulledPage | undefined;
    try {
      const chosen = await lookAt(one, pass);
      if (chosen === 'gone') {
        const gone = remembered.get(id);
        if (gone !== undefined) held = pageOf({ gone: [gone] }, 1);
      } else if (chosen !== null) {
        for await (const page of pagesOf(name, chosen, pass)) {
          if (held !== undefined) yield held;
          held = page;
        }
        if (chosen.sessions.some((session) => session.startsAt > effects.now())) upcoming.push(chosen.webinar);
      }
    } catch (error) {
      if (!(error instanceof ZoomRefusal) || error.concernsAll) throw error;
      const known = remembered.get(id);
      if (known !== undefined) upcoming.push(known);
      effects.notice(`Of the webinar ${id} not everything was read: ${error.message}`);
    }
    if (held !== undefined) yield { ...held, ...place(id) };
  }
  if (range !== undefined) return;
  const memory = name === 'webinars' ? JSON.stringify(soonest(upcoming, effects.now())) : undefined;
  yield passDonePage(cursorOf(began, null, null, memory));
}

function windowOf(name: ZoomStream, settings: ZoomSettings, through: string | undefined, now: number): Window {
  const first = settings.since === undefined ? now - FIRST_DAYS * DAY_MS : Date.parse(settings.since);
  const ahead = settings.ahead_days === undefined ? Number.POSITIVE_INFINITY : now + settings.ahead_days * DAY_MS;
  return {
    from: through === undefined ? first : Date.parse(through) - settings.look_back_days * DAY_MS,
    // Nobody has come to what lies ahead; hosts open the room early.
    to: name === 'attendance' ? now + DAY_MS / 24 : ahead,
  };
}

const within = (session: ZoomSession, { from, to }: Window): boolean => endOf(session) >= from && session.startsAt < to;

/** What the list says can rule out a single webinar; of a series only its detail can. */
function mayLie({ single, startsAt, minutes = 60 }: ListedWebinar, window: Window): boolean {
  if (single !== true || startsAt === undefined) return true;
  return within({ key: '', webinarId: '', startsAt, minutes, cancelled: false }, window);
}

/** The webinar with its sessions in the window; null where it has none there. */
async function lookAt({ id, host }: ListedWebinar, { api, settings, window }: Pass): Promise<Chosen | 'gone' | null> {
  const path = `/webinars/${encodeURIComponent(id)}`;
  const answer = await api.get(path, { show_previous_occurrences: 'true' });
  if (!answer.ok) {
    if (answer.status === 404) return 'gone';
    throw new ZoomRefusal(path, answer);
  }
  const webinar = trimWebinar(answer.body, host);
  const instances = webinar['type'] === 6 ? await fetchInstances(api, id) : [];
  const sessions = (sessionsOf(webinar, settings.details, instances) ?? []).filter((one) => within(one, window));
  return sessions.length === 0 && !isRecurring(webinar) ? null : { webinar, sessions, instances };
}

async function* pagesOf(name: ZoomStream, chosen: Chosen, pass: Pass): AsyncGenerator<PulledPage> {
  const { from, to } = pass.window;
  const about = { webinar: chosen.webinar, window: { from, to: to === Number.POSITIVE_INFINITY ? null : to } };
  if (name === 'webinars') {
    if (chosen.sessions.length > 0) yield pageOf({ ...about, instances: chosen.instances }, chosen.sessions.length);
  } else if (name === 'registrations') yield* registrationPages(about, chosen, pass);
  else yield* attendancePages(about, chosen, pass);
}

/** Registrants by status; of a series whose dates are signed up for one by one, by occurrence too. */
async function* registrationPages(
  about: object,
  { webinar, sessions, instances }: Chosen,
  pass: Pass,
): AsyncGenerator<PulledPage> {
  const { approval_type: approval, registration_type: kind } = webinar['settings'] as ZoomObject;
  if (approval === 2 || sessions.length === 0) return;
  const path = `/webinars/${encodeURIComponent(String(webinar['id']))}`;
  const sources = await fetchSources(path, pass);
  const single = isRecurring(webinar) && (kind === 2 || kind === 3);
  const occurrences = single ? sessions.flatMap(({ occurrence }) => occurrence ?? []) : [undefined];
  for (const occurrence of occurrences) {
    for (const status of REGISTRANT_STATUSES) {
      const query = { status, ...(occurrence === undefined ? {} : { occurrence_id: occurrence }) };
      for await (const { rows } of pass.api.list(`${path}/registrants`, 'registrants', query)) {
        if (rows.length === 0) continue;
        const known = rows.flatMap(({ id }) => {
          const source = typeof id === 'string' ? sources.get(id) : undefined;
          return source === undefined ? [] : [[id, source]];
        });
        const more = { status, instances, ...(occurrence === undefined ? {} : { occurrence }) };
        yield pageOf(
          { ...about, ...more, sources: Object.fromEntries(known), registrants: rows.map(withoutLinks) },
          rows.length,
        );
      }
    }
  }
}

/** Registrant id → name of the tracking link that they came by: Zoom tells it by listing the registrants of each link only. */
async function fetchSources(path: string, { api, effects }: Pass): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const answer = await api.get(`${path}/tracking_sources`);
  if (!answer.ok) {
    const refusal = new ZoomRefusal(`${path}/tracking_sources`, answer);
    if (refusal.lacksScope) effects.notice(`Who came by which tracking link is not known: ${refusal.message}`);
    else if (answer.status !== 404) effects.log(refusal.message);
    return found;
  }
  for (const { id, source_name: name, registration_count: count } of objectsOf(answer.body['tracking_sources'])) {
    const source = shortText(name, 300);
    if (source === undefined || count === 0 || (typeof id !== 'string' && typeof id !== 'number')) continue;
    for (const status of REGISTRANT_STATUSES) {
      const query = { status, tracking_source_id: String(id) };
      for await (const { rows } of api.list(`${path}/registrants`, 'registrants', query))
        for (const { id: registrant } of rows) if (typeof registrant === 'string') found.set(registrant, source);
    }
  }
  return found;
}

/** Joins of every airing that began in the window. */
async function* attendancePages(about: object, { webinar }: Chosen, pass: Pass): AsyncGenerator<PulledPage> {
  const { api, window } = pass;
  const id = String(webinar['id']);
  const instances = await fetchInstances(api, id);
  let panelists: string[] | undefined;
  for (const instance of instances) {
    const { uuid, start_time: start } = instance;
    const startsAt = instantMs(start);
    if (typeof uuid !== 'string' || startsAt === undefined || startsAt < window.from || startsAt >= window.to) continue;
    panelists ??= await fetchPanelists(id, pass);
    // One id of a join may stand in several rows, on several pages: all but its first row are numbered.
    let seen = new Map<string, number>();
    for await (const { rows, first } of participants(uuid, pass)) {
      if (first) seen = new Map();
      const repeats: Record<string, number> = {};
      for (const [index, { user_id: user, status }] of rows.entries()) {
        if (status === 'in_waiting_room' || user === undefined) continue;
        const count = (seen.get(String(user)) ?? 0) + 1;
        seen.set(String(user), count);
        if (count > 1) repeats[index] = count;
      }
      if (rows.length > 0)
        yield pageOf(
          {
            ...about,
            instances,
            instance: { uuid, start_time: start },
            panelists,
            repeats,
            participants: rows.map(withoutLinks),
          },
          rows.length,
        );
    }
  }
}

/** The report, which says whose registration a join is; the list of past participants where the app may not read reports. */
async function* participants(uuid: string, { api, effects }: Pass) {
  try {
    yield* api.list(`/report/webinars/${uuidPart(uuid)}/participants`, 'participants', {
      include_fields: 'registrant_id',
    });
  } catch (error) {
    if (!(error instanceof ZoomRefusal) || !(error.isMissing || error.lacksScope)) throw error;
    if (error.isMissing) {
      effects.log(`There is no report of the airing ${uuid} yet; it is asked for again by the next run.`);
      return;
    }
    effects.notice(`Reports cannot be read, so joins are known by e-mail address only: ${error.message}`);
    yield* api.list(`/past_webinars/${uuidPart(uuid)}/participants`, 'participants');
  }
}

async function fetchInstances(api: ZoomApi, id: string): Promise<ZoomObject[]> {
  const path = `/past_webinars/${encodeURIComponent(id)}/instances`;
  const answer = await api.get(path);
  if (answer.ok) return objectsOf(answer.body['webinars']).map(({ uuid, start_time }) => ({ uuid, start_time }));
  if (answer.status === 404) return [];
  throw new ZoomRefusal(path, answer);
}

async function fetchPanelists(id: string, { api, effects }: Pass): Promise<string[]> {
  const answer = await api.get(`/webinars/${encodeURIComponent(id)}/panelists`);
  if (answer.ok)
    return objectsOf(answer.body['panelists']).flatMap(({ email }) => shortText(email, 320)?.toLowerCase() ?? []);
  if (answer.status !== 404) effects.log(`The panelists of ${id} are not known: ${answer.message}`);
  return [];
}

function withoutLinks(row: ZoomObject): ZoomObject {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !SECRET_FIELDS.has(name)));
}

function pageOf(body: object, rows: number): PulledPage {
  return { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json', rows };
}

function cursorOf(
  through: string | undefined,
  pass: string | null,
  after: string | null,
  upcoming: string | undefined,
): Cursor {
  return { through: through ?? null, pass, after, ...(upcoming === undefined ? {} : { upcoming }) };
}

function textOf(cursor: Cursor | null, name: string): string | undefined {
  const value = cursor?.[name];
  return typeof value === 'string' ? value : undefined;
}

function rememberedIn(cursor: Cursor | null): Map<string, ZoomObject> {
  const text = textOf(cursor, 'upcoming');
  const list = text === undefined ? [] : objectsOf(JSON.parse(text));
  return new Map(list.map((webinar) => [String(webinar['id']), webinar]));
}

/** As many of the coming webinars as a cursor should hold, the soonest first. */
function soonest(webinars: readonly ZoomObject[], now: number): ZoomObject[] {
  const next = ({ start_time, occurrences }: ZoomObject): number => {
    const times = [instantMs(start_time), ...objectsOf(occurrences).map((one) => instantMs(one['start_time']))];
    return Math.min(...times.map((time) => (time === undefined || time < now ? Number.POSITIVE_INFINITY : time)));
  };
  let left = REMEMBERED;
  return [...webinars]
    .sort((a, b) => next(a) - next(b))
    .map((webinar) => ({
      ...webinar,
      ...(webinar['occurrences'] === undefined
        ? {}
        : {
            occurrences: objectsOf(webinar['occurrences']).filter((one) => (instantMs(one['start_time']) ?? 0) > now),
          }),
    }))
    .filter((webinar) => {
      left -= JSON.stringify(webinar).length;
      return left >= 0;
    });
}
