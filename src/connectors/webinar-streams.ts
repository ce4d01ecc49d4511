import type { Feed } from '../contract/connector.ts';
import type { Stream } from '../contract/pull.ts';

/** What is read of a webinar service, by the stream that holds it. */
const RECORDS = {
  webinars: 'webinar',
  registrations: 'registration',
  attendance: 'attendance',
  recording_views: 'recording_view',
} as const;

export type WebinarStream = keyof typeof RECORDS;

export const WEBINAR_STREAMS: readonly WebinarStream[] = ['webinars', 'registrations', 'attendance', 'recording_views'];

export function webinarStream(name: WebinarStream): Stream {
  return { name, record: RECORDS[name], mode: 'incremental' };
}

export function webinarFeed(name: WebinarStream): Feed {
  return { record: RECORDS[name] };
}
