import type { RecordOf } from '../contract/record.ts';
import { GOTOWEBINAR_FIELDS, type GoToRow } from './gotowebinar-fields.ts';
import type { GoToWebinarSettings } from './gotowebinar-settings.ts';
import { isObject } from './json.ts';
import { languageName } from './language-name.ts';
import { setIfKnown, shortText, wordText } from './parsed-item.ts';
import { ianaZone } from './rails-zones.ts';
import { readDetails, readFields } from './webinar-details.ts';
import { readInstant } from './webinar-time.ts';

/** A webinar of GoTo. One that is a sequence (one registration, several dates) is a webinar per date. */

/** Each date with `times` holding that date alone; a webinar without dates as it is. */
export function datesOf(webinar: GoToRow): GoToRow[] {
  const times = Array.isArray(webinar['times']) ? webinar['times'].filter(isObject) : [];
  if (!isSequence(webinar)) {
    const first = times.toSorted((a, b) => String(a['startTime']).localeCompare(String(b['startTime'])))[0];
    return [first === undefined ? webinar : { ...webinar, times: [first] }];
  }
  const all = Array.isArray(webinar['allTimes']) ? webinar['allTimes'] : times;
  return times.length === 0 ? [webinar] : times.map((time) => ({ ...webinar, times: [time], allTimes: all }));
}

/** Starts of all dates of a sequence, UTC milliseconds. */
export function startsOf(webinar: GoToRow): number[] {
  const all = Array.isArray(webinar['allTimes']) ? webinar['allTimes'].filter(isObject) : [];
  return all.flatMap((time) => {
    const start = readInstant(time['startTime'], zoneOf(webinar));
    return start === undefined ? [] : [Date.parse(start)];
  });
}

export function isSequence(webinar: GoToRow): boolean {
  return String(webinar['type'] ?? '').toLowerCase() === 'sequence';
}

/** Watched whenever somebody likes: no live room. */
export function isOnDemand(webinar: GoToRow): boolean {
  return webinar['isOndemand'] === true || /^on.?demand$/i.test(String(webinar['experienceType'] ?? ''));
}

export function webinarKeyOf(webinar: GoToRow): string | undefined {
  return wordText(webinar['webinarKey'], 60);
}

export function startOf(webinar: GoToRow): string | undefined {
  return readInstant(timeOf(webinar)['startTime'], zoneOf(webinar));
}

function endOf(webinar: GoToRow): string | undefined {
  return readInstant(timeOf(webinar)['endTime'], zoneOf(webinar));
}

function timeOf(webinar: GoToRow): GoToRow {
  const [first] = Array.isArray(webinar['times']) ? webinar['times'] : [];
  return isObject(first) ? first : {};
}

function zoneOf(webinar: GoToRow): string | undefined {
  return ianaZone(webinar['timeZone']);
}

/** `4512345678901234567`, or of a date of a sequence `4512345678901234567:20261118T1700`. */
export function dateIdOf(webinar: GoToRow): string | undefined {
  const key = webinarKeyOf(webinar);
  return key === undefined ? undefined : `${key}${dateMark(webinar)}`;
}

function dateMark(webinar: GoToRow): string {
  const start = startOf(webinar);
  if (!isSequence(webinar) || start === undefined) return '';
  return `:${start.slice(0, 16).replace(/[-:]/g, '')}`;
}

/** The id under which records of this date stand: the team's own where `details` find it. */
export function webinarIdOf(webinar: GoToRow, settings: GoToWebinarSettings): string | undefined {
  const own = readDetails(settings.details, readFields(GOTOWEBINAR_FIELDS, webinar)).webinar_id;
  return own === undefined ? dateIdOf(webinar) : `${own}${dateMark(webinar)}`.slice(0, 200);
}

/** @param now UTC milliseconds */
export function statusOf(webinar: GoToRow, now: number): RecordOf<'webinar'>['status'] {
  if (/^(?:cancell?ed|deleted)$/i.test(String(webinar['status'] ?? ''))) return 'cancelled';
  const start = startOf(webinar);
  if (start === undefined || now < Date.parse(start)) return webinar['inSession'] === true ? 'live' : 'scheduled';
  if (isOnDemand(webinar)) return 'finished';
  const end = endOf(webinar);
  const over = end === undefined ? Date.parse(start) + 3_600_000 : Date.parse(end);
  return now < over || webinar['inSession'] === true ? 'live' : 'finished';
}

/** The record, or a sentence that says why there is none. @param now UTC milliseconds */
export function webinarRecord(
  webinar: GoToRow,
  settings: GoToWebinarSettings,
  now: number,
  gone = false,
): RecordOf<'webinar'> | { reason: string } {
  const id = dateIdOf(webinar);
  const webinarId = webinarIdOf(webinar, settings);
  if (id === undefined || webinarId === undefined) return { reason: 'This webinar has no webinarKey.' };
  const starts_at = startOf(webinar);
  if (starts_at === undefined) return { reason: 'This webinar has no date that can be read.' };
  const fields = readFields(GOTOWEBINAR_FIELDS, webinar);
  const details = readDetails(settings.details, fields);
  const title = details.title ?? fields['title'];
  const recorded = isOnDemand(webinar) || /simulive|simulated/i.test(String(webinar['experienceType'] ?? ''));
  const record: RecordOf<'webinar'> = {
    record: 'webinar',
    key: `webinar:${id}`,
    webinar_id: webinarId,
    title: typeof title === 'string' ? title : id,
    format: recorded ? 'recorded' : 'live',
    status: gone ? 'cancelled' : statusOf(webinar, now),
    starts_at,
  };
  const repeated = /^(?:series|sequence)$/i.test(String(webinar['type'] ?? ''));
  const end = endOf(webinar);
  setIfKnown(record, 'series', details.series ?? (repeated ? shortText(webinar['subject']) : undefined));
  setIfKnown(record, 'course', details.course);
  setIfKnown(record, 'region', details.region);
  setIfKnown(record, 'language', languageName(details.language ?? webinar['locale']));
  setIfKnown(record, 'host', details.host ?? shortText(webinar['organizerName']));
  setIfKnown(record, 'time_zone', zoneOf(webinar));
  const minutes = end === undefined ? Number.NaN : (Date.parse(end) - Date.parse(starts_at)) / 60_000;
  setIfKnown(record, 'duration_minutes', minutes > 0 ? minutes : undefined);
  return record;
}
