import { HOUR_MS } from '../../contract/changes.ts';
import type { Dataset, Rollup, RollupGrain, RollupMeasure, RollupSet } from '../../model/checked.ts';
import {
  commas,
  comment,
  identifier,
  indented,
  inParens,
  instant,
  joined,
  lines,
  list,
  nested,
  number,
  sql,
  uint64,
  zone as zoneName,
} from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { InstantRange } from '../buckets.ts';
import { compilePredicate } from '../compile/predicate.ts';
import { compileRowSource, type RowExpression, tableName } from '../compile/row-source.ts';
import { compileBucket, compileLocalDay, compileTime, compileTimeBounds } from '../compile/time.ts';
import {
  BUCKET_COLUMN,
  compileKept,
  compileKeptTogether,
  compileNoKey,
  compileNothingKept,
  DELETED_COLUMN,
  keyColumn,
  rollupColumns,
  rollupTable,
  SET_COLUMN,
  VERSION_COLUMN,
} from './columns.ts';

/** The SQL that computes rows of roll-ups anew: made of the same parts as the queries over the facts that it stands for. */

/** Buckets to compute anew. */
export interface RollupSpan {
  /** Rising, disjoint, each made of whole buckets. */
  ranges: readonly InstantRange[];
  /** Start of every bucket in the ranges, in UTC seconds; only needed where there are several ranges. */
  buckets: readonly number[];
}

export interface RollupJob {
  rollup: Rollup;
  /** The workspace's, as the engine spells it. */
  zone: string;
  span: RollupSpan;
  /** Higher than that of every row that stands in the tables. */
  version: bigint;
}

/** Puts rows of local hours, read from the facts, in place of those that stand there; null where no set is kept by the hour. */
export function compileHours(job: RollupJob): RenderedSql | null {
  const sets = job.rollup.sets.filter(({ grains }) => grains.includes('hour'));
  return sets.length === 0
    ? null
    : insertRows(
        job,
        'hour',
        groupsOf(sets).map((group) => readFacts(job, 'hour', group)),
      );
}

/**
 * Puts rows of local days in place of those that stand there; null where no set is kept by the day. Sets that have hours are put
 * together from those, the others are read from the facts.
 *
 * @param from `facts`: every set is; for days in which the clock moves by a part of an hour, so that an hour may be of two days
 */
export function compileDays(job: RollupJob, from: 'hours' | 'facts'): RenderedSql | null {
  const sets = job.rollup.sets.filter(({ grains }) => grains.includes('day'));
  if (sets.length === 0) return null;
  const byHours = from === 'facts' ? [] : sets.filter(({ grains }) => grains.includes('hour'));
  return insertRows(job, 'day', [
    ...(byHours.length === 0 ? [] : [mergeHours(job, byHours)]),
    ...groupsOf(sets.filter((set) => !byHours.includes(set))).map((group) => readFacts(job, 'day', group)),
  ]);
}

/** Sets that keep the same measures are computed by one scan. */
function groupsOf(sets: readonly RollupSet[]): RollupSet[][] {
  return [...Map.groupBy(sets, ({ measures }) => [...measures].sort().join()).values()];
}

function insertRows(job: RollupJob, grain: RollupGrain, parts: readonly SqlNode[]): RenderedSql {
  const { rollup, zone } = job;
  const columns = Object.keys(rollupColumns(rollup)).map(identifier);
  return renderSql(sql`INSERT INTO ${tableName(rollupTable(rollup, grain, zone))} (${commas(columns)})
${joined('\nUNION ALL\n', [...parts, removeRows(job, grain)])}`);
}

/** What stands there goes, unless the same key comes again with the higher version. */
function removeRows({ rollup, zone, span, version }: RollupJob, grain: RollupGrain): SqlNode {
  const { dataset, keys, measures } = rollup;
  return sql`${comment(`${rollup.name}: keys that stand there go`)}SELECT
  ${indented(
    lines([
      ofRow(SET_COLUMN),
      ofRow(BUCKET_COLUMN),
      ...keys.map((key) => ofRow(keyColumn(key))),
      ...measures.map((measure) => nothing(measure, dataset)),
      sql`${uint64(version * 2n)} AS ${identifier(VERSION_COLUMN)}`,
      sql`1 AS ${identifier(DELETED_COLUMN)}`,
    ]),
  )}
FROM ${tableName(rollupTable(rollup, grain, zone))} AS kept FINAL
WHERE ${joined('\nAND ', compileSpan(span, ofRow(BUCKET_COLUMN), ofRow(BUCKET_COLUMN)))}`;
}

