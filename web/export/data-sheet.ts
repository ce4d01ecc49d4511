import type { Cell, ResultColumn } from '../../src/contract/result.ts';
import type { TableView } from '../table/table-view.ts';

/** The numbers behind a tile as they are: not rounded, not worded. CSV and XLSX are made of it. */
export interface DataSheet {
  columns: SheetColumn[];
  rows: SheetRow[];
  /** Re-aggregated by the engine, never summed here. */
  totals?: SheetRow;
  /** Columns at the start that stay in sight. */
  headers: number;
}

export interface SheetColumn {
  label: string;
  kind: 'text' | 'number' | 'time';
  /** Of numbers: as in `ResultColumn.format`. */
  format?: string;
}

export interface SheetRow {
  cells: Cell[];
  /** Palette step 1–7 of the sequential scale, by place; null has none. */
  fills?: (number | null)[];
  /** From 0: rows of the next level are parts of this one. */
  level?: number;
}

/** What a tile gives away. `tidy` is one row per number, for CSV, where the table as shown is not that. */
export interface TileExports {
  shown: DataSheet;
  tidy?: DataSheet;
  /** False where the page's comparison takes no part in it. */
  compared?: false;
}

export function numberColumn(label: string, { format }: Pick<ResultColumn, 'format'>): SheetColumn {
  return { label, kind: 'number', ...(format === undefined ? {} : { format }) };
}

export function textColumn(label: string): SheetColumn {
  return { label, kind: 'text' };
}

/** A table that has nothing but its words. */
export function wordsSheet(view: TableView): DataSheet {
  return {
    columns: view.columns.map(({ label }) => textColumn(label)),
    rows: view.rows.map((cells) => ({ cells })),
    ...(view.totals ? { totals: { cells: view.totals } } : {}),
    headers: 1,
  };
}
