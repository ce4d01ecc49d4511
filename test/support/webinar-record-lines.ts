import type { RecordOf } from '../../src/contract/record.ts';
import type { WebinarWorld, WorldWebinar } from './webinar-world.ts';

/** What a world holds and what records say, in the same words: sorted lines that can be compared. */

export interface WebinarLines {
  webinars: string[];
  registrations: string[];
  stays: string[];
  views: string[];
}

export interface TruthOptions {
  /** UTC milliseconds: what is later has not happened. */
  now: number;
  /** Webinars that are read. */
  wanted?: (webinar: WorldWebinar) => boolean;
  /** The webinar's id in the records. */
  idOf: (webinar: WorldWebinar) => string;
}

export function linesOfWorld(world: WebinarWorld, { now, wanted = () => true, idOf }: TruthOptions): WebinarLines {
  const lines: WebinarLines = { webinars: [], registrations: [], stays: [], views: [] };
  const past = (instant: string | undefined): instant is string => instant !== undefined && Date.parse(instant) <= now;
  for (const webinar of world.webinars.filter(wanted)) {
    const id = idOf(webinar);
    lines.webinars.push(
      [id, webinar.title, instant(webinar.starts_at), past(webinar.cancelled_at) ? 'cancelled' : 'held'].join(' | '),
    );
    for (const { email = '', registered_at, cancelled_at, utm = {}, stays, views } of webinar.people) {
      const person = email.trim().toLowerCase();
      if (past(registered_at)) {
        const source = [utm.source, utm.medium, utm.campaign].map((part) => part ?? '').join('.');
        const cancelled = past(cancelled_at) ? 'cancelled' : 'stands';
        lines.registrations.push([id, person, instant(registered_at), source, cancelled].join(' | '));
      }
      if (webinar.mode !== 'on_demand' && past(webinar.starts_at))
        for (const stay of stays.filter(({ joined_at }) => past(joined_at)))
          lines.stays.push([id, person, instant(stay.joined_at), instant(stay.left_at)].join(' | '));
      for (const { viewed_at, seconds } of views.filter(({ viewed_at }) => past(viewed_at)))
        lines.views.push([id, person, instant(viewed_at), seconds].join(' | '));
    }
  }
  return sorted(lines);
}

export function linesOfRecords(records: {
  of<K extends 'webinar' | 'registration' | 'attendance' | 'recording_view'>(kind: K): RecordOf<K>[];
}): WebinarLines {
  const email = ({ person }: { person: { email?: string | undefined } }) => (person.email ?? '').trim().toLowerCase();
  return sorted({
    webinars: records
      .of('webinar')
      .map(({ webinar_id, title, starts_at, status }) =>
        [webinar_id, title, instant(starts_at), status === 'cancelled' ? 'cancelled' : 'held'].join(' | '),
      ),
    registrations: records.of('registration').map((one) => {
      const source = [one.utm_source, one.utm_medium, one.utm_campaign].map((part) => part ?? '').join('.');
      const cancelled = one.cancelled_at === undefined ? 'stands' : 'cancelled';
      return [one.webinar_id, email(one), instant(one.registered_at), source, cancelled].join(' | ');
    }),
    stays: records
      .of('attendance')
      .map((one) => [one.webinar_id, email(one), instant(one.joined_at), instant(one.left_at)].join(' | ')),
    views: records
      .of('recording_view')
      .map((one) => [one.webinar_id, email(one), instant(one.viewed_at), one.seconds].join(' | ')),
  });
}

function instant(text: string | undefined): string {
  return text === undefined ? '' : new Date(text).toISOString();
}

function sorted(lines: WebinarLines): WebinarLines {
  return {
    webinars: lines.webinars.toSorted(),
    registrations: lines.registrations.toSorted(),
    stays: lines.stays.toSorted(),
    views: lines.views.toSorted(),
  };
}