/** Days of sets that have hours. */
function mergeHours({ rollup, zone, span, version }: RollupJob, sets: readonly RollupSet[]): SqlNode {
  const { keys, measures } = rollup;
  const day = startOfDay(ofRow(BUCKET_COLUMN), zone);
  return sql`${comment(`${rollup.name}: days of their hours`)}SELECT
  ${indented(
    lines([
      ofRow(SET_COLUMN),
      sql`${day} AS day`,
      ...keys.map((key) => ofRow(keyColumn(key))),
      ...measures.map(({ name, method }) => compileKeptTogether(method, ofRow(name))),
      sql`${uint64(version * 2n + 1n)} AS ${identifier(VERSION_COLUMN)}`,
      sql`0 AS ${identifier(DELETED_COLUMN)}`,
    ]),
  )}
FROM ${tableName(rollupTable(rollup, 'hour', zone))} AS kept FINAL
WHERE ${joined('\nAND ', [
    sql`${ofRow(SET_COLUMN)} IN ${list(sets.map(({ index }) => number(index)))}`,
    ...compileSpan(span, ofRow(BUCKET_COLUMN), day),
  ])}
GROUP BY ${commas([ofRow(SET_COLUMN), sql`day`, ...keys.map((key) => ofRow(keyColumn(key)))])}`;
}

/** Named, because constants of one name but several types cannot stand side by side. */
const nothing = (measure: RollupMeasure, dataset: Dataset): SqlNode =>
  sql`${compileNothingKept(measure, dataset)} AS ${identifier(measure.name)}`;

const ofRow = (column: string): SqlNode => sql`kept.${identifier(column)}`;

/** Rows of some sets that keep the same measures, by one scan of the facts. */
function readFacts(
  { rollup, zone, span, version }: RollupJob,
  grain: RollupGrain,
  sets: readonly RollupSet[],
): SqlNode {
  const { dataset, time, measures, keys } = rollup;
  const own = keys.filter((key) => sets.some((set) => set.keys.includes(key)));
  const kept = measures.filter(({ name }) => sets.some((set) => set.measures.has(name)));
  const at = compileTime(dataset, time);
  const bucket: RowExpression = (column) => startOfBucket(at(column), grain, zone);
  const rows = compileRowSource({
    dataset,
    columns: new Map([
      ['bucket', bucket],
      ...own.map((key): [string, RowExpression] => [keyColumn(key), (column) => column(key)]),
      ...kept.flatMap(rowColumns),
    ]),
    where: [
      ...compileTimeBounds(dataset, time, {}),
      (column) => joined('\nAND ', compileSpan(span, at(column), bucket(column), at(column))),
    ],
  });
  const names = own.map((key) => identifier(keyColumn(key)));
  const together = (compile: (measure: RollupMeasure) => SqlNode) =>
    kept.map((measure) => sql`${compile(measure)} AS ${identifier(measure.name)}`);
  // Facts are gone through once: the sets are put together from the finest rows.
  const finest = sql`SELECT
  ${indented(
    lines([
      sql`bucket`,
      ...names,
      ...together((measure) => compileKept(measure.method, readValue(measure), conditionOf(measure))),
    ]),
  )}
FROM ${nested(rows)}
GROUP BY ${commas([sql`bucket`, ...names])}`;
  const grouped = sets.map((set) => commas([sql`bucket`, ...set.keys.map((key) => identifier(keyColumn(key)))]));
  const groupedRows = sql`SELECT
  ${indented(
    lines([
      names.length === 0 ? sql`0 AS mask` : sql`grouping(${commas(names)}) AS mask`,
      sql`bucket`,
      ...names,
      ...together(({ name, method }) => compileKeptTogether(method, sql`finest.${identifier(name)}`)),
    ]),
  )}
FROM ${nested(finest)} AS finest
GROUP BY GROUPING SETS (${joined(', ', grouped.map(inParens))})`;
  const masks = sets.map((set) => number(maskOf(own, set)));
  return sql`${comment(`${rollup.name}: ${grain}s of the facts`)}SELECT
  ${indented(
    lines([
      sql`transform(mask, [${commas(masks)}], [${commas(sets.map(({ index }) => number(index)))}])`,
      sql`toDateTime(bucket, 'UTC')`,
      ...keys.map((key) =>
        own.includes(key)
          ? identifier(keyColumn(key))
          : sql`${compileNoKey(rollup, key)} AS ${identifier(keyColumn(key))}`,
      ),
      ...measures.map((measure) => (kept.includes(measure) ? identifier(measure.name) : nothing(measure, dataset))),
      sql`${uint64(version * 2n + 1n)} AS ${identifier(VERSION_COLUMN)}`,
      sql`0 AS ${identifier(DELETED_COLUMN)}`,
    ]),
  )}
FROM ${nested(groupedRows)}`;
}

