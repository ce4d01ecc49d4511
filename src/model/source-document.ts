import type { Problem } from '../contract/errors.ts';

export type Pointer = readonly (string | number)[];

/** One YAML document with the place it came from. */
export interface SourceDocument {
  /** Path of the file as people know it, e.g. `metrics/own.yaml`. */
  path: string;
  document: unknown;
  /** Line (from 1) of the value at a pointer, or of its nearest parent that exists. */
  lineOf?: (pointer: Pointer) => number | undefined;
}

/** `metrics/own.yaml:12 (metrics.0.column)` */
export function placeOf(source: SourceDocument, pointer: Pointer): string {
  const line = source.lineOf?.(pointer);
  const file = line === undefined ? source.path : `${source.path}:${line}`;
  return pointer.length === 0 ? file : `${file} (${pointer.join('.')})`;
}

export function problemAt(
  source: SourceDocument,
  pointer: Pointer,
  code: string,
  message: string,
  hint?: string,
): Problem {
  return { code, path: placeOf(source, pointer), message, ...(hint === undefined ? {} : { hint }) };
}
