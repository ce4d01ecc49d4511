import type { ParsedItem } from '../contract/connector.ts';
import type { RecordOf } from '../contract/record.ts';
import type { BigMarkerRow } from './bigmarker-api.ts';
import { presentersOf, webinarIdOf, whyNoTime, zoneOf } from './bigmarker-conference.ts';
import type { Conference } from './bigmarker-fields.ts';
import { bmidOf, emailOf, isPresenter, personOf } from './bigmarker-registration.ts';
import type { BigMarkerSettings } from './bigmarker-settings.ts';
import { poison, setIfKnown, wordText } from './parsed-item.ts';
import { numberStays } from './stay-records.ts';
import { readWebinarDuration } from './webinar-duration.ts';
import { readInstant } from './webinar-time.ts';

/** Stays in the live room and views of the recording, from rows of one person each. */

type Attendance = RecordOf<'attendance'>;
type View = RecordOf<'recording_view'>;

const ENTERED = ['enter_time', 'entered_at', 'enter_at', 'join_time', 'joined_at'];
const LEFT = ['exit_time', 'leaved_at', 'left_at', 'leave_time', 'exited_at', 'exit_at'];
const STAYED = ['total_duration', 'live_duration', 'duration'];
/** Rows that tell one movement each instead of a stay. */
const MOVED = ['action', 'activity', 'activity_type', 'event', 'event_type', 'type'];
const MOVED_AT = ['time', 'timestamp', 'created_at', 'occurred_at', 'at'];
const VIEWED = [
  'viewed_at',
  'view_start_time',
  'watched_at',
  'first_viewed_at',
  'started_at',
  'view_time',
  ...ENTERED,
  ...MOVED_AT,
];
const VIEW_LENGTH = [
  'on_demand_duration',
  'recording_duration',
  'view_duration',
  'watched_duration',
  'total_duration',
  'duration',
  'watched',
];

export interface PersonRows {
  /** Part of the keys: bmid, else e-mail address, else what the row is called. */
  person: string;
  rows: BigMarkerRow[];
}

/** Rows of each person together; rows that say nothing of the person stand alone. */
export function groupByPerson(rows: readonly BigMarkerRow[]): PersonRows[] {
  const groups = new Map<string, PersonRows>();
  for (const [index, row] of rows.entries()) {
    const person =
      bmidOf(row) ??
      emailOf(row)?.toLowerCase() ??
      wordText(row['custom_user_id'], 150) ??
      `row ${wordText(row['id'], 150) ?? index}`;
    const group = groups.get(person) ?? { person, rows: [] };
    group.rows.push(row);
    groups.set(person, group);
  }
  return [...groups.values()];
}

/**
 * @param kind attendance: rows of the enter and exit log or of the attendees; recording_view: of those who watched the recording
 * @param before the most stays that anybody of this conference had when it was read last
 */
export function stayItems(
  kind: 'attendance' | 'recording_view',
  rows: readonly BigMarkerRow[],
  conference: Conference,
  settings: BigMarkerSettings,
  before: number,
): ParsedItem[] {
  const presenters = presentersOf(conference);
  const conferenceId = wordText(conference['id']);
  const webinar = webinarIdOf(conference, settings);
  if (conferenceId === undefined || webinar === undefined)
    return [poison('The page does not say which webinar these rows are of.', rows)];
  return groupByPerson(rows).flatMap((group) => {
    const counting = group.rows.filter((row) => !isPresenter(row, presenters) && !saysNo(row, kind));
    const key = `${kind === 'attendance' ? 'attendance' : 'view'}:${conferenceId}:${group.person}`;
    const place: Place = { key, webinar_id: webinar, conference, settings, zone: zoneOf(conference, settings) };
    const { stays, poisoned } = kind === 'attendance' ? readStays(counting, place) : readViews(counting, place);
    return [...numberStays({ key, stays }, before), ...poisoned];
  });
}

/** `"attended?": "No"` */
function saysNo(row: BigMarkerRow, kind: 'attendance' | 'recording_view'): boolean {
  const names = kind === 'attendance' ? ['attended?', 'attended'] : ['watched_on_demand'];
  return names.some((name) => /^(?:no|false)$/i.test(String(row[name] ?? '')));
}

interface Place {
  key: string;
  webinar_id: string;
  conference: Conference;
  settings: BigMarkerSettings;
  zone: string | undefined;
}

interface Movement {
  stay: Attendance;
  enters: boolean;
}

