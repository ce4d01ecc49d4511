import { addDays, addMonths, isoWeekOf, startOf, type WeekStart } from '../../src/contract/plain-date.ts';

export interface CalendarWeek {
  /** ISO number of the week's Thursday. */
  number: number;
  start: string;
  /** Seven dates; null outside of the month. */
  days: (string | null)[];
}

/** The weeks of the month that `date` lies in. */
export function monthWeeks(date: string, weekStart: WeekStart): CalendarWeek[] {
  const first = startOf('month', date, weekStart);
  const next = addMonths(first, 1);
  const weeks: CalendarWeek[] = [];
  for (let start = startOf('week', first, weekStart); start < next; start = addDays(start, 7)) {
    const days = Array.from({ length: 7 }, (_, offset) => addDays(start, offset));
    weeks.push({
      number: isoWeekOf(addDays(start, 3)).week,
      start,
      days: days.map((day) => (day >= first && day < next ? day : null)),
    });
  }
  return weeks;
}

/** Where an arrow key goes from a day; null for other keys. */
export function dayAfterKey(key: string, day: string, weekStart: WeekStart): string | null {
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1);
    case 'ArrowRight':
      return addDays(day, 1);
    case 'ArrowUp':
      return addDays(day, -7);
    case 'ArrowDown':
      return addDays(day, 7);
    case 'Home':
      return startOf('week', day, weekStart);
    case 'End':
      return addDays(startOf('week', day, weekStart), 6);
    case 'PageUp':
      return addMonths(day, -1);
    case 'PageDown':
      return addMonths(day, 1);
    default:
      return null;
  }
}
