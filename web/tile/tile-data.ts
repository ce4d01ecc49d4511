import type { Problem } from '../../src/contract/errors.ts';
import type { BatchItem, QueryResult, ResultColumn, ResultMeta } from '../../src/contract/result.ts';
import { localTime } from '../format/local-time.ts';
import type { Formats } from './formats.ts';

export interface TileError {
  code: string;
  message: string;
  problems: Problem[];
}

/** What a tile knows of its queries: nothing yet, a failure, or every result. */
export type TileData<Key extends string> =
  | { kind: 'waiting' }
  | { kind: 'failed'; error: TileError }
  | { kind: 'ready'; results: Record<Key, QueryResult> };

/** Gathers a tile's results by the names of its parts. One failed part fails the tile, and no other. */
export function gatherResults<Key extends string>(
  results: ReadonlyMap<string, BatchItem>,
  keys: Record<Key, string>,
): TileData<Key> {
  const found: Partial<Record<Key, QueryResult>> = {};
  for (const name of Object.keys(keys) as Key[]) {
    const item = results.get(keys[name]);
    if (!item) return { kind: 'waiting' };
    if ('error' in item) return { kind: 'failed', error: item.error };
    found[name] = item;
  }
  return { kind: 'ready', results: found as Record<Key, QueryResult> };
}

/** Labels of the dimensions that these metrics do not have although the page filters by them: "ignores Channel". */
export function ignoredDimensions(columns: readonly ResultColumn[], label: (dimension: string) => string): string[] {
  return [...new Set(columns.flatMap((column) => column.ignores ?? []))].map(label);
}

/** Complete data ends more than 26 hours before the end of what is shown. `now` is the workspace's clock, `end` a local date. */
export function isStale(meta: ResultMeta, end: string, now: string): boolean {
  const limit = [`${end}T00:00:00`, localTime(now, meta.timezone)].sort()[0] ?? end;
  const complete = Date.parse(`${localTime(meta.complete_through, meta.timezone)}Z`);
  return Date.parse(`${limit}Z`) - complete > 26 * 3_600_000;
}

/**
 * Why numbers up to `end` (a local date, exclusive) may still lack something: the sources that owe what lies in them or, where
 * none does, how old the data is.
 */
export function lateSentences(meta: ResultMeta, end: string, now: string, formats: Pick<Formats, 'instant'>): string[] {
  const owing = (meta.late ?? []).filter(
    ({ complete_through: complete }) => complete === null || localTime(complete, meta.timezone) < `${end}T00:00:00`,
  );
  if (owing.length > 0) return owing.map(({ label, detail }) => `${label}: ${detail}`);
  return isStale(meta, end, now) ? [`Complete only up to ${formats.instant(meta.complete_through)}`] : [];
}
