import { type PullEffects, PullError, type PulledPage, type ReadRequest } from '../contract/pull.ts';
import { type BigMarkerApi, type BigMarkerRow, bigmarkerApi, SEARCH } from './bigmarker-api.ts';
import { groupByPerson } from './bigmarker-attendance.ts';
import {
  isContainer,
  isOnDemand,
  isWebinar,
  presentersOf,
  startOf,
  statusOf,
  steadyConference,
  webinarIdOf,
  zoneOf,
} from './bigmarker-conference.ts';
import type { Conference } from './bigmarker-fields.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { isObject } from './json.ts';
import { shortText, wordText } from './parsed-item.ts';
import { type CatalogueEntry, readCatalogue } from './webinar-catalogue.ts';
import { digestOf } from './webinar-memory.ts';
import { type Batch, guardEach, type PassContext, packRows, readInPasses } from './webinar-passes.ts';
import type { WebinarStream } from './webinar-streams.ts';

/** Reads BigMarker: which conferences there are in a window, and of each what a stream is about. */

type DetailStream = Exclude<WebinarStream, 'webinars'>;

export async function* readBigMarker(
  request: ReadRequest<BigMarkerSettings>,
  effects: PullEffects,
): AsyncIterable<PulledPage> {
  const { settings, stream } = request;
  const api = bigmarkerApi(settings, effects);
  // One that cannot be placed in time is kept as it is, so that the quarantine shows it.
  const list = async (from: number, to: number) => {
    const { entries, unplaced } = await listConferences(api, settings, effects, from, to);
    return stream.name === 'webinars' ? [...unplaced, ...entries] : entries;
  };
  const service = { windows: settings, list };
  if (stream.name === 'webinars') {
    const catalogue = {
      lookUp: (id: string) => lookUpConference(api, settings, effects, id),
      wrap: (conferences: Conference[], gone: Conference[]) =>
        gone.length === 0 ? { conferences } : { conferences, gone },
      settings: recordSettings(settings),
    };
    const read = (listed: readonly CatalogueEntry[], context: PassContext) =>
      readCatalogue(listed, context, catalogue, effects);
    yield* readInPasses(request, { ...service, read }, effects);
  } else {
    const name = stream.name;
    if (name !== 'registrations' && name !== 'attendance' && name !== 'recording_views')
      throw new PullError('settings', `BigMarker has no stream "${name}".`);
    const read = (listed: readonly CatalogueEntry[], context: PassContext) =>
      readDetails(name, listed, context, api, settings, effects);
    yield* readInPasses(request, { ...service, read }, effects);
  }
}

/** Conferences that start in `[from, to)`, and those whose start cannot be read. */
export async function listConferences(
  api: BigMarkerApi,
  settings: BigMarkerSettings,
  effects: PullEffects,
  from: number,
  to: number,
): Promise<{ entries: CatalogueEntry[]; unplaced: CatalogueEntry[] }> {
  const query = { start_time: String(Math.floor(from / 1000)), end_time: String(Math.ceil(to / 1000)) };
  const found = (await api.list(SEARCH, 'conferences', query, 'POST')) ?? [];
  const children = await listChildren(api, found);
  const entries: CatalogueEntry[] = [];
  const unplaced: CatalogueEntry[] = [];
  for (const conference of [...found, ...children].filter(isWebinar)) {
    const id = wordText(conference['id']);
    if (id === undefined) continue;
    const at = startOf(conference, settings);
    const entry = entryOf(id, at ?? from, conference, settings, effects.now());
    if (at === undefined) unplaced.push(entry);
    else if (at >= from && at < to) entries.push(entry);
  }
  return { entries, unplaced };
}

/** Dates of a recurring webinar; some accounts list the parent only. */
async function listChildren(api: BigMarkerApi, found: readonly Conference[]): Promise<Conference[]> {
  const children: Conference[] = [];
  for (const parent of found.filter(isContainer)) {
    const id = wordText(parent['id']);
    const answer = id === undefined ? undefined : await api.get(`/conferences/recurring/${encodeURIComponent(id)}`);
    if (answer?.kind !== 'found') continue;
    const list = Array.isArray(answer.body) ? answer.body : answer.body['conferences'];
    if (Array.isArray(list)) children.push(...list.filter(isObject));
  }
  return children;
}

