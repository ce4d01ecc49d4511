import { readDuration } from './mapping/read-duration.ts';

/**
 * Seconds that a webinar service says somebody stayed: `00:54:10`, `54:10`, `54 min`, `1h 5m`. Services write plain numbers in
 * minutes; one that would be longer than the time between joining and leaving is taken for seconds.
 * @param span seconds between joining and leaving, where both are known
 */
export function readWebinarDuration(value: unknown, span?: number): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (text === '' || text.length > 40) return undefined;
  const seconds = readDuration(text, 'minutes', '.');
  if (seconds === undefined) return undefined;
  const plain = /^\d+(?:\.\d+)?$/.test(text);
  if (!plain || span === undefined || seconds < span + 60) return seconds;
  return Number(text);
}
