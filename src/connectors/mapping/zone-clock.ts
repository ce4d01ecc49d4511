const DAY_MS = 86_400_000;

/** An instant in UTC milliseconds; `shifted` where the clocks change makes the local time double or leaves it out. */
export interface ResolvedLocal {
  instant: number;
  shifted: boolean;
}

export interface ZoneClock {
  /** A time that occurs twice or never when the clocks change is read with the offset before the change. */
  toInstant(local: number): ResolvedLocal;
  /** Milliseconds of the wall clock, read as if it were UTC. */
  toLocal(instant: number): number;
}

/** @param timeZone IANA; throws RangeError where there is no such zone */
export function zoneClock(timeZone: string): ZoneClock {
  const offsetAt = zoneOffset(timeZone);
  return { toInstant: localToInstant(offsetAt), toLocal: (instant) => instant + offsetAt(instant) };
}

function localToInstant(offsetAt: (instant: number) => number): (local: number) => ResolvedLocal {
  /** By day: the offset, or null where it changes around that day. */
  const steady = new Map<number, number | null>();
  return (local) => {
    const day = Math.floor(local / DAY_MS);
    let offset = steady.get(day);
    if (offset === undefined) {
      const before = offsetAt((day - 1) * DAY_MS);
      offset = before === offsetAt((day + 2) * DAY_MS) ? before : null;
      if (steady.size > 20_000) steady.clear();
      steady.set(day, offset);
    }
    return offset === null ? nearChange(local, offsetAt) : { instant: local - offset, shifted: false };
  };
}

function nearChange(local: number, offsetAt: (instant: number) => number): ResolvedLocal {
  const before = offsetAt(local - DAY_MS);
  const after = offsetAt(local + DAY_MS);
  const early = local - before;
  const late = local - after;
  const earlyHolds = offsetAt(early) === before;
  const lateHolds = offsetAt(late) === after;
  if (earlyHolds) return { instant: early, shifted: lateHolds && early !== late };
  return lateHolds ? { instant: late, shifted: false } : { instant: early, shifted: true };
}

/** Milliseconds east of UTC at an instant. */
function zoneOffset(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const whole = Math.floor(instant / 1000) * 1000;
    const parts = new Map(format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wall = new Date(0);
    wall.setUTCFullYear(part('year'), part('month') - 1, part('day'));
    wall.setUTCHours(part('hour'), part('minute'), part('second'));
    return wall.getTime() - whole;
  };
}
