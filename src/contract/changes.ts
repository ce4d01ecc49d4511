/**
 * What a batch of the projector changed of one table: the rows as they stood before and as they stand now, told by hours of each of
 * the table's times (`FACT_TIMES`, every instant of a table that people brought).
 */
export interface TableChange {
  /** Its name in the warehouse. */
  table: string;
  /**
   * Time column → hours since 1970-01-01T00:00Z in which rows changed, rising; rows without a time are in none. Absent where
   * anything may have changed.
   */
  hours?: Readonly<Record<string, readonly number[]>>;
}

export const HOUR_MS = 3_600_000;

/** The hour of an instant (UTC milliseconds), since 1970. */
export const hourOf = (instant: number): number => Math.floor(instant / HOUR_MS);
