import { DAY_MS } from '../../sample/time.ts';
import { isOver, type StoryWebinar } from './attendance.ts';
import { morningAfter, pagesOf, type Readings } from './readings.ts';
import { isoSeconds, numberId } from './service-ids.ts';
import { type Guest, LAST_READING, utmOf } from './sign-up.ts';
import type { PlannedWebinar } from './webinar-calendar.ts';

const SOURCE = 'sample-gotowebinar';
const PAGE_SIZE = 200;

/** What GoTo Webinar answers about its webinars, as the connector keeps it: once when one is over, and of those ahead in the last run. */
export function readGoToWebinars(webinars: readonly StoryWebinar[], readings: Readings): void {
  for (const webinar of webinars) if (webinar.plan.series.signUp === 'gotowebinar') readOne(webinar, readings);
}

function readOne({ plan, guests }: StoryWebinar, readings: Readings): void {
  const webinar = webinarOf(plan);
  const morning = Math.min(LAST_READING, morningAfter(plan.endsAt));
  const add = (stream: string, body: object, rows: number, at = morning) =>
    readings.add({ source: SOURCE, morning: at, stream, rows, body });
  add('webinars', { _embedded: { webinars: [webinar] } }, 1);
  const registrants = guests.filter(({ registration }) => registration !== undefined);
  for (const page of pagesOf(registrants, PAGE_SIZE))
    add('registrations', { webinar, registrants: page.map(registrantOf) }, page.length);
  if (!isOver(plan)) return;
  const came = guests.filter(({ stays }) => stays.length > 0);
  const session = {
    sessionKey: numberId(`goto session ${plan.id}`, 9),
    webinarKey: keyOf(plan),
    startTime: isoSeconds(plan.startsAt),
    endTime: isoSeconds(plan.endsAt),
  };
  const attendance = (list: readonly Guest[], at: number) =>
    add('attendance', { webinar, sessions: [session], attendees: list.map(attendeeOf) }, list.length, at);
  // The session was not complete on the first morning; the look back found the rest.
  if (plan.lateAttendance) {
    attendance(came.slice(0, Math.floor(came.length * 0.6)), morning);
    attendance(came, morning + 3 * DAY_MS);
  } else attendance(came, morning);
}

const keyOf = (plan: PlannedWebinar): string => numberId(`goto ${plan.id}`, 19);

function webinarOf(plan: PlannedWebinar): object {
  const { series } = plan;
  return {
    webinarKey: keyOf(plan),
    subject: plan.title,
    // The team writes what GoTo Webinar has no field for into the description.
    description: `key: ${plan.id}\nseries: ${series.name}\ncourse: ${series.course}\nregion: ${series.region}\nlanguage: ${series.language}\nhost: ${series.host}`,
    times: [{ startTime: isoSeconds(plan.startsAt), endTime: isoSeconds(plan.endsAt) }],
    timeZone: 'Asia/Jakarta',
    locale: 'en_US',
    type: 'single_session',
    experienceType: series.format === 'recorded' ? 'simulive' : 'classic',
    isOndemand: false,
  };
}

const registrantKey = (guest: Guest): string =>
  numberId(`goto registrant ${guest.webinar.id} ${guest.learner.number}`, 19);

function registrantOf(guest: Guest): object {
  const { registration, learner } = guest;
  return {
    registrantKey: registrantKey(guest),
    firstName: 'Learner',
    lastName: String(Math.abs(learner.number)),
    email: registration?.email?.trim() ?? '',
    ...(registration?.phone === undefined ? {} : { phone: registration.phone }),
    registrationDate: isoSeconds(registration?.at ?? 0),
    status: registration?.cancelledAt === undefined ? 'APPROVED' : 'DENIED',
    ...sourceOf(guest),
  };
}

/** The one field that GoTo Webinar has for it, packed; a host name would not survive that and is asked for by hidden questions. */
function sourceOf({ registration }: Guest): { source?: string; responses?: object[] } {
  if (registration === undefined) return {};
  const { utm_source, utm_medium, utm_campaign } = utmOf(registration);
  if (utm_source === undefined) return {};
  if (!utm_source.includes('.'))
    return { source: [utm_source, utm_medium, utm_campaign].filter((part) => part !== undefined).join('.') };
  const answers = Object.entries({ utm_source, utm_medium, utm_campaign });
  return {
    responses: answers.flatMap(([question, answer]) => (answer === undefined ? [] : [{ question, answer }])),
  };
}

function attendeeOf(guest: Guest): object {
  const { registration, learner, room, stays } = guest;
  const known = registration !== undefined && room?.stranger !== true;
  return {
    registrantKey: known ? registrantKey(guest) : numberId(`goto visitor ${guest.webinar.id} ${learner.number}`, 19),
    firstName: 'Learner',
    lastName: String(Math.abs(learner.number)),
    email: (room?.email ?? registration?.email ?? learner.email).trim(),
    attendance: stays.map(({ joined, left }) => ({
      joinTime: isoSeconds(joined),
      ...(left === undefined ? {} : { leaveTime: isoSeconds(left) }),
    })),
  };
}
