import { HOUR_MS } from '../../contract/changes.ts';
import type { Dataset, Rollup } from '../../model/checked.ts';
import { allOf, anyOf, list, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import type { Level } from '../plan/choose-rollup.ts';
import type { Pieces } from '../plan/pieces.ts';
import { BUCKET_COLUMN, keyColumn, SET_COLUMN, sizeColumn, sizedMeasures } from '../rollup/columns.ts';
import { offsetsOf } from '../zone-offsets.ts';
import type { RowExpression } from './row-source.ts';
import { compileBucket, compileTime, compileTimeBounds, compileWithin } from './time.ts';

/** Names that no column of a dataset can have. */
const BUCKET = '@bucket';
const SET = '@set';
/** What is kept of a measure, as a column of `datasetOfLevel`. */
export const keptColumn = (measure: string): string => `@${measure}`;
/** How many people it holds. */
export const keptSize = (measure: string): string => `@${sizeColumn(measure)}`;

/** Its time is the first instant of a bucket. */
export const LEVEL_TIME = BUCKET;

/**
 * A table of a roll-up as a dataset: rows of buckets instead of facts, with the same dimensions, so that keys and filters mean what
 * they mean over the facts.
 */
export function datasetOfLevel(rollup: Rollup, { grain, table }: Level): Dataset {
  const { dataset, keys, measures } = rollup;
  const types = keys.flatMap((key) => {
    const column = dataset.columns.get(key);
    return column === undefined ? [] : [[key, column] as const];
  });
  const columns = [
    [BUCKET, BUCKET_COLUMN],
    [SET, SET_COLUMN],
    ...keys.map((key) => [key, keyColumn(key)]),
    ...measures.map(({ name }) => [keptColumn(name), name]),
    ...sizedMeasures(rollup).map(({ name }) => [keptSize(name), sizeColumn(name)]),
  ] as const;
  return {
    name: `${dataset.name} by the ${grain}`,
    label: dataset.label,
    branches: [
      { table, shown: table, columns: new Map(columns.map(([name = '', column = '']) => [name, { column }])) },
    ],
    columns: new Map([...types, [BUCKET, { type: 'instant', nullable: false }]]),
    time: BUCKET,
    entities: new Map(),
    dimensions: dataset.dimensions,
  };
}

/** Keeps the rows of a level's set whose buckets a statement reads. */
export function levelConditions({ set, grain }: Level, pieces: Pieces): RowExpression[] {
  const inSet: RowExpression = (column) => sql`${column(SET)} = ${number(set.index)}`;
  return [inSet, ...(grain === 'day' ? ofDays(pieces) : ofHours(pieces))];
}

function ofDays({ days }: Pieces): RowExpression[] {
  if (days === undefined) return [() => sql`0`];
  const starts = days.except.map(({ start }) => second(start));
  return [
    (column) => compileWithin(column(BUCKET), days),
    ...(starts.length === 0
      ? []
      : [(column: (name: string) => SqlNode) => sql`${column(BUCKET)} NOT IN ${list(starts)}`]),
  ];
}

/** As ranges where they are few, else bucket by bucket. */
function ofHours({ hours }: Pieces): RowExpression[] {
  const bounds = { start: hours[0]?.start ?? 0, end: hours.at(-1)?.end ?? 0 };
  const inBounds: RowExpression = (column) => compileWithin(column(BUCKET), bounds);
  if (hours.length < 2) return [inBounds];
  if (hours.length <= FEW)
    return [inBounds, (column) => anyOf(hours.map((hour) => compileWithin(column(BUCKET), hour)))];
  const starts = hours.flatMap(startsWithin).map(second);
  return [inBounds, (column) => sql`${column(BUCKET)} IN ${list(starts)}`];
}

/** More stretches than this are looked up as a set of hours. */
const FEW = 8;

const second = (at: number) => number(at / 1000);

const startsWithin = ({ start, end }: InstantRange): number[] =>
  Array.from({ length: (end - start) / HOUR_MS }, (_, index) => start + index * HOUR_MS);

/** Keeps the rows of a dataset that no level holds. */
export function factConditions({ facts }: Pieces, dataset: Dataset, time: string, zone: string): RowExpression[] {
  const at = compileTime(dataset, time);
  const [first] = facts;
  const last = facts.at(-1);
  const bounds = {
    ...(first?.start === undefined ? {} : { start: first.start }),
    ...(last?.end === undefined ? {} : { end: last.end }),
  };
  const known = compileTimeBounds(dataset, time, bounds);
  if (facts.length < 2) return known;
  if (facts.length <= FEW)
    return [...known, (column) => anyOf(facts.map((stretch) => compileWithin(at(column), stretch)))];
  const hours: InstantRange[] = [];
  const edges: Partial<InstantRange>[] = [];
  for (const { start, end } of facts) {
    if (start !== undefined && end !== undefined && isWholeHours({ start, end }, zone)) hours.push({ start, end });
    else edges.push({ ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) });
  }
  return [...known, ofManyHours(hours, edges, at, zone)];
}

function isWholeHours(stretch: InstantRange, zone: string): boolean {
  return offsetsOf(zone)
    .runs(stretch)
    .every(({ start, end, offset }) => (start + offset) % HOUR_MS === 0 && (end + offset) % HOUR_MS === 0);
}

/** Whole local hours as a set; the engine finds their rows by the hours of UTC that they lie in, where rows are sorted by those. */
function ofManyHours(
  hours: readonly InstantRange[],
  edges: readonly Partial<InstantRange>[],
  at: RowExpression,
  zone: string,
): RowExpression {
  const starts = hours.flatMap(startsWithin);
  const sorted = new Set(
    [...hours, ...edges].flatMap(({ start = 0, end = 0 }) =>
      startsWithin({ start: floor(start), end: floor(end + HOUR_MS - 1) }),
    ),
  );
  const isEdge = edges.map(
    (edge): RowExpression =>
      (column) =>
        compileWithin(at(column), edge),
  );
  const bounded = edges.every(({ start, end }) => start !== undefined && end !== undefined);
  return (column) => {
    const whole = sql`${compileBucket(at(column), 'hour', zone, 'monday')} IN ${list(starts.map(second))}`;
    const any = anyOf([...(starts.length === 0 ? [] : [whole]), ...isEdge.map((edge) => edge(column))]);
    return bounded ? allOf([sql`toStartOfHour(${at(column)}) IN ${list([...sorted].map(second))}`, any]) : any;
  };
}

const floor = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;