function readStays(rows: readonly BigMarkerRow[], place: Place): { stays: Attendance[]; poisoned: ParsedItem[] } {
  const stays: Attendance[] = [];
  const poisoned: ParsedItem[] = [];
  const movements: Movement[] = [];
  for (const row of rows) {
    const direction = movementOf(row);
    const stay = beginStay(row, direction === undefined ? ENTERED : [...ENTERED, ...LEFT, ...MOVED_AT], place);
    if ('ok' in stay) poisoned.push(stay);
    else if (direction !== undefined) movements.push({ stay, enters: direction === 'in' });
    else {
      const unreadable = endStay(stay, row, place);
      if (unreadable === undefined) stays.push(stay);
      else poisoned.push(unreadable);
    }
  }
  return { stays: [...stays, ...pairMovements(movements)], poisoned };
}

function beginStay(row: BigMarkerRow, times: readonly string[], place: Place): Attendance | ParsedItem {
  const { key, webinar_id } = place;
  const person = personOf(row);
  if (person === undefined) return poison('This row does not say who came.', row);
  const time = first(row, times);
  const joined_at = readInstant(time, place.zone);
  if (joined_at === undefined)
    return poison(whyNoTime('the time of entering', time, place.conference, place.settings), row);
  const stay: Attendance = { record: 'attendance', key, webinar_id, person, joined_at };
  setIfKnown(stay, 'registrant_id', bmidOf(row));
  return stay;
}

/** Sets how long it was; poison where that is said and cannot be read. */
function endStay(stay: Attendance, row: BigMarkerRow, { zone }: Place): ParsedItem | undefined {
  const leave = readInstant(first(row, LEFT), zone);
  const left_at = leave !== undefined && leave >= stay.joined_at ? leave : undefined;
  const span = left_at === undefined ? undefined : (Date.parse(left_at) - Date.parse(stay.joined_at)) / 1000;
  const length = first(row, STAYED);
  const seconds = readWebinarDuration(length, span);
  setIfKnown(stay, 'left_at', left_at);
  setIfKnown(stay, 'seconds', seconds);
  if (length === undefined || seconds !== undefined || left_at !== undefined) return undefined;
  const said = String(length).slice(0, 40);
  return poison(`How long this stay was ("${said}") cannot be read, and there is no time of leaving.`, row);
}

/** `in` or `out` where the row tells of one movement only. */
function movementOf(row: BigMarkerRow): 'in' | 'out' | undefined {
  if (first(row, ENTERED) !== undefined && first(row, LEFT) !== undefined) return undefined;
  const word = String(first(row, MOVED) ?? '');
  if (/^(?:enter|join|log.?in)/i.test(word)) return 'in';
  return /^(?:exit|leave|left|log.?out)/i.test(word) ? 'out' : undefined;
}

/** Each leave ends the newest stay that is open; a stay that nothing ends is left open, a leave that nothing began is dropped. */
function pairMovements(movements: readonly Movement[]): Attendance[] {
  const stays: Attendance[] = [];
  const open: Attendance[] = [];
  const ordered = movements.toSorted(
    (a, b) => Date.parse(a.stay.joined_at) - Date.parse(b.stay.joined_at) || Number(b.enters) - Number(a.enters),
  );
  for (const { stay, enters } of ordered) {
    if (enters) {
      stays.push(stay);
      open.push(stay);
    } else {
      const ended = open.pop();
      if (ended !== undefined) ended.left_at = stay.joined_at;
    }
  }
  return stays;
}

function readViews(rows: readonly BigMarkerRow[], place: Place): { stays: View[]; poisoned: ParsedItem[] } {
  const { key, webinar_id, zone, conference, settings } = place;
  const stays: View[] = [];
  const poisoned: ParsedItem[] = [];
  for (const row of rows) {
    const person = personOf(row);
    const time = first(row, VIEWED);
    const viewed_at = readInstant(time, zone);
    if (person === undefined) poisoned.push(poison('This row does not say who watched.', row));
    else if (viewed_at === undefined)
      poisoned.push(poison(whyNoTime('the time of watching', time, conference, settings), row));
    else {
      const view: View = { record: 'recording_view', key, webinar_id, person, viewed_at };
      setIfKnown(view, 'registrant_id', bmidOf(row));
      setIfKnown(view, 'seconds', readWebinarDuration(first(row, VIEW_LENGTH)));
      stays.push(view);
    }
  }
  return { stays, poisoned };
}

function first(row: BigMarkerRow, names: readonly string[]): unknown {
  return names.map((name) => row[name]).find((value) => value !== undefined && value !== null && value !== '');
}
