import { DAY_MS, HOUR_MS, ZONE_MS } from '../../sample/time.ts';
import { CANCELLED, LATE_ATTENDANCE, LATE_NIGHT, SERIES, type Series, STORY_END, STORY_START } from './story.ts';

/** One webinar as it was planned. */
export interface PlannedWebinar {
  /** The team's own id, the same in every service. */
  id: string;
  series: Series;
  title: string;
  /** UTC milliseconds. */
  startsAt: number;
  endsAt: number;
  /** The services' own id of it is made of this. */
  number: number;
  cancelledAt?: number;
  /** The one at 21:00. */
  lateNight: boolean;
  /** The service delivered a part of its attendance days later. */
  lateAttendance: boolean;
}

/** All webinars of the story in order of their start. */
export function planWebinars(): PlannedWebinar[] {
  const planned: Omit<PlannedWebinar, 'number'>[] = [];
  for (const series of SERIES) {
    let turn = 0;
    for (let week = 0; STORY_START + week * 7 * DAY_MS < STORY_END; week++) {
      if (week % series.every !== series.from % series.every) continue;
      const day = STORY_START + (week * 7 + series.weekday) * DAY_MS;
      if (day >= STORY_END) continue;
      planned.push(plan(series, day, turn++));
    }
  }
  planned.sort((a, b) => a.startsAt - b.startsAt);
  return planned.map((webinar, index) => ({ ...webinar, number: index + 1 }));
}

function plan(series: Series, day: number, turn: number): Omit<PlannedWebinar, 'number'> {
  const is = (one: { code: string; day: number }) => one.code === series.code && one.day === day;
  const lateNight = is(LATE_NIGHT);
  const hour = lateNight ? LATE_NIGHT.hour : series.at.hour;
  const startsAt = day + hour * HOUR_MS + series.at.minute * 60_000;
  const title = series.titles[turn % series.titles.length] ?? series.titles[0];
  return {
    id: `${series.code}-${new Date(day + ZONE_MS).toISOString().slice(0, 10)}`,
    series,
    title: lateNight ? LATE_NIGHT.title : title,
    startsAt,
    endsAt: startsAt + series.minutes * 60_000,
    lateNight,
    lateAttendance: LATE_ATTENDANCE.some(is),
    ...(is(CANCELLED) ? { cancelledAt: startsAt - DAY_MS } : {}),
  };
}
