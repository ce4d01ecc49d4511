const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in one unit, as people say it: `45 min`, `9 h`, `3 d`. */
export function describeLength(milliseconds: number): string {
  if (milliseconds < 2 * HOUR) return `${Math.max(1, Math.floor(milliseconds / MINUTE))} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} d`;
}

/** `90m`, `26h`, `2d` in milliseconds. */
export function parseLength(text: string): number {
  const match = /^(\d+)([mhd])$/.exec(text);
  if (match === null) throw new Error(`not a length of time: ${text}`);
  return Number(match[1]) * ({ m: MINUTE, h: HOUR, d: DAY }[match[2] ?? ''] ?? MINUTE);
}
