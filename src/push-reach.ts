import type { SourceReach } from './completeness.ts';
import type { Source } from './connectors/sources.ts';
import type { SourceCounts } from './intake/counters.ts';
import type { SourceActivity } from './projector/source-activity.ts';
import { describeSource } from './source-status.ts';

/** So old may what is known of the ledger be. */
const LOOK_AGAIN_AFTER_MS = 15_000;

export interface PushReachOptions {
  sources: readonly Source[];
  counts: (source: string) => Readonly<SourceCounts>;
  clock: () => number;
  loadActivity: () => Promise<ReadonlyMap<string, SourceActivity>>;
  /** Milliseconds that only rise. */
  steadyNow?: () => number;
}

/**
 * What pushed sources owe, from the last look at the ledger: asking never waits, and looks again behind when that is old. How far
 * a pushed source reaches nobody can say.
 */
export function watchPushedSources(options: PushReachOptions): () => SourceReach[] {
  const { counts, clock, loadActivity, steadyNow = () => performance.now() } = options;
  const owing = options.sources.filter(
    // One that is read as well owes its runs.
    ({ push, pull, declaration }) => push !== undefined && pull === undefined && declaration.expect !== undefined,
  );
  let known: ReadonlyMap<string, SourceActivity> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const lookAgain = (): void => {
    if (owing.length === 0 || steadyNow() - lookedAt < LOOK_AGAIN_AFTER_MS) return;
    lookedAt = steadyNow();
    loadActivity().then(
      (activity) => {
        known = activity;
      },
      () => {
        lookedAt = Number.NEGATIVE_INFINITY;
      },
    );
  };
  return () => {
    lookAgain();
    if (known === null) return [];
    const activity = known;
    return owing.map((source) => {
      const { state, detail } = describeSource(source, activity.get(source.name), counts(source.name), clock());
      return {
        source: source.name,
        label: source.label,
        feeds: source.connector.feeds(source.settings),
        completeThrough: null,
        owes: state === 'late' || state === 'failed' ? state : null,
        detail,
      };
    });
  };
}
