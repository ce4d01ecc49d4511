import type { WorkspaceInfo } from '../../src/contract/api.ts';
import type { Cell } from '../../src/contract/result.ts';
import {
  type Change,
  formatBucket,
  formatChange,
  formatDay,
  formatHour,
  formatInstant,
  formatValue,
  formatWeekday,
  type Place,
} from '../format/index.ts';

export interface FormatColumn {
  format?: string;
  good?: 'up' | 'down' | 'neutral';
}

/** web/format bound to a workspace's locale, currency and zone; pure parts take it as an argument. */
export interface Formats {
  locale: string;
  timeZone: string;
  value(value: Cell, column: FormatColumn, place: Place): string;
  /** null where either is missing. */
  change(current: Cell, previous: Cell, column: FormatColumn): Change | null;
  /** `Fri 15 Nov 2024` */
  day(date: string): string;
  bucket(time: string, grain: string, style?: 'axis' | 'full'): string;
  /** `Fri 20 Nov 2026, 23:59` in the workspace's zone. */
  instant(instant: string): string;
  weekday(weekday: number, style: 'short' | 'long'): string;
  hour(hour: number): string;
}

export function createFormats(workspace: Pick<WorkspaceInfo, 'locale' | 'currency' | 'time_zone'>): Formats {
  const { locale, currency, time_zone: timeZone } = workspace;
  const numberOrNull = (cell: Cell): number | null => (typeof cell === 'number' ? cell : null);
  return {
    locale,
    timeZone,
    value: (value, column, place) => formatValue(value, { ...column, locale, currency }, place),
    change: (current, previous, column) =>
      formatChange(numberOrNull(current), numberOrNull(previous), { ...column, locale, currency }),
    day: (date) => formatDay(date, locale),
    bucket: (time, grain, style) => formatBucket(time, grain, locale, style),
    instant: (instant) => formatInstant(instant, locale, timeZone),
    weekday: (weekday, style) => formatWeekday(weekday, locale, style),
    hour: (hour) => formatHour(hour, locale),
  };
}
