import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import type { PersonRef, RecordOf } from '../contract/record.ts';
import { isObject, parseJsonBody } from './json.ts';
import { counted, idText, instantFromMillis, poison, setIfKnown, shortText } from './parsed-item.ts';
import { type UtmFields, unpackSource, utmOfForm } from './utm-fields.ts';
import { readDetails } from './webinar-details.ts';
import { isPassDone } from './webinar-passes.ts';
import type { ZoomSettings } from './zoom-settings.ts';
import {
  endOf,
  instantMs,
  isRecurring,
  objectsOf,
  sessionOfInstance,
  sessionsOf,
  type ZoomSession,
  zoomDetailFields,
} from './zoom-webinar.ts';

/**
 * Pages that were read → records. The keys of joins and registrations are those that Zoom's events lead to (zoom-events.ts): a join
 * is `<uuid of the airing>:<user_id of the join>`, a registration `<webinar>[:<occurrence>]:<registrant>`. So the report replaces what an
 * event said, and an event that comes late is the older state, since it carries Zoom's time and a page that of its reading.
 */

type Context = ParseContext<ZoomSettings>;
type Fields = Record<string, unknown>;

export function parseZoomPage(stream: string, entry: ReceivedEntry, context: Context): ParsedItem[] {
  if (isPassDone(entry.body)) return [];
  const json = parseJsonBody(entry.body);
  if (!json.ok) return [poison(json.reason, entry.body)];
  const page = json.value;
  if (!isObject(page)) return [poison('This is not a page of Zoom.', entry.body)];
  switch (stream) {
    case 'webinars':
      return webinarPage(page, entry.receivedAt, context);
    case 'registrations':
      return registrationPage(page, context);
    case 'attendance':
      return attendancePage(page, entry.receivedAt, context);
    default:
      return [poison(`Zoom has no stream "${stream}".`, entry.body)];
  }
}

function webinarPage(page: Fields, now: number, { settings }: Context): ParsedItem[] {
  const gone = objectsOf(page['gone']).flatMap((webinar) =>
    (sessionsOf(webinar, settings.details) ?? [])
      .filter(({ startsAt }) => startsAt > now)
      .map((session) => webinarItem(webinar, { ...session, cancelled: true }, now, settings)),
  );
  if (!isObject(page['webinar'])) return gone;
  const sessions = sessionsInWindow(page, page['webinar'], settings);
  if (sessions === undefined) return [poison('The webinar has no id.', page['webinar'])];
  return [...gone, ...sessions.map((session) => webinarItem(page['webinar'] as Fields, session, now, settings))];
}

/** A session as a webinar. `now`: UTC milliseconds, when Zoom said so. */
export function webinarItem(webinar: Fields, session: ZoomSession, now: number, { details }: ZoomSettings): ParsedItem {
  const found = readDetails(details, zoomDetailFields(webinar));
  const title = found.title ?? shortText(webinar['topic'], 2000) ?? '';
  const record: RecordOf<'webinar'> = {
    record: 'webinar',
    key: `webinar:${session.key}`,
    webinar_id: session.webinarId,
    title,
    format: isRecorded(webinar) ? 'recorded' : 'live',
    status: statusOf(session, now),
    starts_at: instantFromMillis(session.startsAt) ?? '',
    duration_minutes: session.minutes,
  };
  setIfKnown(record, 'series', found.series ?? (isRecurring(webinar) ? shortText(title) : undefined));
  setIfKnown(record, 'course', found.course);
  setIfKnown(record, 'language', found.language);
  setIfKnown(record, 'region', found.region);
  setIfKnown(record, 'host', found.host ?? shortText(webinar['host']) ?? shortText(webinar['host_email']));
  setIfKnown(record, 'time_zone', shortText(webinar['timezone']));
  return counted(record);
}

/** A recording that is aired as if it were live. `on_demand` only offers the recording afterwards: the airing is live. */
function isRecorded(webinar: Fields): boolean {
  return webinar['is_simulive'] === true || shortText(webinar['record_file_id']) !== undefined;
}

