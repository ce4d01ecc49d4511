import type { Source } from './connectors/sources.ts';
import type { SourceInfo } from './contract/api.ts';
import type { SourceCounts } from './intake/counters.ts';
import type { SourceActivity } from './projector/source-activity.ts';
import { describeLength, parseLength } from './sync/lengths.ts';
import type { SourceStatus } from './sync/source-book.ts';

const HOUR = 3_600_000;
/** A refusal so recent says more about a source than its last good delivery. */
const REFUSAL_COUNTS_FOR = 24 * HOUR;

/** State of a source that is pushed to, in words. `now` is UTC milliseconds. */
export function describeSource(
  source: Source,
  activity: SourceActivity | undefined,
  counts: Readonly<SourceCounts>,
  now: number,
): SourceInfo {
  return {
    name: source.name,
    label: source.label,
    connector: source.connector.name,
    mode: 'push',
    ...describeState(source, activity, counts, now),
    last_received_at: activity === undefined ? null : new Date(activity.lastReceivedAt).toISOString(),
    received_24h: activity?.received24h ?? 0,
    quarantined: activity?.quarantined ?? 0,
    hook: `/hooks/${source.name}`,
    ...describeExpected(source),
  };
}

/** What is said of a pushed source's `expect.max_age`; a time of the day (`by`) is owed by runs only. */
function describeExpected({ declaration: { expect } }: Source): { expected?: string } {
  return expect?.max_age === undefined
    ? {}
    : { expected: `at most ${describeLength(parseLength(expect.max_age))} old` };
}

/**
 * State of a source that is read or fed with files: what arrived, and what its runs say. One whose service sends as well has an
 * address, and a refused delivery is told beside the runs: these bring what it held.
 */
export function describePullSource(
  source: Source,
  activity: SourceActivity | undefined,
  status: SourceStatus | null,
  declaredTables: ReadonlySet<string>,
  { counts, now }: { counts: Readonly<SourceCounts>; now: number },
): SourceInfo {
  const known = status ?? { state: 'waiting' as const, detail: 'It has only just been connected.' };
  const refused = source.push === undefined ? undefined : recentRefusal(counts, now);
  return {
    name: source.name,
    label: source.label,
    connector: source.connector.name,
    mode: source.pull?.mode ?? 'pull',
    last_received_at: activity === undefined ? null : new Date(activity.lastReceivedAt).toISOString(),
    received_24h: activity?.received24h ?? 0,
    quarantined: activity?.quarantined ?? 0,
    ...known,
    detail: refused === undefined ? known.detail : `${known.detail} ${refused}`,
    ...(source.push === undefined ? {} : { hook: `/hooks/${source.name}` }),
    streams: (source.pull?.streams(source.settings) ?? []).map((stream) =>
      stream.table === undefined ? stream : { ...stream, declared: declaredTables.has(stream.table) },
    ),
  };
}

function describeState(
  source: Source,
  activity: SourceActivity | undefined,
  counts: Readonly<SourceCounts>,
  now: number,
): Pick<SourceInfo, 'state' | 'detail'> {
  const refused = recentRefusal(counts, now, activity?.lastReceivedAt);
  if (refused !== undefined) return { state: 'failed', detail: refused };
  if (activity === undefined) return { state: 'waiting', detail: 'Nothing has arrived yet.' };
  const owed = source.declaration.expect?.max_age;
  if (owed !== undefined && now - activity.lastReceivedAt > parseLength(owed)) {
    return {
      state: 'late',
      detail: `Nothing for ${describeLength(now - activity.lastReceivedAt)}; at least every ${describeLength(parseLength(owed))} is expected.`,
    };
  }
  return { state: 'ok', detail: 'Receives.' };
}

/** A sentence on the last delivery, where it was refused and nothing good came since. */
function recentRefusal(counts: Readonly<SourceCounts>, now: number, lastReceivedAt = 0): string | undefined {
  const refusal = counts.lastRefusal;
  const lastGood = Math.max(counts.lastAcceptedAt ?? 0, lastReceivedAt);
  if (refusal === undefined || refusal.at < lastGood || now - refusal.at >= REFUSAL_COUNTS_FOR) return undefined;
  return `The last delivery was refused: ${refusal.reason}`;
}