/** The engine's `grouping(a, b, …)` has a bit per key, the last key's lowest, set where the key is not grouped by. */
const maskOf = (keys: readonly string[], set: RollupSet): number =>
  keys.reduce((mask, key) => mask * 2 + (set.keys.includes(key) ? 0 : 1), 0);

function rowColumns(measure: RollupMeasure): [string, RowExpression][] {
  const { name, column, filter } = measure;
  return [
    ...(column === undefined ? [] : [[`value_${name}`, (read) => read(column)] satisfies [string, RowExpression]]),
    ...(filter === undefined
      ? []
      : [[`counted_${name}`, (read) => compilePredicate(filter, read)] satisfies [string, RowExpression]]),
  ];
}

const readValue = ({ name, column }: RollupMeasure): SqlNode =>
  column === undefined ? sql`1` : identifier(`value_${name}`);

const conditionOf = ({ name, filter }: RollupMeasure): SqlNode =>
  filter === undefined ? sql`1` : identifier(`counted_${name}`);

export function startOfBucket(at: SqlNode, grain: RollupGrain, zone: string): SqlNode {
  return grain === 'day' ? startOfDay(at, zone) : sql`toDateTime(${compileBucket(at, 'hour', zone, 'monday')}, 'UTC')`;
}

/** A local day as its first instant. */
const startOfDay = (at: SqlNode, zone: string): SqlNode =>
  sql`toDateTime(${compileLocalDay(at, zone)}, ${zoneName(zone)})`;

/**
 * Conditions that keep what lies in a span.
 *
 * @param hinted the time by which the facts are sorted, so that hours without a bucket are not read
 */
export function compileSpan(
  { ranges, buckets }: RollupSpan,
  at: SqlNode,
  bucket: SqlNode,
  hinted?: SqlNode,
): SqlNode[] {
  const first = ranges[0];
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) throw new Error('a span without a range');
  const bounds = [sql`${at} >= ${instant(first.start)}`, sql`${at} < ${instant(last.end)}`];
  if (ranges.length === 1) return bounds;
  const hours = new Set(
    ranges.flatMap(({ start, end }) => {
      const firstHour = Math.floor(start / HOUR_MS);
      return Array.from({ length: Math.ceil(end / HOUR_MS) - firstHour }, (_, index) => (firstHour + index) * 3600);
    }),
  );
  return [
    ...bounds,
    ...(hinted === undefined ? [] : [sql`toStartOfHour(${hinted}) IN ${list([...hours].map(number))}`]),
    sql`${bucket} IN ${list(buckets.map(number))}`,
  ];
}

/**
 * Upper bounds of the facts' rows per local day in a span, as rows of `day` (UTC seconds of its first instant) and `facts`: rows that
 * have been replaced count too, so that it is cheap.
 */
export function compileDayCounts({ rollup, zone, span }: Pick<RollupJob, 'rollup' | 'zone' | 'span'>): RenderedSql {
  const branches = timesOf(rollup).map(({ table, at }) => {
    const day = startOfDay(at, zone);
    return sql`SELECT ${day} AS day, count() AS facts FROM ${tableName(table)}
WHERE ${joined('\nAND ', [sql`${at} IS NOT NULL`, ...compileSpan(span, at, day, at)])}
GROUP BY day`;
  });
  return renderSql(sql`${comment(`${rollup.name}: rows per day`)}SELECT toUnixTimestamp(day) AS day, sum(facts) AS facts
FROM ${nested(joined('\nUNION ALL\n', branches))}
GROUP BY day
ORDER BY day`);
}

/** Rows of the facts before an instant, replaced ones too, as `facts`. */
export function compileRowsBefore(rollup: Rollup, before: number): RenderedSql {
  const branches = timesOf(rollup).map(
    ({ table, at }) => sql`SELECT count() AS own FROM ${tableName(table)} WHERE ${at} < ${instant(before)}`,
  );
  return renderSql(sql`SELECT sum(own) AS facts FROM ${nested(joined('\nUNION ALL\n', branches))}`);
}

/** The time column of each table that rows come from. */
function timesOf({ dataset, time }: Rollup): { table: string; at: SqlNode }[] {
  return dataset.branches.flatMap(({ table, columns }) => {
    const source = columns.get(time);
    return source === undefined || 'constant' in source ? [] : [{ table, at: identifier(source.column) }];
  });
}
