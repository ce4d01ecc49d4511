const QUARTER_MS = 900_000;

/**
 * The local date (`2024-11-15`) of an instant in a zone, remembered by quarter of an hour: no zone changes its date within one.
 * @param timeZone IANA
 */
export function localDay(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const known = new Map<number, string>();
  return (instant) => {
    const quarter = Math.floor(instant / QUARTER_MS);
    let day = known.get(quarter);
    if (day === undefined) {
      day = format.format(instant);
      if (known.size > 10_000) known.clear();
      known.set(quarter, day);
    }
    return day;
  };
}
