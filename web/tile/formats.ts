import type { Cell } from '../../src/contract/result.ts';

export interface Change {
  /** `+8.3 %` or `−3.2 pp`; empty where nothing can be compared. */
  text: string;
  direction: 'up' | 'down' | 'flat';
  tone: 'good' | 'bad' | 'neutral';
  /** `up 8.3 percent, better` */
  words: string;
}

export interface FormatColumn {
  format?: string;
  good?: 'up' | 'down' | 'neutral';
}

/** Number and date formatting bound to the workspace; pure parts take it as an argument. */
export interface Formats {
  locale: string;
  timeZone: string;
  value(value: Cell, column: FormatColumn, style: 'card' | 'table' | 'axis'): string;
  change(current: Cell, previous: Cell, column: FormatColumn): Change;
  /** `Fri 15 Nov 2024` */
  day(date: string): string;
  /** A bucket in full, for tooltips and tables. */
  bucket(time: string, grain: string): string;
}
