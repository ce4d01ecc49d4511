/** A page of a table (SQL result, sheet, file) as it is journalled: JSON, one object. */

/** Text, number, truth, nothing; anything else of a database is its JSON. */
export type TableCell = string | number | boolean | null;

export interface TablePage {
  /** Names of the columns, in order. */
  columns: string[];
  /** Where the first row stands in its file or sheet, 1-based, for sentences such as "row 17"; 1 for a query's result. */
  first_row: number;
  /** Name of the sheet or file, for the same sentences. */
  place?: string;
  /** Cells in the order of `columns`; missing cells at the end are null. */
  rows: TableCell[][];
  /** Where rows do not stand one below the other: the row number of each. */
  row_numbers?: number[];
  /** IANA zone of times without one, where the sheet has a zone of its own; it goes before the workspace's. */
  time_zone?: string;
}
