/** Fewer rows than this may go at once without a question. */
const UNSUSPICIOUS = 100;

/**
 * A full read deletes what it no longer finds. Where it found nothing at all, or less than half of what was there with more than 100
 * rows gone, something else is likely to be wrong (a filter, a permission, a service half way through its own work): then nothing is
 * deleted, and this is the sentence that says so. A full refresh by a person deletes whatever is gone.
 * @param before rows of the last full read that came to its end; null where there is none
 */
export function missingRows(stream: string, rows: number, before: number | null): string | null {
  if (before === null || before === 0) return null;
  const suspicious = rows === 0 || (rows * 2 < before && before - rows > UNSUSPICIOUS);
  if (!suspicious) return null;
  return `"${stream}" had ${before.toLocaleString('en')} rows and now has ${rows.toLocaleString('en')}. Nothing was deleted. If that is right, start a full refresh.`;
}
