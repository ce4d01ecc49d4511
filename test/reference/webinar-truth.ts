import type { WebinarWorld, WorldPerson, WorldUtm, WorldWebinar } from '../support/webinar-world.ts';

/**
 * What the numbers of webinars have to be, counted from the webinars as they were: slowly, second by second and person by person, with
 * nothing of Turnout's own code. Whoever came is known by what a service can tell of them, see `attends`.
 */

/** One person at one webinar. */
export interface TruthRow {
  webinar: WorldWebinar;
  registered: boolean;
  joined: boolean;
  seconds: number;
  viewed: boolean;
  utm: WorldUtm | undefined;
  referrer: string | undefined;
}

/** Joins that lie this far apart are one stay. */
const GAP_SECONDS = 60;

/** Rows of every webinar; a cancelled one has its registrations. @param now UTC milliseconds: later things have not happened */
export function truthRows(world: WebinarWorld, now: number): TruthRow[] {
  return world.webinars.flatMap((webinar) => rowsOf(webinar, now));
}

function rowsOf(webinar: WorldWebinar, now: number): TruthRow[] {
  const past = (instant: string | undefined): instant is string => instant !== undefined && Date.parse(instant) <= now;
  const held = webinar.cancelled_at === undefined || Date.parse(webinar.cancelled_at) > now;
  const groups = new Map<string, WorldPerson[]>();
  for (const person of webinar.people) {
    const name = person.email?.trim().toLowerCase() ?? person.phone?.replaceAll(/[^\d+]/g, '') ?? `nobody ${person.id}`;
    groups.set(name, [...(groups.get(name) ?? []), person]);
  }
  return [...groups.values()].flatMap((people): TruthRow[] => {
    const signUps = people.filter(
      ({ registered_at: at, cancelled_at: out }) =>
        past(at) && !(past(out) && Date.parse(out) < Date.parse(webinar.starts_at)),
    );
    const stays = held ? people.flatMap((person) => person.stays).filter(({ joined_at: at }) => past(at)) : [];
    const viewed = people.some(({ views }) => views.some(({ viewed_at: at }) => past(at)));
    const everSignedUp = people.some(({ registered_at: at }) => past(at));
    if (!everSignedUp && stays.length === 0 && !viewed) return [];
    const first = signUps.toSorted((a, b) => (a.registered_at ?? '').localeCompare(b.registered_at ?? ''));
    const said = first.find(({ utm, referrer }) => utm !== undefined || referrer !== undefined);
    return [
      {
        webinar,
        registered: signUps.length > 0,
        joined: stays.length > 0,
        seconds: secondsIn(stays, now),
        viewed,
        utm: said?.utm,
        referrer: said?.referrer,
      },
    ];
  });
}

/** Every second in the room once; short gaps between seconds in the room count as in it. */
function secondsIn(stays: readonly { joined_at: string; left_at?: string }[], now: number): number {
  const inside = new Set<number>();
  for (const { joined_at, left_at } of stays) {
    if (left_at === undefined || Date.parse(left_at) > now) continue;
    for (let second = Date.parse(joined_at) / 1000; second < Date.parse(left_at) / 1000; second += 1)
      inside.add(second);
  }
  const seconds = [...inside].sort((a, b) => a - b);
  let total = seconds.length;
  for (let index = 1; index < seconds.length; index += 1) {
    const gap = (seconds[index] ?? 0) - (seconds[index - 1] ?? 0) - 1;
    if (gap > 0 && gap <= GAP_SECONDS) total += gap;
  }
  return total;
}

/** The pack's counts over some rows. Thresholds in minutes. */
export function truthCounts(rows: readonly TruthRow[], thresholds: { short: number; long: number }) {
  const count = (test: (row: TruthRow) => boolean) => rows.filter(test).length;
  const registrations = count((row) => row.registered);
  const attended = count((row) => row.registered && row.seconds > 0);
  return {
    registrations,
    visits: count((row) => row.seconds > 0),
    visits_5m: count((row) => row.seconds >= thresholds.short * 60),
    visits_30m: count((row) => row.seconds >= thresholds.long * 60),
    visits_all: count((row) => row.joined),
    walk_ins: count((row) => !row.registered && row.seconds > 0),
    recording_views: count((row) => row.viewed),
    attendance_rate: registrations === 0 ? null : attended / registrations,
  };
}
