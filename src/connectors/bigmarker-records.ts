import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import { PAGE_HEADERS } from '../contract/pull.ts';
import { stayItems } from './bigmarker-attendance.ts';
import { isWebinar, webinarRecord } from './bigmarker-conference.ts';
import type { Conference } from './bigmarker-fields.ts';
import { registrationItem } from './bigmarker-registration.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { isObject, parseJsonBody } from './json.ts';
import { counted, poison } from './parsed-item.ts';
import { isPassDone } from './webinar-passes.ts';

/** Pages as `bigmarker-pages.ts` writes them → records. */

export function parseBigMarkerPage(
  entry: Pick<ReceivedEntry, 'body' | 'headers' | 'receivedAt'>,
  { settings }: Pick<ParseContext<BigMarkerSettings>, 'settings'>,
): ParsedItem[] {
  if (isPassDone(entry.body)) return [];
  const parsed = parseJsonBody(entry.body);
  if (!parsed.ok) return [poison(parsed.reason, entry.body)];
  if (!isObject(parsed.value)) return [poison('This is no page of BigMarker.', entry.body)];
  const page = parsed.value;
  const stream = entry.headers[PAGE_HEADERS.stream] ?? '';
  if (stream === 'webinars') return parseConferences(page, settings, entry);
  const conference = page['conference'];
  if (!isObject(conference)) return [poison(`A page of "${stream}" does not say which webinar it is of.`, entry.body)];
  const before = Number(page['stays_before'] ?? 0);
  switch (stream) {
    case 'registrations':
      return rowsOf(page, ['registrations']).flatMap((row) => registrationItem(row, conference, settings) ?? []);
    case 'attendance':
      return stayItems('attendance', rowsOf(page, ['activities', 'attendees']), conference, settings, before);
    case 'recording_views': {
      const rows = rowsOf(page, ['recording_views', 'attendees']);
      return stayItems('recording_view', rows, conference, settings, before);
    }
    default:
      return [poison(`BigMarker has no stream "${stream}".`, entry.body)];
  }
}

function parseConferences(
  page: Record<string, unknown>,
  settings: BigMarkerSettings,
  entry: Pick<ReceivedEntry, 'body' | 'receivedAt'>,
): ParsedItem[] {
  if (!Array.isArray(page['conferences'])) return [poison('This page has no list of conferences.', entry.body)];
  const item = (conference: Conference, gone: boolean): ParsedItem[] => {
    if (!isWebinar(conference)) return [];
    const record = webinarRecord(conference, settings, entry.receivedAt, gone);
    return ['reason' in record ? poison(record.reason, conference) : counted(record)];
  };
  return [
    ...rowsOf(page, ['conferences']).flatMap((conference) => item(conference, false)),
    ...rowsOf(page, ['gone']).flatMap((conference) => item(conference, true)),
  ];
}

/** The first of these lists that the page has; items that are no objects are left to nobody: services do not send them. */
function rowsOf(page: Record<string, unknown>, names: readonly string[]): Record<string, unknown>[] {
  const list = names.map((name) => page[name]).find(Array.isArray);
  return Array.isArray(list) ? list.filter(isObject) : [];
}
