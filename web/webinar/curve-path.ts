import type { WebinarDetail } from '../../src/contract/webinars.ts';

export type CurvePoint = WebinarDetail['curve'][number];

/** A line through the minutes. */
export function curvePath(
  points: readonly Pick<CurvePoint, 'minute' | 'people'>[],
  x: (minute: number) => number,
  y: (people: number) => number,
): string {
  return points
    .map(({ minute, people }, index) => `${index === 0 ? 'M' : 'L'}${round(x(minute))},${round(y(people))}`)
    .join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;

const STEPS = [5, 10, 15, 30, 60, 120, 240];
/** Pixels that a label needs. */
const LABEL = 64;

/** Minutes with a label: round ones, and 0. */
export function minuteTicks(first: number, last: number, width: number): number[] {
  const most = Math.max(1, Math.floor(width / LABEL));
  const step = STEPS.find((one) => (last - first) / one <= most) ?? 480;
  const ticks: number[] = [];
  for (let minute = Math.ceil(first / step) * step; minute <= last; minute += step)
    ticks.push(minute === 0 ? 0 : minute);
  return ticks;
}

/** "Most people (62) were in the room in minute 12. Most left in minute 41 (9)." */
export function curveSentence(curve: readonly CurvePoint[], drops: WebinarDetail['drop_off']): string {
  const [first, ...rest] = curve;
  if (first === undefined) return '';
  const top = rest.reduce((best, point) => (point.people > best.people ? point : best), first);
  const most = `Most people (${top.people}) were in the room in minute ${top.minute}.`;
  const [drop] = drops;
  return drop === undefined ? most : `${most} Before the end most left in minute ${drop.minute} (${drop.left}).`;
}
