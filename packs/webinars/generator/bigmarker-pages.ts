import { DAY_MS, HOUR_MS, ZONE_MS } from '../../sample/time.ts';
import { isOver, type StoryWebinar, VIEWS_MS } from './attendance.ts';
import { morningAfter, pagesOf, type Readings } from './readings.ts';
import { hexId, isoSeconds } from './service-ids.ts';
import { type Guest, LAST_READING, type Stay } from './sign-up.ts';
import type { PlannedWebinar } from './webinar-calendar.ts';

const SOURCE = 'sample-bigmarker';
const PAGE_SIZE = 500;

/** What BigMarker answers about its conferences, as the connector keeps it: once when one is over, and of those ahead in the last run. */
export function readBigMarker(webinars: readonly StoryWebinar[], readings: Readings): void {
  for (const webinar of webinars) if (webinar.plan.series.signUp === 'bigmarker') readOne(webinar, readings);
}

function readOne({ plan, guests }: StoryWebinar, readings: Readings): void {
  const conference = conferenceOf(plan);
  const morning = Math.min(LAST_READING, morningAfter(plan.cancelledAt ?? plan.endsAt));
  const add = (stream: string, body: object, rows: number, at = morning) =>
    readings.add({ source: SOURCE, morning: at, stream, rows, body });
  const state = plan.cancelledAt === undefined ? {} : { status: 'cancelled' };
  add('webinars', { conferences: [{ ...conference, ...state }] }, 1);
  const registrations = guests
    .flatMap((guest) => registrationsOf(guest))
    .sort((a, b) => (a.registered_at < b.registered_at ? -1 : 1));
  for (const page of pagesOf(registrations, PAGE_SIZE))
    add('registrations', { conference, registrations: page }, page.length);
  if (!isOver(plan) || plan.series.room !== 'bigmarker') return;
  const attendance = (list: readonly Guest[], at: number) => {
    const activities = list.flatMap((guest) => guest.stays.map((stay) => activityOf(guest, stay)));
    add('attendance', { conference, activities }, activities.length, at);
  };
  // The log was not complete on the first morning; the look back found the rest.
  if (plan.lateAttendance) {
    attendance(guests.slice(0, Math.floor(guests.length * 0.7)), morning);
    attendance(guests, morning + 3 * DAY_MS);
  } else attendance(guests, morning);
  const views = guests.flatMap((guest) => viewOf(guest));
  const readAt = Math.min(LAST_READING, morningAfter(plan.endsAt + VIEWS_MS));
  if (views.length > 0) add('recording_views', { conference, recording_views: views }, views.length, readAt);
}

/** With the zone's offset, as BigMarker writes times of a conference. */
const localTime = (instant: number): string =>
  `${new Date(instant + ZONE_MS).toISOString().slice(0, 19)}+0${ZONE_MS / HOUR_MS}:00`;

const idOf = (plan: PlannedWebinar): string => hexId(`bigmarker ${plan.id}`);

function conferenceOf(plan: PlannedWebinar): object {
  const { series } = plan;
  return {
    id: idOf(plan),
    title: plan.title,
    type: series.format === 'recorded' ? 'evergreen_child' : 'live_webinar',
    language: series.language,
    start_time: localTime(plan.startsAt),
    end_time: localTime(plan.endsAt),
    duration: series.minutes,
    time_zone: 'Jakarta',
    custom_event_id: plan.id,
    tags: [`course:${series.course}`, `region:${series.region}`],
    presenters: [
      {
        presenter_id: hexId(`presenter ${series.host}`),
        name: series.host,
        email: `${series.host.toLowerCase().replaceAll(' ', '.')}@example.com`,
      },
    ],
    associated_series: [{ title: series.name, series_id: hexId(`series ${series.code}`) }],
  };
}

const bmidOf = (guest: Guest): string => hexId(`bmid ${guest.webinar.id} ${guest.learner.number}`);

interface Registration {
  id: string;
  registered_at: string;
  [field: string]: unknown;
}

function registrationsOf(guest: Guest): Registration[] {
  const { registration, again, learner } = guest;
  if (registration === undefined) return [];
  const { origin, campaign, phone } = registration;
  const fields = { utm_source: origin.source, utm_medium: origin.medium, utm_campaign: campaign, Phone: phone };
  const row = (bmid: string, email: string | undefined, at: number) => ({
    id: hexId(`registration ${bmid}`),
    bmid,
    email: email ?? '',
    first_name: 'Learner',
    last_name: String(Math.abs(learner.number)),
    referral_domain: origin.referrer ?? null,
    source: null,
    tracking_code: null,
    registered_at: isoSeconds(at),
    custom_fields: Object.entries(fields).flatMap(([id, value]) => (value === undefined ? [] : [{ id, value }])),
  });
  const first = row(bmidOf(guest), registration.email, registration.at);
  // The second form asked for nothing but the address.
  return again === undefined
    ? [first]
    : [
        first,
        { ...row(hexId(`again ${bmidOf(guest)}`), again.email, again.at), referral_domain: null, custom_fields: [] },
      ];
}

/** A line of the log of who entered and left. */
function activityOf(guest: Guest, { joined, left }: Stay): object {
  const { registration, learner, room } = guest;
  const known = registration !== undefined && room?.stranger !== true;
  return {
    bmid: known ? bmidOf(guest) : hexId(`visitor ${guest.webinar.id} ${learner.number}`),
    email: (room?.email ?? registration?.email ?? (known ? '' : learner.email)).trim(),
    first_name: 'Learner',
    last_name: String(Math.abs(learner.number)),
    enter_time: isoSeconds(joined),
    exit_time: left === undefined ? null : isoSeconds(left),
  };
}

function viewOf(guest: Guest): object[] {
  const { viewed, registration } = guest;
  if (viewed === undefined) return [];
  return [
    {
      id: hexId(`view ${bmidOf(guest)}`),
      bmid: bmidOf(guest),
      email: registration?.email ?? '',
      viewed_at: isoSeconds(viewed.at),
      duration: clock(viewed.seconds),
    },
  ];
}

/** `0:12:05` */
const clock = (seconds: number): string =>
  `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
