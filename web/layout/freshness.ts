import type { Freshness } from '../../src/contract/api.ts';
import { formatInstant, formatValue } from '../format/index.ts';

export interface FreshnessWords {
  tone: 'good' | 'warn' | 'bad';
  /** The chip: "Complete to Fri 15 Nov 2024, 23:59". */
  text: string;
}

interface Place {
  locale: string;
  timeZone: string;
  /** The workspace's clock. */
  now: string;
}

/** One sentence for the top bar: the worst of the server's state and its sources. */
export function freshnessWords(reachable: boolean, freshness: Freshness | undefined, place: Place): FreshnessWords {
  if (!reachable) return { tone: 'bad', text: 'Not connected' };
  if (!freshness) return { tone: 'warn', text: 'Looking for the state of the data' };
  if (freshness.state === 'unavailable') return { tone: 'bad', text: 'Numbers are not available' };
  if (freshness.state === 'receive_only') return { tone: 'bad', text: 'Receiving only: nothing new is counted' };
  const [worst] = freshness.late;
  if (worst) {
    const more = andMore(freshness.late.length - 1);
    return { tone: worst.state === 'failed' ? 'bad' : 'warn', text: `${owingWords(worst, place)}${more}` };
  }
  if (freshness.state === 'catching_up') {
    return { tone: 'warn', text: `Catching up: ${freshness.pending.toLocaleString(place.locale)} waiting` };
  }
  return {
    tone: 'good',
    text: `Complete to ${lastMinuteBefore(freshness.complete_through, place.locale, place.timeZone)}`,
  };
}

/** "Operator X 9 h late", "E-mail failed 3×". */
function owingWords(source: Freshness['late'][number], { locale, now }: Place): string {
  if (source.state === 'failed') {
    const times = source.failures ?? 0;
    return times > 1 ? `${source.label} failed ${times}×` : `${source.label} failed`;
  }
  if (source.since === undefined) return `${source.label} is late`;
  return `${source.label} ${lengthWords(source.since, now, locale)} late`;
}

/** "9 h", "3 d", "12 m": the largest whole unit between two instants. */
export function lengthWords(from: string, to: string, locale: string): string {
  const seconds = Math.max(60, (Date.parse(to) - Date.parse(from)) / 1000);
  const [size, unit] = seconds >= 2 * 86_400 ? [86_400, 'd'] : seconds >= 3_600 ? [3_600, 'h'] : ([60, 'm'] as const);
  return `${formatValue(Math.floor(seconds / Number(size)), { locale }, 'table')} ${unit}`;
}

function andMore(others: number): string {
  return others === 0 ? '' : ` and ${others} more`;
}

/** `complete_through` is exclusive: midnight means the day before, 23:59. */
function lastMinuteBefore(instant: string, locale: string, timeZone: string): string {
  const at = Date.parse(instant);
  if (!Number.isFinite(at)) return 'now';
  return formatInstant(new Date(at - 1).toISOString(), locale, timeZone);
}
