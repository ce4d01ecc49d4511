import type { WorkspaceInfo } from '../../src/contract/api.ts';
import { addDays, weekdayOf } from '../../src/contract/plain-date.ts';
import type { ResultColumn } from '../../src/contract/result.ts';
import { formatBucket, formatWeekday } from '../format/index.ts';
import { useDashboard } from '../tile/dashboard-context.ts';
import { calendarDays, type ScheduleRow } from './schedule-rows.ts';
import { Name } from './schedule-table.tsx';

const FIRST_WEEKDAY: Record<WorkspaceInfo['week_start'], number> = { monday: 1, sunday: 7, saturday: 6 };

/** The first day of the week of a local date. */
export function weekOf(date: string, start: WorkspaceInfo['week_start']): string {
  return addDays(date, -((weekdayOf(date) - FIRST_WEEKDAY[start] + 7) % 7));
}

/** Weeks (first days) that hold an event, the newest first; in a month view every week of the months that do. */
export function weeksOf(dates: readonly string[], start: WorkspaceInfo['week_start']): string[] {
  return [...new Set(dates.map((date) => weekOf(date, start)))].sort().reverse();
}

/** Events by day: one row of seven days per week. `dense`: the month view, only time and name. */
export function ScheduleCalendar({
  rows,
  column,
  dense,
  linked,
}: {
  rows: readonly ScheduleRow[];
  /** The number that stands beside each event. */
  column: ResultColumn | undefined;
  dense: boolean;
  linked: boolean;
}) {
  const { workspace, formats } = useDashboard();
  const days = calendarDays(rows);
  const weeks = weeksOf([...days.keys()], workspace.week_start);
  const parts = dense
    ? [...Map.groupBy(weeks.toReversed(), (week) => addDays(week, 3).slice(0, 7))]
        .map(([month, list]) => ({ label: formatBucket(`${month}-01`, 'month', formats.locale), weeks: list }))
        .reverse()
    : weeks.map((week) => ({ label: formats.bucket(week, 'week', 'full'), weeks: [week] }));
  return (
    <div className="schedule-calendar" data-dense={dense || undefined}>
      {parts.map(({ label, weeks: list }) => (
        <section key={label} aria-label={label}>
          <h3>{label}</h3>
          <ol className="schedule-weekdays" aria-hidden="true">
            {Array.from({ length: 7 }, (_, index) => {
              const weekday = weekdayOf(addDays(list[0] ?? '2024-01-01', index));
              return <li key={weekday}>{formatWeekday(weekday, formats.locale)}</li>;
            })}
          </ol>
          {list.map((week) => (
            <ol key={week} className="schedule-week">
              {Array.from({ length: 7 }, (_, index) => addDays(week, index)).map((date) => (
                <li key={date} data-empty={days.has(date) ? undefined : true}>
                  <p className="schedule-date">
                    <span className="visually-hidden">{formats.day(date)}</span>
                    <span aria-hidden="true">
                      {date.endsWith('-01') ? formats.bucket(date, 'day', 'axis') : Number(date.slice(8, 10))}
                    </span>
                  </p>
                  {days.has(date) && (
                    <ul>
                      {days.get(date)?.map((row) => (
                        <li
                          key={row.id}
                          className="schedule-event"
                          data-marked={row.mark !== null || undefined}
                          data-status={row.values['status']}
                          title={row.mark?.text}
                        >
                          <span className="schedule-time">{row.time}</span> <Name row={row} linked={linked} />
                          {row.mark && <span className="visually-hidden"> Stands out: {row.mark.text}</span>}
                          {column && (
                            <span className="schedule-number">
                              {row.cells[column.name]?.value.text} {column.label.toLocaleLowerCase(formats.locale)}
                            </span>
                          )}
                        </li>
                      ))}
                    </ul>
                  )}
                </li>
              ))}
            </ol>
          ))}
        </section>
      ))}
    </div>
  );
}
