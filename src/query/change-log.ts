import { HOUR_MS, hourOf, type TableChange } from '../contract/changes.ts';
import type { ChangeView, TableRead } from './query-context.ts';

const HOURS_OF_DAY = 24;
/** Hours told apart per time column; past it the longest unchanged half is taken together. */
const MAX_HOURS = 20_000;

interface ColumnChanges {
  /** Hour since 1970 → newest change of its rows. */
  hours: Map<number, number>;
  /** The same by UTC days, so that a long range is few look-ups. */
  days: Map<number, number>;
  /** Newest change that may have touched any hour. */
  anywhere: number;
}

interface TableChanges {
  /** Newest change of the table. */
  newest: number;
  /** Newest change that did not say what it touched. */
  untold: number;
  columns: Map<string, ColumnChanges>;
}

/**
 * What has changed in the warehouse since the server started, by table, time column and hour. Changes are numbered as they are heard
 * of: sequence numbers of the journal begin again when everything is projected anew.
 */
export class ChangeLog {
  readonly #tables = new Map<string, TableChanges>();
  readonly #maxHours: number;
  #count = 0;
  /** Newest change that may have touched every table. */
  #everything = 0;

  constructor(maxHours: number = MAX_HOURS) {
    this.#maxHours = maxHours;
  }

  /** Takes in what a batch changed; to be called before the batch's data version is shown. */
  applied(changes: readonly TableChange[]): void {
    if (changes.length === 0) return;
    this.#count += 1;
    for (const { table, hours } of changes) this.#note(this.#tableOf(table), hours);
  }

  /** Anything may have changed: the projector began again, or facts were made anew. */
  everythingChanged(): void {
    this.#count += 1;
    this.#everything = this.#count;
    this.#tables.clear();
  }

  /** The log as it is now, for one request. */
  view(): ChangeView {
    return { at: this.#count, versionOf: (reads) => this.#versionOf(reads) };
  }

  #versionOf(reads: readonly TableRead[] | undefined): number {
    if (reads === undefined) return this.#count;
    let newest = this.#everything;
    for (const read of reads) newest = Math.max(newest, this.#newestOf(read));
    return newest;
  }

  #newestOf({ table, column, start, end }: TableRead): number {
    const known = this.#tables.get(table);
    if (known === undefined) return 0;
    if (column === undefined || (start === undefined && end === undefined)) return known.newest;
    const changes = known.columns.get(column);
    if (changes === undefined) return known.newest;
    const first = start === undefined ? Number.NEGATIVE_INFINITY : hourOf(start);
    const past = end === undefined ? Number.POSITIVE_INFINITY : Math.ceil(end / HOUR_MS);
    return Math.max(known.untold, changes.anywhere, newestWithin(changes, first, past));
  }

  #tableOf(name: string): TableChanges {
    let known = this.#tables.get(name);
    if (known === undefined) {
      known = { newest: 0, untold: 0, columns: new Map() };
      this.#tables.set(name, known);
    }
    return known;
  }

  #note(table: TableChanges, hours: TableChange['hours']): void {
    const before = table.newest;
    table.newest = this.#count;
    if (hours === undefined) {
      table.untold = this.#count;
      return;
    }
    for (const [name, touched] of Object.entries(hours)) {
      let column = table.columns.get(name);
      if (column === undefined) {
        column = { hours: new Map(), days: new Map(), anywhere: before };
        table.columns.set(name, column);
      }
      for (const hour of touched) {
        column.hours.set(hour, this.#count);
        column.days.set(dayOf(hour), this.#count);
      }
      if (column.hours.size > this.#maxHours) forgetOldest(column);
    }
    for (const [name, column] of table.columns) if (!Object.hasOwn(hours, name)) column.anywhere = this.#count;
  }
}

const dayOf = (hour: number): number => Math.floor(hour / HOURS_OF_DAY);

/** Newest change of the hours from `first` to before `past`. */
function newestWithin({ hours, days }: ColumnChanges, first: number, past: number): number {
  let newest = 0;
  const look = (change: number | undefined) => {
    if (change !== undefined && change > newest) newest = change;
  };
  const firstDay = Math.ceil(first / HOURS_OF_DAY);
  const pastDay = Math.floor(past / HOURS_OF_DAY);
  if (pastDay <= firstDay) {
    for (let hour = first; hour < past; hour++) look(hours.get(hour));
    return newest;
  }
  if (pastDay - firstDay > days.size) {
    for (const [day, change] of days) if (day >= firstDay && day < pastDay) look(change);
  } else {
    for (let day = firstDay; day < pastDay; day++) look(days.get(day));
  }
  if (Number.isFinite(first)) for (let hour = first; hour < firstDay * HOURS_OF_DAY; hour++) look(hours.get(hour));
  if (Number.isFinite(past)) for (let hour = pastDay * HOURS_OF_DAY; hour < past; hour++) look(hours.get(hour));
  return newest;
}

/** The half that has not changed for longest counts as changed together, at its newest change. */
function forgetOldest(column: ColumnChanges): void {
  const byAge = [...column.hours].sort(([, a], [, b]) => a - b);
  const forgotten = byAge.slice(0, Math.ceil(byAge.length / 2));
  column.anywhere = Math.max(column.anywhere, forgotten.at(-1)?.[1] ?? 0);
  column.hours = new Map(byAge.slice(forgotten.length));
  column.days = new Map();
  for (const [hour, change] of column.hours)
    column.days.set(dayOf(hour), Math.max(change, column.days.get(dayOf(hour)) ?? 0));
}
