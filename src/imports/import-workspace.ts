import type { RunInfo } from '../contract/api.ts';
import type { FileFormat, RowMapping } from '../contract/mapping.ts';
import type { TableSpec } from '../contract/model.ts';
import type { NewEntry } from '../journal/entry.ts';

/** What imports need of the open workspace; composed in the root. */
export interface ImportWorkspace {
  tables(): readonly TableSpec[];
  /** Zone, country and tables, for guesses. */
  guessContext(): { timeZone: string; country?: string; tables: readonly TableSpec[] };
  /** What a mapping needs besides itself. */
  mappingContext(): { timeZone: string; country?: string };
  /** A saved mapping for files with this header; null where there is none any more. */
  savedMapping(
    header: string,
  ): Promise<{ source: string; label: string; mapping: RowMapping; format: FileFormat } | null>;
  /** Declares source, table and dashboard where they are new, writes their files and opens the workspace with them. */
  declare(file: DeclaredFile): Promise<DeclaredPlace>;
  startRun(of: { source: string; file: string }): Promise<ImportRun>;
  run(id: number): Promise<RunInfo | null>;
  append(entry: NewEntry): Promise<number>;
  /** Resolves once everything durable now is counted. */
  counted(): Promise<void>;
  undoRun(run: number, actor: string): Promise<void>;
}

export interface DeclaredFile {
  file: string;
  format: FileFormat;
  mapping: RowMapping;
  /** First values of each column of the file, without the empty ones. */
  samples: ReadonlyMap<string, readonly string[]>;
  /** Fingerprint of the header. */
  header: string;
  /** How the mapping is called; the file's name where absent. */
  saveAs: string | undefined;
  /** Name of a new table, for rows of a table of one's own. */
  table: string | undefined;
  dashboard: boolean;
  actor: string;
}

export interface DeclaredPlace {
  source: string;
  /** Path of the page that shows the result, `/d/operator_calls`; null where none was made. */
  dashboard: string | null;
  /** Files written, relative to the workspace. */
  files: string[];
}

/** A run that brings a file: what `sync/` keeps of it. */
export interface ImportRun {
  id: number;
  /** A page is durable: its rows, bytes and place in the journal. */
  page(rows: number, bytes: number, seq: number): Promise<void>;
  end(state: 'ok' | 'failed' | 'stopped', error?: string): Promise<void>;
}
