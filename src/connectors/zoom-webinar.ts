import { isObject } from './json.ts';
import { idText, shortText } from './parsed-item.ts';
import {
  type DetailFields,
  type DetailReaders,
  readDetails,
  readFields,
  type WebinarDetails,
} from './webinar-details.ts';

/** What is kept of Zoom's webinar beside the rows of a page, and the sessions that it stands for. Pure. */

/** An airing that people sign up for and come to: the webinar itself, or one occurrence of a series. */
export interface ZoomSession {
  /** Of keys: Zoom's own ids. */
  key: string;
  /** As records name it. */
  webinarId: string;
  /** UTC milliseconds. */
  startsAt: number;
  minutes: number;
  cancelled: boolean;
  /** Zoom's id of the occurrence; absent where the webinar is a single one, or this airing was not planned. */
  occurrence?: string;
}

const WITHOUT_TIMES = 6;
const REPEATED = 9;
const HOUR_MS = 3_600_000;
/** An airing further from every planned one is a session of its own: a rehearsal, an extra date. */
const NEAR_MS = 12 * HOUR_MS;
const AGENDA = 500;
const USUAL_MINUTES = 60;
/** Ten days: more is no length of a webinar. */
const LONGEST_MINUTES = 14_400;
/** Parts of a webinar's detail that are kept: no links, no passwords. */
const KEPT = [
  'id',
  'uuid',
  'host_id',
  'host_email',
  'topic',
  'type',
  'start_time',
  'duration',
  'timezone',
  'is_simulive',
  'record_file_id',
];
const KEPT_SETTINGS = ['approval_type', 'registration_type', 'alternative_hosts', 'contact_name', 'on_demand'];

