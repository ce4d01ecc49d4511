import type { ParseContext, ParsedItem, ReceivedEntry } from '../contract/connector.ts';
import { PAGE_HEADERS } from '../contract/pull.ts';
import type { PersonRef, RecordOf } from '../contract/record.ts';
import type { GoToRow } from './gotowebinar-fields.ts';
import type { GoToWebinarSettings } from './gotowebinar-settings.ts';
import { dateIdOf, datesOf, webinarIdOf, webinarRecord } from './gotowebinar-webinar.ts';
import { isObject, parseJsonBody } from './json.ts';
import { counted, poison, setIfKnown, shortText, wordText } from './parsed-item.ts';
import { numberStays } from './stay-records.ts';
import { type UtmFields, unpackSource, utmOfForm } from './utm-fields.ts';
import { isPassDone } from './webinar-passes.ts';
import { readInstant } from './webinar-time.ts';

/** Pages as `gotowebinar-pages.ts` writes them → records. */

type Settings = GoToWebinarSettings;

export function parseGoToPage(
  entry: Pick<ReceivedEntry, 'body' | 'headers' | 'receivedAt'>,
  { settings }: Pick<ParseContext<Settings>, 'settings'>,
): ParsedItem[] {
  if (isPassDone(entry.body)) return [];
  const parsed = parseJsonBody(entry.body);
  if (!parsed.ok) return [poison(parsed.reason, entry.body)];
  if (!isObject(parsed.value)) return [poison('This is no page of GoTo Webinar.', entry.body)];
  const page = parsed.value;
  const stream = entry.headers[PAGE_HEADERS.stream] ?? '';
  if (stream === 'webinars') return parseWebinars(page, settings, entry);
  const webinar = page['webinar'];
  if (!isObject(webinar)) return [poison(`A page of "${stream}" does not say which webinar it is of.`, entry.body)];
  const id = dateIdOf(webinar);
  const webinar_id = webinarIdOf(webinar, settings);
  if (id === undefined || webinar_id === undefined)
    return [poison('The page does not say which webinar it is of.', entry.body)];
  switch (stream) {
    case 'registrations':
      return rowsOf(page['registrants']).map((row) => registrationItem(row, id, webinar_id));
    case 'attendance':
      return stayItems('attendance', page, id, webinar_id);
    case 'recording_views':
      return stayItems('recording_view', page, id, webinar_id);
    default:
      return [poison(`GoTo Webinar has no stream "${stream}".`, entry.body)];
  }
}

function parseWebinars(
  page: GoToRow,
  settings: Settings,
  entry: Pick<ReceivedEntry, 'body' | 'receivedAt'>,
): ParsedItem[] {
  const listed = isObject(page['_embedded']) ? page['_embedded']['webinars'] : page['webinars'];
  if (!Array.isArray(listed)) return [poison('This page has no list of webinars.', entry.body)];
  const items = (rows: GoToRow[], gone: boolean) =>
    rows.flatMap(datesOf).map((webinar) => {
      const record = webinarRecord(webinar, settings, entry.receivedAt, gone);
      return 'reason' in record ? poison(record.reason, webinar) : counted(record);
    });
  return [...items(rowsOf(listed), false), ...items(rowsOf(page['gone']), true)];
}

