import type { RecordOf } from '../contract/record.ts';
import { BIGMARKER_FIELDS, type Conference, textsIn } from './bigmarker-fields.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { isObject } from './json.ts';
import { languageName } from './language-name.ts';
import { setIfKnown, shortText, wordText } from './parsed-item.ts';
import { ianaZone } from './rails-zones.ts';
import { readDetails, readFields } from './webinar-details.ts';
import { lacksZone, readInstant } from './webinar-time.ts';

/** A conference of BigMarker, and what of it its registrations and attendance need. */

/** Kinds that are no webinar of their own: what holds others, and rooms for meetings. */
const LEFT_OUT: ReadonlySet<string> = new Set(['recurring_parent', 'evergreen_parent', 'meetingspace']);
/** Shown at a time of their own, but made before. */
const RECORDED: ReadonlySet<string> = new Set(['evergreen_child', 'ondemand']);

/** Changes with every look at the page, and no record is made of it. */
const VOLATILE = ['webinar_stats', 'first_admin_enter_time', 'last_publish_time'];

export function isWebinar(conference: Conference): boolean {
  return !LEFT_OUT.has(typeOf(conference));
}

export function isContainer(conference: Conference): boolean {
  return typeOf(conference).endsWith('_parent');
}

/** No live room: who watches it watches a recording. */
export function isOnDemand(conference: Conference): boolean {
  return typeOf(conference) === 'ondemand';
}

function typeOf(conference: Conference): string {
  return String(conference['type'] ?? '').toLowerCase();
}

/** Without what changes all the time. */
export function steadyConference(conference: Conference): Conference {
  return Object.fromEntries(Object.entries(conference).filter(([name]) => !VOLATILE.includes(name)));
}

export function zoneOf(conference: Conference, settings: BigMarkerSettings): string | undefined {
  return ianaZone(conference['time_zone'], settings.time_zones);
}

/** UTC milliseconds; undefined where it has no start, or one that cannot be read. */
export function startOf(conference: Conference, settings: BigMarkerSettings): number | undefined {
  const start = readInstant(conference['start_time'], zoneOf(conference, settings));
  return start === undefined ? undefined : Date.parse(start);
}

function endOf(conference: Conference, start: number, zone: string | undefined): number | undefined {
  const end = readInstant(conference['end_time'], zone);
  const minutes = minutesOf(conference);
  if (end !== undefined && Date.parse(end) >= start) return Date.parse(end);
  return minutes === undefined ? undefined : start + minutes * 60_000;
}

function minutesOf(conference: Conference): number | undefined {
  const minutes = Number(conference['duration'] ?? conference['duration_minutes'] ?? Number.NaN);
  return Number.isFinite(minutes) && minutes > 0 ? minutes : undefined;
}

/** @param now UTC milliseconds */
export function statusOf(
  conference: Conference,
  settings: BigMarkerSettings,
  now: number,
): RecordOf<'webinar'>['status'] {
  if (isCancelled(conference)) return 'cancelled';
  const zone = zoneOf(conference, settings);
  const start = startOf(conference, settings);
  if (start === undefined || now < start) return 'scheduled';
  if (isOnDemand(conference)) return 'finished';
  const closed = readInstant(conference['manual_end_time'], zone);
  if (closed !== undefined && Date.parse(closed) > start && Date.parse(closed) <= now) return 'finished';
  const end = endOf(conference, start, zone) ?? start + 3_600_000;
  return now < end ? 'live' : 'finished';
}

/** BigMarker documents no such field; those that are seen are taken at their word. */
function isCancelled(conference: Conference): boolean {
  const flags = ['cancelled', 'canceled', 'is_cancelled', 'is_canceled', 'deleted'];
  if (flags.some((name) => /^(?:true|1|yes)$/i.test(String(conference[name] ?? '')))) return true;
  return ['status', 'state', 'webinar_status'].some((name) =>
    /^cancell?ed$|^deleted$/i.test(String(conference[name] ?? '')),
  );
}

/** The id under which records of this conference stand: the team's own where `details` find it. */
export function webinarIdOf(conference: Conference, settings: BigMarkerSettings): string | undefined {
  return (
    readDetails(settings.details, readFields(BIGMARKER_FIELDS, conference)).webinar_id ?? wordText(conference['id'])
  );
}

/** The record, or a sentence that says why there is none. @param now UTC milliseconds */
export function webinarRecord(
  conference: Conference,
  settings: BigMarkerSettings,
  now: number,
  gone = false,
): RecordOf<'webinar'> | { reason: string } {
  const id = wordText(conference['id']);
  const fields = readFields(BIGMARKER_FIELDS, conference);
  const { webinar_id: own, ...details } = readDetails(settings.details, fields);
  if (id === undefined) return { reason: 'This conference has no id.' };
  const zone = zoneOf(conference, settings);
  const start = startOf(conference, settings);
  if (start === undefined) return { reason: whyNoTime('start_time', conference['start_time'], conference, settings) };
  const end = endOf(conference, start, zone);
  const record: RecordOf<'webinar'> = {
    record: 'webinar',
    key: `webinar:${id}`,
    webinar_id: own ?? id,
    title: details.title ?? shortText(conference['title'], 2_000) ?? id,
    format: RECORDED.has(typeOf(conference)) ? 'recorded' : 'live',
    status: gone ? 'cancelled' : statusOf(conference, settings, now),
    starts_at: new Date(start).toISOString(),
  };
  setIfKnown(
    record,
    'series',
    details.series ?? shortText(textsIn(conference['associated_series'], ['title', 'name'])[0]),
  );
  setIfKnown(record, 'course', details.course);
  setIfKnown(record, 'region', details.region);
  setIfKnown(record, 'language', languageName(details.language ?? conference['language']));
  setIfKnown(record, 'host', details.host ?? shortText(textsIn(conference['presenters'], ['name', 'display_name'])[0]));
  setIfKnown(record, 'time_zone', zone);
  setIfKnown(
    record,
    'duration_minutes',
    minutesOf(conference) ?? (end === undefined ? undefined : (end - start) / 60_000),
  );
  return record;
}

/** A sentence about a time that is missing, cannot be read, or is in a zone that is not known. */
export function whyNoTime(field: string, value: unknown, conference: Conference, settings: BigMarkerSettings): string {
  if (shortText(value) === undefined) return `It has no time: ${field} is missing.`;
  if (lacksZone(value) && zoneOf(conference, settings) === undefined)
    return `The time zone "${shortText(conference['time_zone'], 80) ?? ''}" of this webinar is not known, and ${field} (${shortText(value, 60)}) has no offset: name the zone in the setting time_zones.`;
  return `${field} (${shortText(value, 60)}) cannot be read as a time.`;
}

/** Ids and addresses of those who present: what they do counts as no attendance. */
export function presentersOf(conference: Conference): ReadonlySet<string> {
  const found = new Set<string>();
  const presenters = conference['presenters'];
  for (const presenter of Array.isArray(presenters) ? presenters : []) {
    if (!isObject(presenter)) continue;
    for (const name of ['presenter_id', 'member_id', 'bmid', 'email', 'presenter_email']) {
      const text = shortText(presenter[name], 320)?.toLowerCase();
      if (text !== undefined) found.add(text);
    }
  }
  return found;
}
