import type { FileFormat } from '../contract/mapping.ts';
import type { TablePage } from '../contract/table-page.ts';
import type { FileLimits } from './file-limits.ts';
import type { FileLook } from './file-look.ts';

/** What the server and the child that reads a file say to each other. A child serves one reading. */
export type ToChild =
  | { do: 'look'; path: string; chosen: FileFormat; limits: FileLimits }
  | { do: 'open'; path: string; format: FileFormat; limits: FileLimits }
  /** The next page is wanted. */
  | { do: 'next' };

/** `peakRss`: highest resident memory of the child so far, bytes. */
export type FromChild = { peakRss: number } & (
  | { is: 'look'; look: FileLook }
  | { is: 'page'; page: TablePage }
  /** `pages`: how many there were, so that a lost one cannot go unnoticed. */
  | { is: 'end'; pages: number }
  /** A sentence for people; null where the reader itself is wrong. */
  | { is: 'error'; sentence: string | null; detail: string }
);