/** A webinar's detail without what nobody needs; `host`: display name, where it is known. */
export function trimWebinar(detail: Record<string, unknown>, host: string | undefined): Record<string, unknown> {
  const settings = isObject(detail['settings']) ? detail['settings'] : {};
  const pick = (from: Record<string, unknown>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
  const fields = objectsOf(detail['tracking_fields']).map(({ field, value }) => ({ field, value }));
  const occurrences = objectsOf(detail['occurrences']).map((one) =>
    pick(one, ['occurrence_id', 'start_time', 'duration', 'status']),
  );
  return {
    ...pick(detail, KEPT),
    ...(host === undefined ? {} : { host }),
    ...(typeof detail['agenda'] === 'string' ? { agenda: detail['agenda'].slice(0, AGENDA) } : {}),
    ...(fields.length === 0 ? {} : { tracking_fields: fields }),
    ...(occurrences.length === 0 ? {} : { occurrences }),
    settings: pick(settings, KEPT_SETTINGS),
  };
}

type ZoomFields = Record<string, unknown>;
const text = (name: string) => (webinar: ZoomFields) => shortText(webinar[name], 2000);

/** Before the name of a tracking field, which an account names as it likes. */
export const TRACKING_FIELD = 'tracking_fields.';

/** Fields of a webinar that `details` may be read from, beside each tracking field by its name. */
export const ZOOM_FIELDS: DetailReaders<ZoomFields> = {
  topic: text('topic'),
  title: text('topic'),
  agenda: text('agenda'),
  id: text('id'),
  type: text('type'),
  host: text('host'),
  host_email: text('host_email'),
  host_id: text('host_id'),
  contact_name: ({ settings }) => (isObject(settings) ? shortText(settings['contact_name']) : undefined),
  timezone: text('timezone'),
  tracking_fields: (webinar) => trackingFields(webinar).map(([field, value]) => `${field}: ${value}`),
};

/** Both by name. */
export function zoomDetailFields(webinar: ZoomFields): DetailFields {
  const tracked = trackingFields(webinar).map(([field, value]) => [`${TRACKING_FIELD}${field}`, value]);
  return { ...readFields(ZOOM_FIELDS, webinar), ...Object.fromEntries(tracked) };
}

function trackingFields(webinar: ZoomFields): [string, string][] {
  return objectsOf(webinar['tracking_fields']).flatMap(({ field, value }): [string, string][] =>
    typeof field === 'string' && typeof value === 'string' ? [[field, value]] : [],
  );
}

export function isRecurring(webinar: Record<string, unknown>): boolean {
  return webinar['type'] === WITHOUT_TIMES || webinar['type'] === REPEATED;
}

/**
 * The sessions of a webinar, by time: a single one has one, a series one per occurrence; a series without fixed times has those that
 * took place (`instances`). Empty where nothing is planned; undefined where the webinar has no id.
 */
export function sessionsOf(
  webinar: Record<string, unknown>,
  details: WebinarDetails,
  instances: readonly unknown[] = [],
): ZoomSession[] | undefined {
  const id = idText(webinar['id'], 100);
  if (id === undefined) return undefined;
  const minutes = minutesOf(webinar['duration']) ?? USUAL_MINUTES;
  const base = readDetails(details, zoomDetailFields(webinar)).webinar_id ?? id;
  if (!isRecurring(webinar)) {
    const startsAt = instantMs(webinar['start_time']);
    return startsAt === undefined
      ? []
      : [{ key: id, webinarId: base, startsAt, minutes, cancelled: webinar['status'] === 'deleted' }];
  }
  const planned = objectsOf(webinar['occurrences']).flatMap((one): ZoomSession[] => {
    const occurrence = idText(one['occurrence_id'], 100);
    const startsAt = instantMs(one['start_time']);
    if (occurrence === undefined || startsAt === undefined) return [];
    return [
      {
        key: `${id}:${occurrence}`,
        webinarId: `${base}:${occurrence}`,
        startsAt,
        minutes: minutesOf(one['duration']) ?? minutes,
        cancelled: one['status'] === 'deleted',
        occurrence,
      },
    ];
  });
  const took =
    webinar['type'] === WITHOUT_TIMES
      ? objectsOf(instances).flatMap((one) => ownSession(id, base, instantMs(one['start_time']), minutes))
      : [];
  return [...planned, ...took].sort((a, b) => a.startsAt - b.startsAt);
}

/** The session that an airing was: of a series the nearest planned one within 12 hours, else one of its own. */
export function sessionOfInstance(
  webinar: Record<string, unknown>,
  sessions: readonly ZoomSession[],
  startTime: unknown,
  details: WebinarDetails,
): ZoomSession | undefined {
  if (!isRecurring(webinar)) return sessions[0];
  const startsAt = instantMs(startTime);
  if (startsAt === undefined) return undefined;
  const distance = (one: ZoomSession) => Math.abs(one.startsAt - startsAt);
  const nearest = [...sessions].sort((a, b) => distance(a) - distance(b))[0];
  const nearMs = webinar['type'] === WITHOUT_TIMES ? 1000 : NEAR_MS;
  if (nearest !== undefined && distance(nearest) <= nearMs) return nearest;
  const id = idText(webinar['id'], 100) ?? '';
  const base = readDetails(details, zoomDetailFields(webinar)).webinar_id ?? id;
  const minutes = minutesOf(webinar['duration']) ?? USUAL_MINUTES;
  return ownSession(id, base, startsAt, minutes)[0];
}

function ownSession(id: string, base: string, startsAt: number | undefined, minutes: number): ZoomSession[] {
  if (startsAt === undefined) return [];
  return [{ key: `${id}:${startsAt}`, webinarId: `${base}:${startsAt}`, startsAt, minutes, cancelled: false }];
}

/** End as planned, UTC milliseconds. */
export function endOf({ startsAt, minutes }: ZoomSession): number {
  return startsAt + minutes * 60_000;
}

function minutesOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value <= LONGEST_MINUTES ? value : undefined;
}

/** An instant of Zoom, which are UTC; undefined where it is none. */
export function instantMs(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.test(value))
    return undefined;
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return at >= 0 ? at : undefined;
}

export function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
