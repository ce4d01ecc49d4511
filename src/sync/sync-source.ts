import { createHash } from 'node:crypto';
import type { Source } from '../connectors/sources.ts';
import type { PullConnector, Stream } from '../contract/pull.ts';
import type { SourceDeclaration } from '../contract/source.ts';
import { parseSchedule, type Schedule } from './schedule.ts';
import { createMask } from './secrets.ts';

/** A source that Turnout reads, with what its declaration says worked out. */
export interface SyncSource {
  name: string;
  label: string;
  connector: PullConnector;
  settings: unknown;
  declaration: SourceDeclaration;
  /** None where people bring files: then nothing is read. */
  streams: readonly Stream[];
  schedule: Schedule;
  /** A sentence where the schedule cannot be read: nothing runs by itself then. */
  problem: string | null;
  /** Changes when somebody changes the declaration. */
  declared: string;
  mask: (sentence: string) => string;
}

/** Those of the sources that are read. */
export function pickSyncSources(
  sources: readonly Source[],
  timeZone: string,
  env: Readonly<Record<string, string | undefined>>,
): SyncSource[] {
  return sources.flatMap((source) => (source.pull === undefined ? [] : [prepare(source, source.pull, timeZone, env)]));
}

function prepare(
  source: Source,
  connector: PullConnector,
  timeZone: string,
  env: Readonly<Record<string, string | undefined>>,
): SyncSource {
  const { name, label, settings, declaration } = source;
  const streams = connector.streams(settings);
  return {
    name,
    label,
    connector,
    settings,
    declaration,
    streams,
    // What people bring has no time of its own.
    ...readSchedule(streams.length === 0 ? 'manual' : declaration.schedule, timeZone),
    // Values of variables stay out: the hash is kept, and a new value comes with a new start.
    declared: createHash('sha256').update(JSON.stringify(declaration)).digest('hex'),
    mask: createMask(declaration.settings, settings, env),
  };
}

function readSchedule(text: string | undefined, timeZone: string): Pick<SyncSource, 'schedule' | 'problem'> {
  try {
    return { schedule: parseSchedule(text, timeZone), problem: null };
  } catch (error) {
    return { schedule: parseSchedule('manual', timeZone), problem: error instanceof Error ? error.message : '' };
  }
}
