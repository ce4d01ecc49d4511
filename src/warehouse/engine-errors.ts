/** Codes of ClickHouse that Turnout tells apart, `https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp`. */
export const ENGINE_ERROR = {
  timeout: 159,
  cancelled: 394,
  readonly: 164,
  refused: 497,
  badArguments: 36,
  notAnInsert: 62,
} as const;

/** Codes that pass: the disk is full, or merges are behind the inserts. */
export const BUSY_CODES: ReadonlyMap<number, string> = new Map([
  [243, 'The disk is full: the analytics engine cannot write.'],
  [75, 'The disk is full: the analytics engine cannot write.'],
  [252, 'The analytics engine is behind with its merges.'],
  [241, 'The question needs more memory than the engine has. Ask for a shorter period.'],
]);

/** Codes that mean the folder itself is damaged: what is read from disk is not what was written. */
export const DAMAGE_CODES: ReadonlySet<number> = new Set([
  33, // CANNOT_READ_ALL_DATA
  40, // CHECKSUM_DOESNT_MATCH
  79, // INCORRECT_FILE_NAME
  107, // FILE_DOESNT_EXIST
  226, // NO_FILE_IN_DATA_PART
  228, // BAD_SIZE_OF_FILE_IN_DATA_PART
  246, // CORRUPTED_DATA
  271, // CANNOT_DECOMPRESS
  432, // UNKNOWN_CODEC
]);

/** The HTTP status that a ClickHouse server answers with. */
export function statusOf(code: number): number {
  if (code === ENGINE_ERROR.timeout) return 408;
  if (code === ENGINE_ERROR.refused || code === ENGINE_ERROR.readonly) return 403;
  if (code === 60 || code === 81) return 404;
  if (code === ENGINE_ERROR.notAnInsert || code === ENGINE_ERROR.badArguments || code === 47 || code === 46) return 400;
  return 500;
}

/** The number in `Code: 60. DB::Exception: …`; 1002 (UNKNOWN_EXCEPTION) where there is none. */
export function codeOf(message: string): number {
  const written = /Code: (\d+)/.exec(message)?.[1];
  return written === undefined ? 1002 : Number(written);
}