function entryOf(
  id: string,
  at: number,
  conference: Conference,
  settings: BigMarkerSettings,
  now: number,
): CatalogueEntry {
  const title = shortText(conference['title'], 200) ?? id;
  return { id, at, title, content: steadyConference(conference), phase: statusOf(conference, settings, now) };
}

async function lookUpConference(
  api: BigMarkerApi,
  settings: BigMarkerSettings,
  effects: PullEffects,
  id: string,
): Promise<CatalogueEntry | 'gone' | undefined> {
  const answer = await api.get(`/conferences/${encodeURIComponent(id)}`);
  if (answer.kind === 'nothing') return answer.status === 404 ? 'gone' : undefined;
  const { body } = answer;
  const conference = isObject(body) && isObject(body['conference']) ? body['conference'] : body;
  if (!isObject(conference)) return undefined;
  const at = startOf(conference, settings);
  return at === undefined ? undefined : entryOf(id, at, conference, settings, effects.now());
}

async function* readDetails(
  stream: DetailStream,
  listed: readonly CatalogueEntry[],
  { memory }: PassContext,
  api: BigMarkerApi,
  settings: BigMarkerSettings,
  effects: PullEffects,
): AsyncIterable<Batch> {
  const guard = guardEach(effects);
  for (const webinar of listed) {
    if (stream !== 'registrations' && webinar.at > effects.now()) continue;
    const found = await guard.attempt(webinar.title, () => fetchRows(stream, webinar, api));
    const before = memory.get(webinar.id);
    if (found === undefined || (found.rows.length === 0 && before === undefined)) continue;
    const { content: conference } = webinar;
    const groups =
      stream === 'registrations' ? found.rows.map((row) => [row]) : groupByPerson(found.rows).map(({ rows }) => rows);
    const place = [webinarIdOf(conference, settings), zoneOf(conference, settings), [...presentersOf(conference)]];
    const digest = digestOf(groups, place, recordSettings(settings));
    if (before?.digest === digest) continue;
    const most = stream === 'registrations' ? 1 : Math.max(before?.most ?? 1, ...groups.map((group) => group.length));
    memory.set(webinar.id, digest, most);
    const wrap = (rows: unknown[]) => ({
      conference,
      ...(before === undefined || stream === 'registrations' ? {} : { stays_before: before.most }),
      [found.name]: rows,
    });
    const bodies = packRows(groups, wrap);
    if (bodies.length > 0) yield { bodies, through: webinar };
  }
}

/** Settings that the records depend on: when they change everything is written again. */
function recordSettings({ details, time_zones }: BigMarkerSettings): unknown {
  return [details, time_zones];
}

async function fetchRows(
  stream: DetailStream,
  { id, content }: CatalogueEntry,
  api: BigMarkerApi,
): Promise<{ name: string; rows: BigMarkerRow[] }> {
  const at = encodeURIComponent(id);
  const rows = async (path: string, name: string) => ((await api.list(path, name)) ?? []).map(withoutLinks);
  switch (stream) {
    case 'registrations': {
      const full = await rows(`/conferences/registrations_with_fields/${at}`, 'registrations');
      return { name: 'registrations', rows: full };
    }
    case 'attendance': {
      if (isOnDemand(content)) return { name: 'attendees', rows: [] };
      // The log tells every joining and leaving; the attendees only the first and the last.
      const log = await rows(`/reporting/conferences/enter_exit_log/${at}`, 'activities');
      if (log.length > 0) return { name: 'activities', rows: log };
      return { name: 'attendees', rows: await rows(`/conferences/${at}/attendees`, 'attendees') };
    }
    case 'recording_views': {
      const views = await rows(`/conferences/${at}/recording_views`, 'recording_views');
      if (views.length > 0 || !isOnDemand(content)) return { name: 'recording_views', rows: views };
      return { name: 'attendees', rows: await rows(`/reporting/conferences/on_demand_attendees/${at}`, 'attendees') };
    }
  }
}

/** Links with which anybody could enter as that person; what was asked and answered is nobody's business here. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  'enter_url',
  'qr_code_value',
  'questions',
  'polls',
  'polls_info',
  'survey_results',
]);

function withoutLinks(row: BigMarkerRow): BigMarkerRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !NOT_KEPT.has(name)));
}
