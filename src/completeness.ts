import type { Freshness } from './contract/api.ts';
import type { Feed } from './contract/connector.ts';
import { FACT_TABLES, userTableName } from './contract/facts.ts';
import type { RecordKind } from './contract/record.ts';
import type { ResultMeta } from './contract/result.ts';

/** How far a source reaches and what it owes. */
export interface SourceReach {
  source: string;
  label: string;
  feeds: readonly Feed[];
  /** Everything that the service had then is here, UTC milliseconds; null where nobody can say. */
  completeThrough: number | null;
  owes: 'late' | 'failed' | null;
  /** A sentence. */
  detail: string;
  lateSince?: number | null;
  failures?: number;
}

export interface Completeness {
  /** UTC milliseconds, exclusive. */
  completeThrough: number;
  late: NonNullable<ResultMeta['late']>;
}

/** Tables that a kind of record fills. */
const TABLES_OF: Partial<Record<RecordKind, readonly (keyof typeof FACT_TABLES)[]>> = {
  message_event: ['messages'],
  person: ['people'],
  invitation: ['invitations'],
  activity: ['activities'],
  webinar: ['participations', 'stays'],
  registration: ['participations', 'stays'],
  attendance: ['participations', 'stays'],
  recording_view: ['participations', 'stays'],
};

/** True where numbers from these tables depend on the source. Who sends anything at all, a webhook, is taken to feed all. */
export function feedsAny(feeds: readonly Feed[], tables: readonly string[]): boolean {
  return feeds.some(({ record, table }) =>
    record === 'row'
      ? tables.some((name) => (table === undefined ? !(name in FACT_TABLES) : name === userTableName(table)))
      : tables.some((name) => (TABLES_OF[record] ?? []).some((fed) => fed === name)),
  );
}

/**
 * Up to when numbers from these tables are complete: the least of all sources that feed them, and which of those owe something.
 * @param asOf receipt time up to which everything is counted, UTC milliseconds
 */
export function completenessOf(sources: readonly SourceReach[], tables: readonly string[], asOf: number): Completeness {
  const feeding = sources.filter(({ feeds }) => feedsAny(feeds, tables));
  const reached = feeding.flatMap(({ completeThrough }) => (completeThrough === null ? [] : [completeThrough]));
  return {
    completeThrough: Math.min(asOf, ...reached),
    late: feeding
      .filter(({ owes }) => owes !== null)
      .map(({ source, label, detail, completeThrough }) => ({
        source,
        label,
        detail,
        complete_through: completeThrough === null ? null : new Date(completeThrough).toISOString(),
      })),
  };
}

/** Sources that owe something, the failed first. */
export function describeLate(sources: readonly SourceReach[]): Freshness['late'] {
  return sources
    .flatMap(({ source, label, owes, detail, completeThrough, lateSince, failures }) =>
      owes === null
        ? []
        : [
            {
              source,
              label,
              state: owes,
              detail,
              complete_through: completeThrough === null ? null : new Date(completeThrough).toISOString(),
              ...(lateSince == null ? {} : { since: new Date(lateSince).toISOString() }),
              ...(failures === undefined ? {} : { failures }),
            },
          ],
    )
    .toSorted((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'));
}
