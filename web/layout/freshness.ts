import type { Freshness, SourceInfo } from '../../src/contract/api.ts';
import { formatInstant } from '../format/index.ts';

export interface FreshnessWords {
  tone: 'good' | 'warn' | 'bad';
  /** The chip: "Complete to Fri 15 Nov 2024, 23:59". */
  text: string;
}

/** One sentence for the top bar: the worst of the server's state and its sources. */
export function freshnessWords(
  reachable: boolean,
  freshness: Freshness | undefined,
  sources: readonly SourceInfo[] | undefined,
  locale: string,
  timeZone: string,
): FreshnessWords {
  if (!reachable) return { tone: 'bad', text: 'Not connected' };
  if (!freshness) return { tone: 'warn', text: 'Looking for the state of the data' };
  if (freshness.state === 'unavailable') return { tone: 'bad', text: 'Numbers are not available' };
  if (freshness.state === 'receive_only') return { tone: 'bad', text: 'Receiving only: nothing new is counted' };
  const [firstFailed, ...otherFailed] = (sources ?? []).filter((source) => source.state === 'failed');
  if (firstFailed) return { tone: 'bad', text: `${firstFailed.label} failed${andMore(otherFailed.length)}` };
  const [firstLate, ...otherLate] = (sources ?? []).filter((source) => source.state === 'late');
  if (firstLate) return { tone: 'warn', text: `${firstLate.label} is late${andMore(otherLate.length)}` };
  if (freshness.state === 'catching_up') {
    return { tone: 'warn', text: `Catching up: ${freshness.pending.toLocaleString(locale)} waiting` };
  }
  return { tone: 'good', text: `Complete to ${lastMinuteBefore(freshness.complete_through, locale, timeZone)}` };
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
