import { type PullEffects, PullError, type PulledPage, type ReadRequest } from '../contract/pull.ts';
import { type GoToApi, goToApi } from './gotowebinar-api.ts';
import type { GoToRow } from './gotowebinar-fields.ts';
import { groupByRegistrant, registrantKeyOf } from './gotowebinar-records.ts';
import type { GoToWebinarSettings } from './gotowebinar-settings.ts';
import {
  dateIdOf,
  datesOf,
  isOnDemand,
  isSequence,
  startOf,
  startsOf,
  statusOf,
  webinarIdOf,
  webinarKeyOf,
} from './gotowebinar-webinar.ts';
import { shortText, wordText } from './parsed-item.ts';
import { type CatalogueEntry, readCatalogue } from './webinar-catalogue.ts';
import { digestOf } from './webinar-memory.ts';
import { type Batch, guardEach, type PassContext, packRows, readInPasses } from './webinar-passes.ts';
import type { WebinarStream } from './webinar-streams.ts';
import { readInstant } from './webinar-time.ts';

/** Reads GoTo Webinar: which webinars there are in a window, and of each what a stream is about. */

type DetailStream = Exclude<WebinarStream, 'webinars'>;

const DAY_MS = 86_400_000;
/** A list is asked for in pieces of so many days. */
const LISTED_DAYS = 90;
/** A session belongs to the date of a sequence that it begins nearest to, if it is this near. */
const NEAR_MS = DAY_MS / 2;

export async function* readGoToWebinar(
  request: ReadRequest<GoToWebinarSettings>,
  effects: PullEffects,
): AsyncIterable<PulledPage> {
  const { settings, stream, cursor } = request;
  const kept = cursor?.['refresh_token'];
  const api = goToApi(settings, typeof kept === 'string' ? kept : undefined, effects);
  const extras = () => {
    const renewed = api.renewed();
    return renewed === undefined ? {} : { refresh_token: renewed };
  };
  const list = (from: number, to: number) => listWebinars(api, from, to, effects.now());
  const name = stream.name;
  if (name === 'webinars') {
    const catalogue = {
      lookUp: (id: string, content: GoToRow) => lookUpWebinar(api, id, content, effects.now()),
      wrap: (webinars: GoToRow[], gone: GoToRow[]) => ({
        _embedded: { webinars },
        ...(gone.length === 0 ? {} : { gone }),
      }),
      settings: settings.details,
    };
    const read = (listed: readonly CatalogueEntry[], context: PassContext) =>
      readCatalogue(listed, context, catalogue, effects);
    yield* readInPasses(request, { windows: settings, list, extras, read }, effects);
  } else if (name === 'registrations' || name === 'attendance' || name === 'recording_views') {
    const read = (listed: readonly CatalogueEntry[], context: PassContext) =>
      readDetails(name, listed, context, api, settings, effects);
    yield* readInPasses(request, { windows: settings, list, extras, read }, effects);
  } else throw new PullError('settings', `GoTo Webinar has no stream "${name}".`);
}

