import { isObject } from './json.ts';
import { shortText } from './parsed-item.ts';
import type { DetailReaders } from './webinar-details.ts';

/** A conference as BigMarker tells it, and its fields that `details` may be read from. */

export type Conference = Record<string, unknown>;

const LONGEST = 2_000;
const text = (name: string) => (conference: Conference) => shortText(conference[name], LONGEST);

export const BIGMARKER_FIELDS: DetailReaders<Conference> = {
  title: text('title'),
  tags: (conference) => textsIn(conference['tags'], ['name', 'title']),
  description: text('purpose'),
  series: (conference) => textsIn(conference['associated_series'], ['title', 'name']),
  agenda: (conference) => textsIn(conference['agenda_topics'], ['topic', 'name', 'title']),
  presenters: (conference) => textsIn(conference['presenters'], ['name', 'display_name']),
  language: text('language'),
  type: text('type'),
  event_type: text('event_type'),
  custom_event_id: text('custom_event_id'),
  conference_address: text('conference_address'),
  channel_id: text('channel_id'),
  time_zone: text('time_zone'),
};

/** Texts of a list whose items are texts or objects. */
export function textsIn(list: unknown, names: readonly string[]): string[] {
  if (typeof list === 'string') return list.split(',').flatMap((each) => shortText(each, LONGEST) ?? []);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const value = isObject(item) ? names.map((name) => item[name]).find((each) => typeof each === 'string') : item;
    return shortText(value, LONGEST) ?? [];
  });
}