function rowsOf(list: unknown): GoToRow[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

export function registrantKeyOf(row: GoToRow): string | undefined {
  return wordText(row['registrantKey'], 60);
}

function personOf(row: GoToRow): PersonRef | undefined {
  const person: PersonRef = {};
  setIfKnown(person, 'email', shortText(row['email'], 320));
  setIfKnown(person, 'phone', shortText(row['phone'], 40));
  if (Object.keys(person).length > 0) return person;
  const key = registrantKeyOf(row);
  return key === undefined ? undefined : { external_id: `gotowebinar:${key}` };
}

function registrationItem(row: GoToRow, id: string, webinar_id: string): ParsedItem {
  const person = personOf(row);
  const registrant = registrantKeyOf(row) ?? wordText(row['email'], 200)?.toLowerCase();
  if (person === undefined || registrant === undefined) return poison('This registration does not say who it is.', row);
  const key = `registration:${id}:${registrant}`;
  const registered_at = readInstant(row['registrationDate'], 'UTC');
  if (registered_at === undefined) {
    const said = shortText(row['registrationDate'], 60);
    return poison(
      said === undefined ? 'registrationDate is missing.' : `registrationDate (${said}) cannot be read as a time.`,
      row,
      key,
    );
  }
  const record: RecordOf<'registration'> = { record: 'registration', key, webinar_id, person, registered_at };
  setIfKnown(record, 'registrant_id', registrantKeyOf(row));
  Object.assign(record, utmOf(row));
  // GoTo does not say when: before the start, as far as anybody knows.
  if (/^(?:denied|cancell?ed|declined)$/i.test(String(row['status'] ?? ''))) record.cancelled_at = registered_at;
  return counted(record);
}

/** Questions of the form that are called utm_…, then the source of the registration's link. */
function utmOf(row: GoToRow): UtmFields {
  const answers = rowsOf(row['responses']).flatMap((response): [string, string][] => {
    const [name, value] = [
      shortText(response['question'] ?? response['questionText']),
      shortText(response['answer'] ?? response['answerText'], 2_000),
    ];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  const form = utmOfForm(answers);
  const source = shortText(row['source'] ?? row['registrationSource'], 2_000);
  return form.utm_source !== undefined || source === undefined ? form : { ...unpackSource(source), ...form };
}

/** Stays of each registrant over all sessions of the date: a webinar that was begun anew has two. */
function stayItems(kind: 'attendance' | 'recording_view', page: GoToRow, id: string, webinar_id: string): ParsedItem[] {
  const sessions = [...rowsOf(page['sessions']), ...(isObject(page['session']) ? [page['session']] : [])];
  const starts = new Map(
    sessions.map((session) => [wordText(session['sessionKey'], 60), readInstant(session['startTime'], 'UTC')]),
  );
  return groupByRegistrant(rowsOf(page['attendees'])).flatMap(({ registrant, rows }) => {
    const key = `${kind === 'attendance' ? 'attendance' : 'view'}:${id}:${registrant}`;
    const poisoned: ParsedItem[] = [];
    const stays = rows.flatMap((row) => {
      const found = staysOf(row, starts.get(wordText(row['sessionKey'], 60)));
      const person = personOf(row);
      if (typeof found === 'string' || person === undefined) {
        poisoned.push(poison(typeof found === 'string' ? found : 'This row does not say who came.', row));
        return [];
      }
      const registrant_id = registrantKeyOf(row);
      const who = { key, webinar_id, person, ...(registrant_id === undefined ? {} : { registrant_id }) };
      return found.map((stay) => toRecord(kind, who, stay));
    });
    return [...numberStays({ key, stays }, Number(page['stays_before'] ?? 0)), ...poisoned];
  });
}

interface Interval {
  joined_at: string;
  left_at?: string | undefined;
  seconds?: number | undefined;
}

function toRecord(
  kind: 'attendance' | 'recording_view',
  who: { key: string; webinar_id: string; person: PersonRef; registrant_id?: string },
  { joined_at, left_at, seconds }: Interval,
): RecordOf<'attendance'> | RecordOf<'recording_view'> {
  if (kind === 'recording_view') {
    const length =
      seconds ?? (left_at === undefined ? undefined : (Date.parse(left_at) - Date.parse(joined_at)) / 1000);
    const view: RecordOf<'recording_view'> = { record: 'recording_view', ...who, viewed_at: joined_at };
    setIfKnown(view, 'seconds', length);
    return view;
  }
  const stay: RecordOf<'attendance'> = { record: 'attendance', ...who, joined_at };
  setIfKnown(stay, 'left_at', left_at);
  setIfKnown(stay, 'seconds', seconds);
  return stay;
}

export function groupByRegistrant(rows: readonly GoToRow[]): { registrant: string; rows: GoToRow[] }[] {
  const groups = new Map<string, { registrant: string; rows: GoToRow[] }>();
  for (const [index, row] of rows.entries()) {
    const registrant = registrantKeyOf(row) ?? wordText(row['email'])?.toLowerCase() ?? `row ${index}`;
    const group = groups.get(registrant) ?? { registrant, rows: [] };
    group.rows.push(row);
    groups.set(registrant, group);
  }
  return [...groups.values()];
}

/** The intervals of a row, or a sentence that says why there are none. @param began of its session */
function staysOf(row: GoToRow, began: string | undefined): Interval[] | string {
  const total = Number(row['attendanceTimeInSeconds'] ?? Number.NaN);
  const seconds = Number.isFinite(total) && total >= 0 ? total : undefined;
  const told = rowsOf(row['attendance']);
  const stays: Interval[] = [];
  for (const interval of told) {
    const joined_at = readInstant(interval['joinTime'], 'UTC');
    if (joined_at === undefined)
      return `joinTime (${shortText(interval['joinTime'], 60) ?? 'missing'}) cannot be read as a time.`;
    const leave = readInstant(interval['leaveTime'], 'UTC');
    stays.push(leave === undefined || leave < joined_at ? { joined_at } : { joined_at, left_at: leave });
  }
  const open = stays.filter(({ left_at }) => left_at === undefined);
  const known = stays.reduce(
    (sum, { joined_at, left_at }) =>
      sum + (left_at === undefined ? 0 : (Date.parse(left_at) - Date.parse(joined_at)) / 1000),
    0,
  );
  // The one stay whose end is not told took what is left of the time.
  if (open.length === 1 && open[0] !== undefined && seconds !== undefined)
    open[0].seconds = Math.max(0, seconds - known);
  if (stays.length > 0) return stays;
  if (seconds === undefined) return 'This row says neither when somebody came nor for how long.';
  if (began === undefined) return 'This row does not say when somebody came, and its session has no start.';
  return [{ joined_at: began, seconds }];
}
