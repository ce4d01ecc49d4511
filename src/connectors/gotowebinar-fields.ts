import { shortText } from './parsed-item.ts';
import type { DetailReaders } from './webinar-details.ts';

/** A row as GoTo tells it, and the fields of a webinar that `details` may be read from. */

export type GoToRow = Record<string, unknown>;

const text = (name: string) => (webinar: GoToRow) => shortText(webinar[name], 2_000);

export const GOTOWEBINAR_FIELDS: DetailReaders<GoToRow> = {
  title: text('subject'),
  subject: text('subject'),
  description: text('description'),
  webinarKey: text('webinarKey'),
  webinarID: text('webinarID'),
  locale: text('locale'),
  timeZone: text('timeZone'),
  type: text('type'),
  experienceType: text('experienceType'),
  recurrenceKey: text('recurrenceKey'),
  organizerKey: text('organizerKey'),
  organizerName: text('organizerName'),
  organizerEmail: text('organizerEmail'),
};
