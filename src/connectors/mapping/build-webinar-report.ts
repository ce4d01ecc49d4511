import { unpackSource } from '../utm-fields.ts';
import {
  type Built,
  failed,
  missingPerson,
  namesSomebody,
  nested,
  noteLeftOut,
  type RowFields,
} from './record-parts.ts';
import type { RowNotes } from './row-notes.ts';

const WITHDRAWN = /cancel|denied|declin|reject|storniert|abgelehnt|отмен|отклон/i;
/** Fields of the report that the records spell in another way. */
const OWN = ['webinar_id', 'approval', 'attended', 'title', 'starts_at', 'duration_minutes', 'seconds', 'minutes'];
const OF_REGISTRATION = ['registered_at', 'cancelled_at', 'referrer'];
const OF_STAY = ['joined_at', 'left_at'];

/**
 * A row of a webinar tool's report: a registration where it says when or whether it was approved, a stay where it says when somebody
 * joined, and the webinar where the report says what it was. Their keys are who, which webinar and when, so that a report that is
 * downloaded again brings newer states of the same records and no others. `givenKey`: of the mapping's own key columns, else a hash.
 */
export function buildWebinarReport(fields: RowFields, givenKey: string, notes: RowNotes): Built {
  if (!namesSomebody(fields, 'person.')) return missingPerson(notes);
  noteLeftOut(notes);
  const rest = nested(fields, notes, OWN);
  const webinarId = webinarIdOf(String(fields.get('webinar_id') ?? ''));
  const { person } = rest as { person: Record<string, string> };
  const who = person['email'] ?? person['phone'] ?? person['external_id'];
  const shared = { webinar_id: webinarId, person };
  const keyOf = (kind: string, of: string) =>
    givenKey.startsWith('row:') ? `${kind}:${webinarId}:${of}`.slice(0, 500) : `${kind}:${givenKey}`;

  const startsAt = textOf(fields, 'starts_at');
  const attended = fields.get('attended');
  const seconds = fields.get('seconds') ?? fields.get('minutes');
  const joinedAt =
    attended === false ? undefined : (textOf(fields, 'joined_at') ?? (attended === true ? startsAt : undefined));
  if (attended === true && joinedAt === undefined)
    return failed(notes, 'The row has no time of joining: give the start of the webinar as one value for all rows.');

  const records: Record<string, unknown>[] = [];
  const registeredAt = textOf(fields, 'registered_at') ?? (fields.has('approval') ? (joinedAt ?? startsAt) : undefined);
  if (registeredAt !== undefined) {
    const withdrawn = WITHDRAWN.test(String(fields.get('approval') ?? ''));
    records.push({
      record: 'registration',
      key: keyOf('registration', String(who)),
      ...shared,
      ...pick(rest, OF_REGISTRATION),
      ...utmOf(rest),
      registered_at: registeredAt,
      // The report does not say when: such a registration was never one.
      ...(withdrawn && !fields.has('cancelled_at') ? { cancelled_at: registeredAt } : {}),
    });
  }
  if (joinedAt !== undefined)
    records.push({
      record: 'attendance',
      key: keyOf('attendance', `${who}:${joinedAt}`),
      ...shared,
      ...pick(rest, OF_STAY),
      joined_at: joinedAt,
      ...(typeof seconds === 'number' ? { seconds } : {}),
    });
  if (records.length === 0) return 'skip';
  return [...webinarOf(fields, webinarId), ...records];
}

/** Only a report of who came says that the webinar took place. */
function webinarOf(fields: RowFields, webinarId: string): Record<string, unknown>[] {
  const [title, startsAt] = [textOf(fields, 'title'), textOf(fields, 'starts_at')];
  const tookPlace = fields.has('attended') || fields.has('joined_at');
  if (title === undefined || startsAt === undefined || !tookPlace) return [];
  const length = fields.get('duration_minutes');
  return [
    {
      record: 'webinar',
      key: `webinar:${webinarId}`,
      webinar_id: webinarId,
      title: title.slice(0, 2000).toWellFormed(),
      format: 'live',
      status: 'finished',
      starts_at: startsAt,
      ...(typeof length === 'number' ? { duration_minutes: length / 60 } : {}),
    },
  ];
}

/** `955 5010 0123` and `955-5010-0123` are the number that the service itself uses. */
function webinarIdOf(text: string): string {
  const digits = text.replace(/[\s\u00a0-]/g, '');
  return /^\d{9,19}$/.test(digits) ? digits : text;
}

/** Tools with one field for the source may carry a packed one. */
function utmOf(rest: Record<string, unknown>): Record<string, unknown> {
  const utm = Object.fromEntries(Object.entries(rest).filter(([name]) => name.startsWith('utm_')));
  const { utm_source: source } = utm;
  return Object.keys(utm).length === 1 && typeof source === 'string' ? { ...unpackSource(source) } : utm;
}

function pick(rest: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]])));
}

function textOf(fields: RowFields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? value : undefined;
}
