import type { Dataset, Rollup, RollupGrain, RollupMeasure, RollupSet } from '../../model/checked.ts';
import { describePart, type MeasurePart } from '../../model/rollups.ts';
import type { InstantRange } from '../buckets.ts';
import type { KeptRollup } from '../query-context.ts';
import { ROLLUP_SPAN } from '../rollup/columns.ts';
import { sharesDays, sharesHours } from '../zone-offsets.ts';
import { cutRange, type Pieces } from './pieces.ts';

/** The roll-ups that a query may read. */
export interface Rollups {
  /** By name: what the model declares. */
  declared: ReadonlyMap<string, Rollup>;
  /** By name: what is kept ready of it. */
  kept: ReadonlyMap<string, KeptRollup>;
  /** The workspace's, whose hours and days are kept, as the engine spells it. */
  zone: string;
  /** Instants between which all rows lie, as far as is known: what lies outside costs nothing to read. */
  data: Partial<InstantRange>;
}

/** What a statement asks of the rows that it reads. */
export interface Need {
  dataset: Dataset;
  /** Column of the dataset. */
  time: string;
  range: Partial<InstantRange>;
  /** Columns by which rows must be told apart → how people call them. */
  columns: ReadonlyMap<string, string>;
  /** Shortest local stretch that is told apart. */
  grain: RollupGrain | 'none';
  /** Zone of those stretches. */
  zone: string;
  /** What must be kept → the metric that needs it; one without parts cannot be kept. */
  parts: readonly { metric: string; parts: readonly MeasurePart[] }[];
  /** Instants at which what counts changes. */
  splits: readonly number[];
}

/** A table of a roll-up and the rows of one of its sets. */
export interface Level {
  grain: RollupGrain;
  table: string;
  set: RollupSet;
}

/** What a statement reads in place of all its facts. */
export interface RolledUp {
  rollup: Rollup;
  /** Days and hours may come from different sets. */
  levels: Partial<Record<RollupGrain, Level>>;
  pieces: Pieces;
  /** Whose days and hours they are, as the engine spells it. */
  zone: string;
  /** Columns of the tables, by what they hold (`describePart`). */
  measures: ReadonlyMap<string, RollupMeasure>;
}

/** `reason`: why no roll-up of the dataset can be read, where there is one. */
export type Choice = { kind: 'rollup'; source: RolledUp } | { kind: 'facts'; reason?: string };

const facts = (reason: string): Choice => ({ kind: 'facts', reason });

/** Where most would be read from the facts anyway, everything is. */
const MOST_FACTS = 0.6;

/** The smallest roll-up that has everything that is needed, or the reason why there is none. */
export function chooseRollup(need: Need, { declared, kept, zone, data }: Rollups): Choice {
  const own = [...declared.values()].filter(
    ({ dataset, sets }) => dataset.name === need.dataset.name && sets.length > 0,
  );
  const rollup = own.find(({ time }) => time === need.time);
  if (rollup === undefined) return own.length === 0 ? { kind: 'facts' } : facts(`no roll-up by ${need.time}`);
  const ready = kept.get(rollup.name);
  if (ready === undefined) return facts('its roll-up is not built yet');
  const measures = new Map(rollup.measures.map((measure) => [describePart(measure), measure]));
  const missing = need.parts.find(
    ({ parts }) => parts.length === 0 || parts.some((part) => !measures.has(describePart(part))),
  );
  if (missing !== undefined) return facts(`no roll-up has ${missing.metric}`);
  const strange = [...need.columns].find(([column]) => !rollup.keys.includes(column));
  if (strange !== undefined) return facts(`no roll-up has ${strange[1]}`);
  const names = need.parts.flatMap(({ parts }) => parts.map((part) => measures.get(describePart(part))?.name ?? ''));
  const span = { start: need.range.start ?? ROLLUP_SPAN.start, end: need.range.end ?? ROLLUP_SPAN.end };
  const level = (grain: RollupGrain): Level | undefined => {
    const table = ready.tables[grain];
    if (table === undefined || !fits(grain, need, zone, span)) return undefined;
    const set = smallest(rollup.sets.filter((each) => each.grains.includes(grain) && has(each, need, names)));
    return set && { grain, table, set };
  };
  const [day, hour] = [level('day'), level('hour')];
  if (day === undefined && hour === undefined) return facts(whyNoLevel(need, rollup, names, zone, span));
  const grains = [day, hour].flatMap((each) => each?.grain ?? []);
  const pieces = cutRange({ range: need.range, splits: need.splits, kept: ready, zone, grains });
  if (pieces.days === undefined && pieces.hours.length === 0)
    return facts(
      need.range.end !== undefined && need.range.end <= ready.from ? 'not built yet' : 'no whole bucket is ready',
    );
  if (factsShare(pieces, data) > MOST_FACTS) return facts('most of the range is not ready');
  return {
    kind: 'rollup',
    source: { rollup, levels: { ...(day && { day }), ...(hour && { hour }) }, pieces, zone, measures },
  };
}

/** Whether buckets of a grain tell enough apart, in the query's zone. */
function fits(grain: RollupGrain, need: Need, zone: string, span: InstantRange): boolean {
  if (need.grain === 'none') return true;
  if (grain === 'hour') return sharesHours(zone, need.zone, span);
  return need.grain === 'day' && sharesDays(zone, need.zone, span);
}

function has({ keys, measures }: RollupSet, { columns }: Need, names: readonly string[]): boolean {
  return [...columns.keys()].every((column) => keys.includes(column)) && names.every((name) => measures.has(name));
}

/** The set with the fewest keys has the fewest rows. */
function smallest(sets: readonly RollupSet[]): RollupSet | undefined {
  return sets.toSorted((a, b) => a.keys.length - b.keys.length || a.measures.size - b.measures.size)[0];
}

function whyNoLevel(need: Need, { sets }: Rollup, names: readonly string[], zone: string, span: InstantRange): string {
  const fitting = sets.filter((set) => has(set, need, names));
  if (fitting.length === 0)
    return need.columns.size < 2
      ? `no roll-up keeps ${listed(need.parts.map(({ metric }) => metric))} together`
      : `no roll-up has ${listed([...need.columns.values()])} together`;
  if (!sharesHours(zone, need.zone, span)) return `hours of ${need.zone} are not those of ${zone}`;
  return need.grain === 'hour' ? 'no roll-up by the hour' : `days of ${need.zone} are not those of ${zone}`;
}

function listed(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  return distinct.length < 2 ? distinct.join() : `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`;
}

/** How much of the time that holds data is read from the facts. */
function factsShare({ days, hours, facts: rest }: Pieces, data: Partial<InstantRange>): number {
  const except = days?.except.reduce((sum, day) => sum + within(day, data), 0) ?? 0;
  const kept = (days === undefined ? 0 : within(days, data) - except) + lengthOf(hours, data);
  const read = lengthOf(rest, data);
  return read === 0 ? 0 : read / (read + kept);
}

/** Milliseconds of some stretches in which there is data. */
export function lengthOf(stretches: readonly Partial<InstantRange>[], data: Partial<InstantRange>): number {
  return stretches.reduce((sum, stretch) => sum + within(stretch, data), 0);
}

function within({ start, end }: Partial<InstantRange>, data: Partial<InstantRange>): number {
  const from = Math.max(start ?? ROLLUP_SPAN.start, data.start ?? ROLLUP_SPAN.start);
  const until = Math.min(end ?? ROLLUP_SPAN.end, data.end ?? ROLLUP_SPAN.end);
  return Math.max(0, until - from);
}