function statusOf(session: ZoomSession, now: number): RecordOf<'webinar'>['status'] {
  if (session.cancelled) return 'cancelled';
  if (now < session.startsAt) return 'scheduled';
  return now < endOf(session) ? 'live' : 'finished';
}

/** One registration that is good for all dates of a series is one for each that had not ended when it was made. */
function registrationPage(page: Fields, { settings }: Context): ParsedItem[] {
  const { webinar, sources, occurrence, status } = page;
  if (!isObject(webinar)) return [poison('This page names no webinar.', page)];
  const all = sessionsInWindow(page, webinar, settings) ?? [];
  const sessions = occurrence === undefined ? all : all.filter((one) => one.occurrence === occurrence);
  return objectsOf(page['registrants']).flatMap((registrant) => {
    const source = isObject(sources) && typeof registrant['id'] === 'string' ? sources[registrant['id']] : undefined;
    const created = instantMs(registrant['create_time']);
    if (created === undefined) return [poison('The registrant has no time of registration.', registrant)];
    const said = shortText(registrant['status']) ?? shortText(status);
    const isOut = said === 'denied' || said === 'cancelled';
    const valid = sessions.length > 1 ? sessions.filter((one) => created < endOf(one)) : sessions;
    return valid.map((session) =>
      registrationItem(registrant, session, {
        registeredAt: created,
        source,
        // Zoom does not say when: such a registration was never one.
        ...(isOut ? { cancelledAt: created } : {}),
      }),
    );
  });
}

export interface RegistrationTimes {
  /** UTC milliseconds. */
  registeredAt: number;
  cancelledAt?: number;
  /** Name of the tracking link. */
  source: unknown;
  /** Of an event: when Zoom said it. */
  observedAt?: number;
}

export function registrationItem(registrant: Fields, session: ZoomSession, times: RegistrationTimes): ParsedItem {
  const id = idText(registrant['id'], 200);
  const person = personOf(registrant['email'], registrant['phone']);
  const registered_at = instantFromMillis(times.registeredAt);
  const who = id ?? person?.email;
  if (who === undefined || registered_at === undefined)
    return poison('The registration names nobody: it has neither id nor e-mail address.', registrant);
  const record: RecordOf<'registration'> = {
    record: 'registration',
    key: `registration:${session.key}:${who}`,
    webinar_id: session.webinarId,
    person: person ?? { external_id: `zoom-registrant:${who}`.slice(0, 200) },
    registered_at,
    ...utmOf(registrant, times.source),
  };
  setIfKnown(record, 'registrant_id', id);
  if (times.cancelledAt !== undefined) setIfKnown(record, 'cancelled_at', instantFromMillis(times.cancelledAt));
  if (times.observedAt !== undefined) setIfKnown(record, 'observed_at', instantFromMillis(times.observedAt));
  return counted(record);
}

/** Questions called `utm_…` are exact; the name of a tracking link may be packed. */
function utmOf(registrant: Fields, source: unknown): UtmFields {
  const form = utmOfForm(
    objectsOf(registrant['custom_questions']).flatMap(({ title, value }): [string, string][] =>
      typeof title === 'string' && typeof value === 'string' ? [[title.slice(0, 300), value]] : [],
    ),
  );
  if (Object.keys(form).length > 0) return form;
  return typeof source === 'string' ? unpackSource(source) : {};
}

function attendancePage(page: Fields, now: number, { settings }: Context): ParsedItem[] {
  const { webinar, instance, repeats } = page;
  if (!isObject(webinar) || !isObject(instance)) return [poison('This page names no webinar.', page)];
  const uuid = idText(instance['uuid'], 200);
  const sessions = sessionsOf(webinar, settings.details, objectsOf(page['instances']));
  const session = sessionOfInstance(webinar, sessions ?? [], instance['start_time'], settings.details);
  if (uuid === undefined || session === undefined)
    return [poison('The airing cannot be told: it has no uuid or no time.', instance)];
  const staff = staffOf(webinar, page['panelists']);
  const planned = sessions?.includes(session) === true;
  const items = objectsOf(page['participants']).flatMap((row, index): ParsedItem[] => {
    if (row['status'] === 'in_waiting_room') return [];
    const number = isObject(repeats) ? repeats[String(index)] : undefined;
    const key = `${joinKey(uuid, row)}${typeof number === 'number' ? `:${number}` : ''}`;
    // What an event said of them when they came goes again.
    if (isStaff(row, staff)) return [{ ok: true, record: { record: 'deletion', of: 'attendance', key } }];
    return [joinItem(row, key, uuid, session)];
  });
  return planned ? items : [webinarItem(webinar, session, now, settings), ...items];
}