/** Dates that begin in `[from, to)`. */
export async function listWebinars(api: GoToApi, from: number, to: number, now: number): Promise<CatalogueEntry[]> {
  const organizer = await api.organizer();
  const found: CatalogueEntry[] = [];
  for (let begin = from; begin < to; begin += LISTED_DAYS * DAY_MS) {
    const end = Math.min(to, begin + LISTED_DAYS * DAY_MS);
    const rows = await api.list(`${organizer}/webinars`, { fromTime: timeText(begin), toTime: timeText(end) });
    if (rows === undefined)
      throw new PullError(
        'settings',
        'GoTo does not let this client see the webinars: access has to be allowed by an organiser with a GoTo Webinar licence, or organizer_key is wrong.',
      );
    found.push(...rows.flatMap((row) => entriesOf(row, now)).filter(({ at }) => at >= from && at < to));
  }
  return found;
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function entriesOf(webinar: GoToRow, now: number): CatalogueEntry[] {
  return datesOf(withoutCounts(webinar)).flatMap((date): CatalogueEntry[] => {
    const [id, start] = [dateIdOf(date), startOf(date)];
    if (id === undefined || start === undefined) return [];
    const title = shortText(date['subject'], 200) ?? id;
    return [{ id, at: Date.parse(start), title, content: date, phase: statusOf(date, now) }];
  });
}

/** What changes with every registration, and nobody reads here. */
function withoutCounts({ numberOfRegistrants: _, numberOfRegistrantLinkClicks: __, ...webinar }: GoToRow): GoToRow {
  return webinar;
}

async function lookUpWebinar(
  api: GoToApi,
  id: string,
  content: GoToRow,
  now: number,
): Promise<CatalogueEntry | 'gone' | undefined> {
  const found = await api.get(pathOf(await api.organizer(), content));
  if (found === 'none') return 'gone';
  if (found === undefined) return undefined;
  return entriesOf(found, now).find((entry) => entry.id === id) ?? (isSequence(content) ? 'gone' : undefined);
}

/** Of the webinar's own organiser: the list of an account has those of many. */
export function pathOf(organizer: string, webinar: GoToRow): string {
  const own = wordText(webinar['organizerKey'], 60);
  const whose = organizer.startsWith('/accounts/') && own !== undefined ? `/organizers/${own}` : organizer;
  return `${whose}/webinars/${encodeURIComponent(webinarKeyOf(webinar) ?? '')}`;
}

async function* readDetails(
  stream: DetailStream,
  listed: readonly CatalogueEntry[],
  { memory }: PassContext,
  api: GoToApi,
  settings: GoToWebinarSettings,
  effects: PullEffects,
): AsyncIterable<Batch> {
  const guard = guardEach(effects);
  const organizer = await api.organizer();
  for (const webinar of listed) {
    if (!concerns(stream, webinar, effects.now())) continue;
    const path = pathOf(organizer, webinar.content);
    const found = await guard.attempt(webinar.title, () =>
      stream === 'registrations' ? fetchRegistrants(path, api) : fetchAttendees(path, webinar, api),
    );
    const before = memory.get(webinar.id);
    if (found === undefined || (found.rows.length === 0 && before === undefined)) continue;
    const place = [webinarIdOf(webinar.content, settings), settings.details, settings.registrant_details];
    const digest = digestOf(found, place);
    if (before?.digest === digest) continue;
    const rows =
      stream === 'registrations' && settings.registrant_details
        ? await guard.attempt(webinar.title, () => withDetails(path, found.rows, api))
        : found.rows;
    if (rows === undefined) continue;
    const groups =
      stream === 'registrations' ? rows.map((row) => [row]) : groupByRegistrant(rows).map((group) => group.rows);
    const most = stream === 'registrations' ? 1 : Math.max(before?.most ?? 1, ...groups.map(countStays));
    memory.set(webinar.id, digest, most);
    const wrap = (packed: unknown[]) =>
      stream === 'registrations'
        ? { webinar: webinar.content, registrants: packed }
        : {
            webinar: webinar.content,
            sessions: found.sessions,
            ...(before === undefined ? {} : { stays_before: before.most }),
            attendees: packed,
          };
    const bodies = packRows(groups, wrap);
    if (bodies.length > 0) yield { bodies, through: webinar };
  }
}

function concerns(stream: DetailStream, { content, at }: CatalogueEntry, now: number): boolean {
  if (stream === 'registrations') return true;
  return at <= now && isOnDemand(content) === (stream === 'recording_views');
}

function countStays(rows: readonly GoToRow[]): number {
  return rows.reduce(
    (sum, { attendance }) => sum + (Array.isArray(attendance) ? Math.max(1, attendance.length) : 1),
    0,
  );
}

interface Found {
  rows: GoToRow[];
  sessions: GoToRow[];
}

async function fetchRegistrants(path: string, api: GoToApi): Promise<Found> {
  return { rows: ((await api.list(`${path}/registrants`)) ?? []).map(withoutLinks), sessions: [] };
}

/** One request for each: source, phone and answers are in no list. */
async function withDetails(path: string, rows: readonly GoToRow[], api: GoToApi): Promise<GoToRow[]> {
  const detailed: GoToRow[] = [];
  for (const row of rows) {
    const key = registrantKeyOf(row);
    const found = key === undefined ? undefined : await api.get(`${path}/registrants/${encodeURIComponent(key)}`);
    detailed.push(found === undefined || found === 'none' ? row : { ...row, ...withoutLinks(found) });
  }
  return detailed;
}

async function fetchAttendees(path: string, webinar: CatalogueEntry, api: GoToApi): Promise<Found> {
  const all = (await api.list(`${path}/sessions`)) ?? [];
  const sessions = isSequence(webinar.content) ? all.filter((session) => isNearest(session, webinar)) : all;
  const rows: GoToRow[] = [];
  for (const session of sessions) {
    const key = wordText(session['sessionKey'], 60);
    if (key === undefined) continue;
    const attendees = (await api.list(`${path}/sessions/${encodeURIComponent(key)}/attendees`)) ?? [];
    rows.push(...attendees.map((row) => ({ ...withoutLinks(row), sessionKey: key })));
  }
  const steady = sessions.map(({ sessionKey, startTime, endTime }) => ({ sessionKey, startTime, endTime }));
  return { rows, sessions: steady };
}

function isNearest(session: GoToRow, webinar: CatalogueEntry): boolean {
  const start = readInstant(session['startTime'], 'UTC');
  if (start === undefined) return false;
  const away = (at: number) => Math.abs(at - Date.parse(start));
  return away(webinar.at) <= NEAR_MS && startsOf(webinar.content).every((at) => away(at) >= away(webinar.at));
}

/** With it anybody could join as that person. */
function withoutLinks({ joinUrl: _, ...row }: GoToRow): GoToRow {
  return row;
}
