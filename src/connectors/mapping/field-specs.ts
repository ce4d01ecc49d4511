import type { MappingRecord } from '../../contract/mapping.ts';
import type { FieldSpec, KindSpec } from './field-spec.ts';
import { MESSAGE } from './message-fields.ts';
import { ACTIVITY, INVITATION, PERSON } from './person-fields.ts';
import { ATTENDANCE, RECORDING_VIEW, REGISTRATION, WEBINAR, WEBINAR_REPORT } from './webinar-fields.ts';

/** Kinds whose rows can come in a file. */
export type MappedKind = Exclude<MappingRecord, 'deletion'>;

/** Everything that a file can tell, by kind of row. */
export const KIND_SPECS = {
  message_event: MESSAGE,
  activity: ACTIVITY,
  person: PERSON,
  webinar_report: WEBINAR_REPORT,
  registration: REGISTRATION,
  attendance: ATTENDANCE,
  invitation: INVITATION,
  recording_view: RECORDING_VIEW,
  webinar: WEBINAR,
  row: {
    label: 'A row of a table of your own',
    description: 'Anything else: the columns become a table whose numbers you can chart.',
    fields: [],
  },
} as const satisfies Record<MappedKind, KindSpec>;

/** The fields of a kind by name; none for `row`, whose columns are free. */
export function fieldsOfKind(kind: MappedKind): readonly FieldSpec[] {
  return KIND_SPECS[kind].fields;
}

export function isMappedKind(kind: MappingRecord): kind is MappedKind {
  return kind !== 'deletion';
}