/** What stands for a join in the report and in events. */
export function joinKey(uuid: string, join: Fields): string {
  const id =
    idText(join['user_id'], 100) ??
    idText(join['participant_uuid'], 100) ??
    `${shortText(join['registrant_id'] || join['user_email'] || join['name'], 150) ?? ''}@${shortText(join['join_time'], 40) ?? ''}`;
  return `attendance:${uuid}:${id}`;
}

function joinItem(row: Fields, key: string, uuid: string, session: ZoomSession): ParsedItem {
  const joined = instantMs(row['join_time']);
  const left = instantMs(row['leave_time']);
  if (joined === undefined) return poison('The row has no time of joining.', row, key);
  const registrant = idText(row['registrant_id'], 200);
  const guest = idText(row['participant_uuid'], 100) ?? idText(row['user_id'], 100) ?? key.slice(-60);
  const record: RecordOf<'attendance'> = {
    record: 'attendance',
    key,
    webinar_id: session.webinarId,
    person: personOf(row['user_email'], row['phone_number'], row['customer_key']) ?? {
      // Nobody can be told by these: they are kept as people of their own.
      external_id:
        registrant === undefined
          ? `zoom-guest:${uuid}:${guest}`.slice(0, 200)
          : `zoom-registrant:${registrant}`.slice(0, 200),
    },
    joined_at: new Date(joined).toISOString(),
  };
  setIfKnown(record, 'registrant_id', registrant);
  if (left !== undefined && left >= joined) setIfKnown(record, 'left_at', instantFromMillis(left));
  const { duration } = row;
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) record.seconds = duration;
  return counted(record);
}

interface Staff {
  ids: ReadonlySet<string>;
  emails: ReadonlySet<string>;
}

function staffOf(webinar: Fields, panelists: unknown): Staff {
  const settings = isObject(webinar['settings']) ? webinar['settings'] : {};
  const alternative = shortText(settings['alternative_hosts'], 2000)?.split(/[;,]/) ?? [];
  const emails = [webinar['host_email'], ...alternative, ...(Array.isArray(panelists) ? panelists : [])];
  return {
    ids: new Set([webinar['host_id']].flatMap((id) => idText(id) ?? [])),
    emails: new Set(emails.flatMap((email) => shortText(email, 320)?.toLowerCase() ?? [])),
  };
}

function isStaff(row: Fields, { ids, emails }: Staff): boolean {
  const email = shortText(row['user_email'], 320)?.toLowerCase();
  return row['internal_user'] === true || ids.has(String(row['id'])) || (email !== undefined && emails.has(email));
}

/** Undefined where none is there. `customerKey`: the team's own id, which it passed through the join. */
export function personOf(email: unknown, phone: unknown, customerKey?: unknown): PersonRef | undefined {
  const ref: PersonRef = {};
  setIfKnown(ref, 'email', shortText(email, 320));
  setIfKnown(ref, 'phone', shortText(phone, 40));
  setIfKnown(ref, 'external_id', idText(customerKey, 200));
  return Object.keys(ref).length === 0 ? undefined : ref;
}

function sessionsInWindow(page: Fields, webinar: Fields, settings: ZoomSettings): ZoomSession[] | undefined {
  const window = isObject(page['window']) ? page['window'] : {};
  const from = typeof window['from'] === 'number' ? window['from'] : Number.NEGATIVE_INFINITY;
  const to = typeof window['to'] === 'number' ? window['to'] : Number.POSITIVE_INFINITY;
  const sessions = sessionsOf(webinar, settings.details, objectsOf(page['instances']));
  return sessions?.filter((one) => endOf(one) >= from && one.startsAt < to);
}
