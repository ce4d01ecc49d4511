/** Between instants and the wall clock of a zone. Pure. */

/** The instant as it reads on a wall clock of the zone: `2024-11-15T23:59:00`. */
export function localTime(instant: string, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(instant));
  return text.replace(' ', 'T');
}

/** The instant at which a local day begins in a zone: ISO, UTC. Where the clock jumps over midnight, the first instant after it. */
export function startOfLocalDay(date: string, timeZone: string): string {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const ahead = (instant: number): number =>
    Date.parse(`${localTime(new Date(instant).toISOString(), timeZone)}Z`) - instant;
  // The offset at the guess may be another one than at the answer; the second look settles it.
  const guess = midnight - ahead(midnight);
  return new Date(midnight - ahead(guess)).toISOString();
}
