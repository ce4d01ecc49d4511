import { DAY_MS } from '../../sample/time.ts';
import { isOver, type StoryWebinar } from './attendance.ts';
import { morningAfter, pagesOf, type Readings } from './readings.ts';
import { hexId, isoSeconds, numberId } from './service-ids.ts';
import { type Guest, LAST_READING, type SignUp, type Stay, utmOf } from './sign-up.ts';
import type { PlannedWebinar } from './webinar-calendar.ts';

const SOURCE = 'sample-zoom';
const PAGE_SIZE = 300;

/** What Zoom answers about its webinars, as the connector keeps it: once when a webinar is over, and of those ahead in the last run. */
export function readZoomWebinars(webinars: readonly StoryWebinar[], readings: Readings): void {
  for (const webinar of webinars) {
    const { series } = webinar.plan;
    if (series.room !== 'zoom') continue;
    readOne(webinar, readings);
  }
}

function readOne({ plan, guests }: StoryWebinar, readings: Readings): void {
  const webinar = webinarOf(plan);
  const about = { webinar, window: { from: 0, to: null }, instances: [] };
  const morning = Math.min(LAST_READING, morningAfter(plan.cancelledAt ?? plan.endsAt));
  const add = (stream: string, body: object, rows: number, at = morning) =>
    readings.add({ source: SOURCE, morning: at, stream, rows, body });
  // A webinar that was taken away is missing from the lists.
  add('webinars', plan.cancelledAt === undefined ? about : { gone: [webinar] }, 1);
  if (plan.series.signUp === 'zoom') {
    for (const [status, out] of [
      ['approved', false],
      ['denied', true],
    ] as const) {
      const registrants = guests.filter(
        ({ registration }) => registration !== undefined && (registration.cancelledAt !== undefined) === out,
      );
      for (const page of pagesOf(registrants, PAGE_SIZE))
        add(
          'registrations',
          { ...about, status, sources: sourcesOf(page), registrants: page.map(registrantOf) },
          page.length,
        );
    }
  }
  if (!isOver(plan)) return;
  const joins = guests.flatMap((guest) => guest.stays.map((stay) => ({ guest, stay })));
  joins.sort((a, b) => a.stay.joined - b.stay.joined);
  const rows = joins.map(({ guest, stay }, index) => participantOf(guest, stay, index));
  const instance = { uuid: uuidOf(plan), start_time: isoSeconds(plan.startsAt) };
  const attendance = (list: object[], at: number) => {
    for (const page of pagesOf(list, PAGE_SIZE))
      add(
        'attendance',
        { ...about, instances: [instance], instance, panelists: [], repeats: {}, participants: page },
        page.length,
        at,
      );
  };
  // The report was not complete on the first morning; the look back found the rest.
  if (plan.lateAttendance) {
    attendance(rows.slice(0, Math.floor(rows.length * 0.6)), morning);
    attendance(rows, morning + 3 * DAY_MS);
  } else attendance(rows, morning);
}

const uuidOf = (plan: PlannedWebinar): string =>
  Buffer.from(hexId(`zoom uuid ${plan.id}`, 32), 'hex').toString('base64');

function webinarOf(plan: PlannedWebinar): object {
  const { series } = plan;
  const fields = {
    webinar_key: plan.id,
    series: series.name,
    course: series.course,
    language: series.language,
    region: series.region,
  };
  return {
    id: Number(numberId(`zoom ${plan.id}`, 11)),
    uuid: uuidOf(plan),
    host_id: hexId(`zoom host ${series.host}`, 22),
    host_email: `${series.host.toLowerCase().replaceAll(' ', '.')}@example.com`,
    topic: plan.title,
    type: 5,
    start_time: isoSeconds(plan.startsAt),
    duration: series.minutes,
    timezone: 'Asia/Jakarta',
    is_simulive: series.format === 'recorded',
    host: series.host,
    tracking_fields: Object.entries(fields).map(([field, value]) => ({ field, value })),
    // 2: nobody signs up with Zoom for this one.
    settings: { approval_type: series.signUp === 'zoom' ? 0 : 2, registration_type: 1 },
  };
}

const registrantId = (guest: Guest): string => hexId(`zoom registrant ${guest.webinar.id} ${guest.learner.number}`, 22);

function registrantOf(guest: Guest): object {
  const { registration, learner } = guest;
  const utm = registration === undefined ? undefined : utmOf(registration);
  const questions = utm?.utm_source?.includes('.') === true ? utm : {};
  return {
    id: registrantId(guest),
    email: registration?.email?.trim() ?? '',
    first_name: 'Learner',
    last_name: String(Math.abs(learner.number)),
    phone: registration?.phone ?? '',
    custom_questions: Object.entries(questions).flatMap(([title, value]) =>
      value === undefined ? [] : [{ title, value }],
    ),
    status: registration?.cancelledAt === undefined ? 'approved' : 'denied',
    create_time: isoSeconds(registration?.at ?? 0),
  };
}

/** Names of the tracking links, packed as the team names them. */
function sourcesOf(guests: readonly Guest[]): Record<string, string> {
  return Object.fromEntries(
    guests.flatMap((guest) => {
      const name = guest.registration === undefined ? undefined : packed(guest.registration);
      return name === undefined ? [] : [[registrantId(guest), name]];
    }),
  );
}

function packed(registration: SignUp): string | undefined {
  const { utm_source, utm_medium, utm_campaign } = utmOf(registration);
  if (utm_source === undefined || utm_source.includes('.')) return undefined;
  return [utm_source, utm_medium, utm_campaign].filter((part) => part !== undefined).join('.');
}

/** One row per join. Whoever came by somebody else's link, or signed up elsewhere, has no registrant id. */
function participantOf(guest: Guest, { joined, left }: Stay, index: number): object {
  const { registration, learner, room } = guest;
  const known = guest.webinar.series.signUp === 'zoom' && registration !== undefined && room?.stranger !== true;
  return {
    user_id: String(16_778_240 + index * 1024),
    registrant_id: known ? registrantId(guest) : '',
    name: room?.phone === undefined ? `Learner ${Math.abs(learner.number)}` : 'Call-in',
    user_email: (room?.email ?? registration?.email ?? learner.email).trim(),
    ...(room?.phone === undefined ? {} : { phone_number: room.phone }),
    join_time: isoSeconds(joined),
    leave_time: left === undefined ? '' : isoSeconds(left),
    ...(left === undefined ? {} : { duration: (left - joined) / 1000 }),
    status: 'in_meeting',
  };
}
