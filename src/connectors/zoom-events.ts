import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import type { RecordOf } from '../contract/record.ts';
import { isObject, parseJsonBody } from './json.ts';
import { counted, idText, instantFromMillis, poison, setIfKnown } from './parsed-item.ts';
import type { WebinarDetails } from './webinar-details.ts';
import { joinKey, personOf, registrationItem, webinarItem } from './zoom-records.ts';
import type { ZoomSettings } from './zoom-settings.ts';
import { instantMs, objectsOf, sessionsOf, type ZoomSession } from './zoom-webinar.ts';

/**
 * Zoom's events → records, until a page that is read says more: sign-ups at once, joins as they happen (without their length: an
 * event of leaving does not say which join it ends). What an event cannot tell is left to the pages: airings of a series (no event
 * names the occurrence), guests whom nobody could match, webinars whose id is read from a field that events do not carry.
 */

/** Fields of a webinar that every event carries. */
const IN_EVENTS: ReadonlySet<string> = new Set(['id', 'topic', 'title', 'type', 'host_id', 'timezone']);
const REGISTRATIONS: ReadonlySet<string> = new Set(['created', 'approved', 'cancelled', 'denied']);
const UTC_TODAY_MS = 10 ** 12;

export function parseZoomEvent(entry: ReceivedEntry, { settings }: ParseContext<ZoomSettings>): ParsedItem[] {
  const json = parseJsonBody(entry.body);
  if (!json.ok) return [poison(json.reason, entry.body)];
  const body = isObject(json.value) ? json.value : {};
  const { event, payload } = body;
  if (typeof event !== 'string' || !isObject(payload))
    return [poison('This is no event of Zoom: it needs "event" and "payload".', entry.body)];
  const [, what] = /^webinar\.([a-z_]+)$/.exec(event) ?? [];
  // Events of meetings, of the app and of the account hold nothing to count.
  if (what === undefined) return [];
  const { object } = payload;
  if (!isObject(object)) return [poison(`The event ${event.slice(0, 100)} names no webinar.`, body)];
  if (!canTellWebinar(settings.details)) return [];
  const at = eventTime(body['event_ts'], entry.receivedAt);
  const [, registration] = /^registration_([a-z]+)$/.exec(what) ?? [];
  if (registration !== undefined && REGISTRATIONS.has(registration))
    return parseRegistration(object, registration, at, settings);
  if (what === 'participant_joined') return parseJoin(object, at, settings);
  if (what === 'created' || what === 'deleted') return parseWebinar(object, what, at, settings);
  return [];
}

function parseRegistration(
  object: Record<string, unknown>,
  what: string,
  at: number,
  settings: ZoomSettings,
): ParsedItem[] {
  const { registrant } = object;
  const sessions = sessionsOf(object, settings.details);
  if (sessions === undefined || !isObject(registrant))
    return [poison('The event names no webinar or no registrant.', object)];
  const source = isObject(registrant['tracking_source']) ? registrant['tracking_source']['source_name'] : undefined;
  const isOut = what === 'cancelled' || what === 'denied';
  return sessions.map((session) =>
    registrationItem(registrant, session, {
      // Only the sign-up itself is told when it happens; the page that is read next has its time.
      registeredAt: instantMs(registrant['create_time']) ?? at,
      source,
      observedAt: at,
      ...(isOut ? { cancelledAt: at } : {}),
    }),
  );
}

function parseJoin(object: Record<string, unknown>, at: number, settings: ZoomSettings): ParsedItem[] {
  const { participant } = object;
  const uuid = idText(object['uuid'], 200);
  const [session] = singleSession(object, settings);
  if (!isObject(participant) || uuid === undefined) return [poison('The event names no airing or nobody.', object)];
  if (session === undefined) return [];
  const joined = instantMs(participant['join_time']);
  if (joined === undefined) return [poison('The event has no time of joining.', object)];
  const registrant = idText(participant['registrant_id'], 200);
  const person = personOf(participant['email'], participant['phone_number'], participant['customer_key']);
  const isHost = participant['id'] !== '' && participant['id'] === object['host_id'];
  if (isHost || (person === undefined && registrant === undefined)) return [];
  const record: RecordOf<'attendance'> = {
    record: 'attendance',
    key: joinKey(uuid, participant),
    webinar_id: session.webinarId,
    person: person ?? { external_id: `zoom-registrant:${registrant}`.slice(0, 200) },
    joined_at: new Date(joined).toISOString(),
  };
  setIfKnown(record, 'registrant_id', registrant);
  setIfKnown(record, 'observed_at', instantFromMillis(at));
  return [counted(record)];
}

/**
 * Of a series the occurrences that the event names are meant; none where it names none. What is deleted after it was held was held:
 * people tidy up.
 */
function parseWebinar(
  object: Record<string, unknown>,
  what: 'created' | 'deleted',
  at: number,
  settings: ZoomSettings,
): ParsedItem[] {
  const sessions = sessionsOf(object, settings.details);
  if (sessions === undefined) return [poison('The event names no webinar.', object)];
  const meant = what === 'created' ? sessions : sessions.filter(({ startsAt }) => startsAt > at);
  return meant.map((session) => {
    const state = what === 'created' ? session : { ...session, cancelled: true };
    const item = webinarItem(object, state, at, settings);
    if (item.ok) setIfKnown(item.record, 'observed_at', instantFromMillis(at));
    return item;
  });
}

function singleSession(object: Record<string, unknown>, { details }: ZoomSettings): ZoomSession[] {
  return objectsOf([object]).flatMap((one) =>
    one['type'] === 6 || one['type'] === 9 ? [] : (sessionsOf(one, details) ?? []),
  );
}

function canTellWebinar({ webinar_id }: WebinarDetails): boolean {
  return webinar_id === undefined || IN_EVENTS.has(webinar_id.from);
}

/** UTC milliseconds. */
function eventTime(value: unknown, receivedAt: number): number {
  return typeof value === 'number' && value > UTC_TODAY_MS && value < 10 * UTC_TODAY_MS ? value : receivedAt;
}
