import { MESSAGE_STATUSES, type MessageStatus } from '../../contract/record.ts';
import type { FieldValue } from './cell-reader.ts';
import { type MappedKind, STATUS_TIMES } from './field-specs.ts';
import { FIXES, type RowNotes } from './row-notes.ts';

/** Fields of a row by their dotted names. */
export type RowFields = ReadonlyMap<string, FieldValue>;

/** Records before the source's defaults are filled in; null with a failure in `notes`, or `skip` for a row that tells of nothing. */
export type Built = Record<string, unknown>[] | 'skip' | null;

type Builder = (fields: RowFields, key: string, notes: RowNotes, table: string | undefined) => Built;

/** Longest texts of the contract; longer ones are cut, since a cut text says more than a rejected row. */
const TEXT_LIMITS: ReadonlyMap<string, number> = new Map([
  ['failure_reason', 2000],
  ['title', 2000],
  ['utm_source', 2000],
  ['utm_medium', 2000],
  ['utm_campaign', 2000],
  ['utm_content', 2000],
  ['utm_term', 2000],
  ['referrer', 2000],
  ['message_id', 500],
  ['digits', 100],
]);

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

function withSeconds(base: Record<string, unknown>, fields: RowFields): Record<string, unknown> {
  const seconds = fields.get('seconds') ?? fields.get('minutes');
  return seconds === undefined ? base : { ...base, seconds };
}

function buildPerson(fields: RowFields, key: string, notes: RowNotes): Built {
  if (!namesSomebody(fields, '')) return missingPerson(notes);
  noteLeftOut(notes);
  return [{ record: 'person', key, kind: 'contact', ...nested(fields, notes, []) }];
}

function withPerson(base: Record<string, unknown>, fields: RowFields, notes: RowNotes): Built {
  if (!namesSomebody(fields, 'person.')) return missingPerson(notes);
  noteLeftOut(notes);
  return [{ ...base, ...nested(fields, notes, ['seconds', 'minutes', 'attended']) }];
}

function failed(notes: RowNotes, reason: string): null {
  notes.fail(reason);
  return null;
}

function missingPerson(notes: RowNotes): null {
  notes.failure ??= notes.weak ?? { reason: 'The row names nobody: e-mail, phone and id are empty.' };
  return null;
}

function namesSomebody(fields: RowFields, prefix: '' | 'person.' | 'recipient.'): boolean {
  return ['email', 'phone', 'external_id'].some((name) => fields.has(`${prefix}${name}`));
}

/** A row that knows the person in another way loses only the cell that cannot be read. */
function noteLeftOut(notes: RowNotes): void {
  if (notes.weak !== null) notes.fixed(FIXES.identityLeftOut);
}

/** `person.email` → `{person: {email}}`; one level, as the contract has it. */
function nested(fields: RowFields, notes: RowNotes, without: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    if (without.includes(name)) continue;
    const dot = name.indexOf('.');
    if (dot < 0) {
      record[name] = typeof value === 'string' ? limited(name, value, notes) : value;
      continue;
    }
    const outer = name.slice(0, dot);
    const inner = (record[outer] ?? {}) as Record<string, unknown>;
    record[outer] = inner;
    inner[name.slice(dot + 1)] = typeof value === 'string' ? limited(name, value, notes) : value;
  }
  return record;
}

function limited(name: string, value: string, notes: RowNotes): string {
  const max = name.startsWith('attributes.') ? 2000 : (TEXT_LIMITS.get(name) ?? 200);
  if (value.length <= max) return value;
  notes.fixed(FIXES.cut);
  return value.slice(0, max).toWellFormed().trim();
}
