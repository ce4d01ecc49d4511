import { useEffect, useRef, useState } from 'react';
import type { DateRange } from '../../src/contract/period.ts';
import { addDays, addMonths, startOf, type WeekStart, weekdayOf } from '../../src/contract/plain-date.ts';
import { formatBucket, formatDay, formatWeekday } from '../format/index.ts';
import { dayAfterKey, monthWeeks } from './calendar-weeks.ts';

interface RangeCalendarProps {
  range: DateRange;
  onPick(range: DateRange): void;
  months: 1 | 2;
  weekStart: WeekStart;
  locale: string;
  today: string;
  /** First and last local date with records: days outside are grey. */
  data: { first: string | null; last: string | null };
}

/** Two clicks pick a range, a click on a week number picks the week. Arrow keys move, Enter picks. */
export function RangeCalendar(props: RangeCalendarProps) {
  const { range, onPick, months, weekStart, locale } = props;
  const last = addDays(range.end, -1);
  const [focused, setFocused] = useState(last);
  const [shown, setShown] = useState(() => startOf('month', addMonths(last, 1 - months), weekStart));
  const [anchor, setAnchor] = useState<string | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const moved = useRef(false);
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    grid.current?.querySelector<HTMLButtonElement>(`button[data-day="${focused}"]`)?.focus();
  }, [focused]);

  const marked = anchor === null ? range : spanOf(anchor, pointed ?? anchor);
  const pick = (day: string) => {
    setFocused(day);
    if (anchor === null) setAnchor(day);
    else {
      setAnchor(null);
      onPick(spanOf(anchor, day));
    }
  };
  const moveTo = (day: string) => {
    moved.current = true;
    setFocused(day);
    setPointed(day);
    const month = startOf('month', day, weekStart);
    if (month < shown) setShown(month);
    else if (month > addMonths(shown, months - 1)) setShown(addMonths(month, 1 - months));
  };

  const tabStop = Array.from({ length: months }, (_, index) => addMonths(shown, index)).some(
    (month) => startOf('month', focused, weekStart) === month,
  )
    ? focused
    : shown;

  return (
    <div className="calendar" ref={grid}>
      <div className="calendar-nav">
        <button
          type="button"
          className="button-icon"
          aria-label="Earlier months"
          onClick={() => setShown(addMonths(shown, -1))}
        >
          ‹
        </button>
        <button
          type="button"
          className="button-icon"
          aria-label="Later months"
          onClick={() => setShown(addMonths(shown, 1))}
        >
          ›
        </button>
      </div>
      {Array.from({ length: months }, (_, index) => addMonths(shown, index)).map((month) => (
        <table key={month} className="month">
          <caption>{formatBucket(month, 'month', locale)}</caption>
          <thead>
            <tr>
              <th scope="col">
                <abbr title="Week">W</abbr>
              </th>
              {(monthWeeks(month, weekStart)[1]?.days ?? []).map((day) => {
                const weekday = weekdayOf(day ?? month);
                return (
                  <th key={weekday} scope="col" abbr={formatWeekday(weekday, locale, 'long')}>
                    {formatWeekday(weekday, locale).slice(0, 2)}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {monthWeeks(month, weekStart).map((week) => (
              <tr key={week.start}>
                <th scope="row">
                  <button
                    type="button"
                    className="week-number"
                    aria-label={`Week ${week.number}`}
                    onClick={() => onPick({ start: week.start, end: addDays(week.start, 7) })}
                  >
                    {week.number}
                  </button>
                </th>
                {week.days.map((day, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the seven columns of a week never move
                  <td key={column}>
                    {day && (
                      <button
                        type="button"
                        className="day"
                        data-day={day}
                        data-in={(day >= marked.start && day < marked.end) || undefined}
                        data-edge={day === marked.start || addDays(day, 1) === marked.end || undefined}
                        data-empty={isEmpty(day, props) || undefined}
                        aria-label={formatDay(day, locale)}
                        aria-pressed={day >= marked.start && day < marked.end}
                        aria-current={day === props.today ? 'date' : undefined}
                        tabIndex={day === tabStop ? 0 : -1}
                        onClick={() => pick(day)}
                        onMouseEnter={() => anchor !== null && setPointed(day)}
                        onKeyDown={(event) => {
                          const next = dayAfterKey(event.key, day, weekStart);
                          if (next === null) return;
                          event.preventDefault();
                          moveTo(next);
                        }}
                      >
                        {Number(day.slice(8))}
                      </button>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

function spanOf(a: string, b: string): DateRange {
  return a <= b ? { start: a, end: addDays(b, 1) } : { start: b, end: addDays(a, 1) };
}

function isEmpty(day: string, { data }: RangeCalendarProps): boolean {
  return data.first === null || data.last === null || day < data.first || day > data.last;
}
