import { MESSAGE_STATUSES, type MessageStatus } from '../../contract/record.ts';
import { buildWebinarReport } from './build-webinar-report.ts';
import type { MappedKind } from './field-specs.ts';
import { STATUS_TIMES } from './message-fields.ts';
import {
  type Built,
  failed,
  limited,
  missingPerson,
  namesSomebody,
  nested,
  noteLeftOut,
  type RowFields,
  withPerson,
  withSeconds,
} from './record-parts.ts';
import type { RowNotes } from './row-notes.ts';

type Builder = (fields: RowFields, key: string, notes: RowNotes, table: string | undefined) => Built;

/** Fields of a row as records of a kind. */
export const BUILDERS = {
  message_event: buildMessage,
  activity: (fields, key, notes) => withPerson({ record: 'activity', key }, fields, notes),
  invitation: (fields, key, notes) => withPerson({ record: 'invitation', key }, fields, notes),
  registration: (fields, key, notes) => withPerson({ record: 'registration', key }, fields, notes),
  attendance: buildAttendance,
  recording_view: (fields, key, notes) =>
    withPerson(withSeconds({ record: 'recording_view', key }, fields), fields, notes),
  person: buildPerson,
  webinar: (fields, key, notes) => {
    const minutes = fields.get('duration_minutes');
    return [
      {
        record: 'webinar',
        key,
        format: 'live',
        status: 'scheduled',
        ...nested(fields, notes, ['duration_minutes']),
        ...(typeof minutes === 'number' ? { duration_minutes: minutes / 60 } : {}),
      },
    ];
  },
  webinar_report: buildWebinarReport,
  row: (fields, key, _notes, table) => [{ record: 'row', key, table, values: Object.fromEntries(fields) }],
} as const satisfies Record<MappedKind, Builder>;

/** What happens to a message more than once: rows of a log that say so are events of their own. */
const REPEATED: ReadonlySet<MessageStatus> = new Set(['read', 'opened', 'clicked', 'replied']);

function buildMessage(fields: RowFields, key: string, notes: RowNotes): Built {
  const times = new Map<MessageStatus, string>();
  const reached = new Set<MessageStatus>();
  for (const [name, status] of STATUS_TIMES) {
    const value = fields.get(name);
    if (value === true) reached.add(status);
    else if (typeof value === 'string') times.set(status, value);
  }
  const said = fields.get('status') as MessageStatus | undefined;
  if (said !== undefined && !times.has(said)) reached.add(said);
  if (reached.size > 0) {
    const at = fields.get('at') ?? [...times.values()].sort().at(-1);
    if (typeof at !== 'string') return failed(notes, 'The row has no time at which the message reached its state.');
    for (const status of reached) times.set(status, at);
  }
  if (times.size === 0) return failed(notes, 'The row says neither a status nor a time of one.');
  if (notes.weak !== null && !namesSomebody(fields, 'recipient.')) return missingPerson(notes);
  noteLeftOut(notes);
  const shared = nested(fields, notes, ['status', 'at', 'failure_reason', ...STATUS_TIMES.keys()]);
  const reason = fields.get('failure_reason');
  const seconds = shared['seconds'];
  if (typeof seconds === 'number') shared['seconds'] = Math.round(seconds);
  return MESSAGE_STATUSES.flatMap((status): Record<string, unknown>[] => {
    const at = times.get(status);
    if (at === undefined) return [];
    return [
      {
        record: 'message_event',
        key:
          status === said && REPEATED.has(status) && fields.has('at') ? `${key}|${status}|${at}` : `${key}|${status}`,
        message_id: key,
        ...shared,
        status,
        at,
        ...(status === 'failed' && typeof reason === 'string'
          ? { failure_reason: limited('failure_reason', reason, notes) }
          : {}),
      },
    ];
  });
}

function buildAttendance(fields: RowFields, key: string, notes: RowNotes): Built {
  if (fields.get('attended') === false) return 'skip';
  if (fields.get('joined_at') === undefined) {
    return fields.get('attended') === true ? failed(notes, 'The row has no time of joining.') : 'skip';
  }
  return withPerson(withSeconds({ record: 'attendance', key }, fields), fields, notes);
}

function buildPerson(fields: RowFields, key: string, notes: RowNotes): Built {
  if (!namesSomebody(fields, '')) return missingPerson(notes);
  noteLeftOut(notes);
  return [{ record: 'person', key, kind: 'contact', ...nested(fields, notes, []) }];
}
