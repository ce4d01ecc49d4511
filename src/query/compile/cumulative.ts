import { addDays } from '../../contract/plain-date.ts';
import { commas, comment, date, identifier, indented, joined, lines, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import { startOfDay } from '../local-time.ts';
import { type CumulativeBlock, isStock } from '../plan/blocks.ts';
import type { Group } from '../resolved.ts';
import { type WindowEnd, windowEnds } from '../window-ends.ts';
import { compileMerge, compileState } from './aggregate.ts';
import { compileFilters } from './filter.ts';
import { compileKeys, type Key, keyIdentifiers, personKeys, readKeys } from './keys.ts';
import { compileCountedRows, compileMeasureColumns, measureInputs } from './measures.ts';
import { compilePersonNames } from './person.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import {
  cutScope,
  finishStatement,
  type LeafRow,
  type RawRow,
  readNumber,
  type Scope,
  type Statement,
} from './statement.ts';
import { compileLocalDay, compileTime, compileTimeBounds } from './time.ts';

/**
 * Trailing windows and running totals. Each local day is reduced to a state that merges exactly (people: a bitmap); a state then
 * counts for every end whose window holds its day. Totals are the value at the range's last complete day.
 */
export function compileCumulative(block: CumulativeBlock, whole: Scope): Statement[] {
  if (whole.sets !== undefined) return whole.sets.flatMap((set, index) => ofSet(block, whole, set, index));
  const soFar = isStock(block);
  const scope = cutScope(whole, block.until);
  const ends = windowEnds(scope.buckets, scope.range, scope.clock, soFar);
  const statements = ends.length === 0 ? [] : [statement(block, scope, ends)];
  if (!scope.totals || scope.groups.length === 0) return statements;
  const { buckets: _, ...overall } = scope;
  const last = windowEnds(undefined, scope.range, scope.clock, soFar);
  if (last.length === 0) return statements;
  const totals = statement(block, { ...overall, groups: [] }, last);
  return [
    ...statements,
    { sql: totals.sql, read: (rows) => totals.read(rows).map((row) => ({ ...row, total: true })) },
  ];
}

/** States of days are merged differently for each way to group, so each has a statement of its own. */
function ofSet(block: CumulativeBlock, scope: Scope, groups: readonly Group[], set: number): Statement[] {
  const { sets: _, buckets, ...rest } = scope;
  const timed = groups.some((group) => group.kind === 'time') && buckets !== undefined;
  return compileCumulative(block, { ...rest, groups, ...(timed ? { buckets } : {}) }).map(({ sql: text, read }) => ({
    sql: text,
    read: (rows) => read(rows).map((row) => ({ ...row, set })),
  }));
}

function statement(block: CumulativeBlock, scope: Scope, ends: readonly WindowEnd[]): Statement {
  const keys = scope.groups.map((group): Key | null => (group.kind === 'time' ? null : group));
  const rowKeys = keys.filter((key) => key !== null);
  const windowed = !isStock(block);
  const body = windowed ? trailing(block, scope, rowKeys, ends) : running(block, scope, rowKeys, ends);
  const heading = `${block.measure.metric.name}, cumulative${scope.groups.length > 0 ? `, by ${scope.groups.map((group) => group.name).join(', ')}` : ''}`;
  const place = (row: ReadRow, bucket: string | undefined): LeafRow => {
    const own = [...row.keys];
    return {
      keys: keys.map((key) => (key === null ? (bucket ?? null) : (own.shift() ?? null))),
      total: false,
      values: row.values,
    };
  };
  return {
    sql: finishStatement(heading, compilePersonNames(body, personKeys(rowKeys))),
    read: (rows) => {
      const read = rows.map((row) => readRow(block, rowKeys, row));
      const byDay = new Map(ends.map((end) => [end.day, end.bucket]));
      return (windowed ? read : carryForward(read, ends)).map((row) => place(row, byDay.get(row.day)));
    },
  };
}

interface ReadRow {
  day: string;
  keys: (string | number | null)[];
  values: [number, number | null][];
}

function readRow(block: CumulativeBlock, keys: readonly Key[], row: RawRow): ReadRow {
  const window = block.windows.filter(({ days }) => days === undefined || days === Number(row['days']));
  return {
    day: String(row['end_day']),
    keys: readKeys(keys, row),
    values: window.map(({ leaf }) => [leaf.index, readNumber(row['value'])]),
  };
}

/** Days → states, each given to every end within its window. */
function trailing(block: CumulativeBlock, scope: Scope, keys: readonly Key[], ends: readonly WindowEnd[]): SqlNode {
  const lengths = [...new Set(block.windows.map((window) => window.days ?? 1))].sort((a, b) => a - b);
  const longest = lengths.at(-1) ?? 1;
  const first = ends[0]?.day ?? '';
  const start = startOfDay(addDays(first, 1 - longest), scope.clock.zone);
  const daily = states(block, scope, keys, { start, end: endOf(scope, ends) }, ['day', (day) => day]);
  const widths = sql`arrayJoin([${commas(lengths.map(number))}]) AS days`;
  return sql`${comment('each day counts for every end whose window holds it')}SELECT
  ${indented(lines([sql`end_day`, sql`days`, ...keyIdentifiers(keys), sql`${compileMerge(block.measure.method, sql`state`)} AS value`]))}
FROM ${nested(sql`SELECT *, ${widths}\nFROM ${nested(daily)}`)}
ARRAY JOIN arrayFilter(last -> last >= day AND last < day + days, ${endList(ends)}) AS end_day
GROUP BY ${commas([sql`end_day`, sql`days`, ...keyIdentifiers(keys)])}`;
}

/** Everything up to each end: rows are put to the first end that holds them, then added up in order. */
function running(block: CumulativeBlock, scope: Scope, keys: readonly Key[], ends: readonly WindowEnd[]): SqlNode {
  const list = endList(ends);
  const parts = states(block, scope, keys, { end: endOf(scope, ends) }, [
    'end_day',
    (day) => sql`arrayFirst(last -> last >= ${day}, ${list})`,
  ]);
  const partition = keys.length === 0 ? sql`` : sql`PARTITION BY ${commas(keyIdentifiers(keys))} `;
  return sql`${comment('everything up to each end')}SELECT
  ${indented(
    lines([
      sql`end_day`,
      ...keyIdentifiers(keys),
      sql`${compileMerge(block.measure.method, sql`state`)} OVER (${partition}ORDER BY end_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS value`,
    ]),
  )}
FROM ${nested(parts)}`;
}

function states(
  block: CumulativeBlock,
  { clock, filters }: Scope,
  keys: readonly Key[],
  range: Partial<InstantRange>,
  [alias, bucketOf]: [string, (day: SqlNode) => SqlNode],
): SqlNode {
  const { dataset, time, measure } = block;
  const at = compileTime(dataset, time);
  const bucket: RowExpression = (column) => bucketOf(compileLocalDay(at(column), clock.zone));
  const rows = compileRowSource({
    dataset,
    columns: new Map([
      [alias, bucket],
      ...compileKeys(keys, dataset, time, clock),
      ...compileMeasureColumns([measure], dataset),
    ]),
    where: [
      ...compileTimeBounds(dataset, time, range),
      ...compileFilters(filters, dataset, time, clock),
      ...compileCountedRows([measure]),
    ],
  });
  const { value, condition } = measureInputs(measure, 0);
  const grouped = [identifier(alias), ...keyIdentifiers(keys)];
  return sql`${comment(`one state per ${alias}`)}SELECT
  ${indented(lines([...grouped, sql`${compileState(measure.method, value, condition)} AS state`]))}
FROM ${nested(rows)}
GROUP BY ${commas(grouped)}`;
}

/** Rows count to the end of the last day, and never past the range. */
function endOf({ range, clock }: Scope, ends: readonly WindowEnd[]): number {
  const last = startOfDay(addDays(ends.at(-1)?.day ?? '', 1), clock.zone);
  return range === undefined ? last : Math.min(last, range.end);
}

function endList(ends: readonly WindowEnd[]): SqlNode {
  return sql`[${joined(
    ', ',
    ends.map((end) => date(end.day)),
  )}]`;
}

/** An end without rows of its own has the value of the end before it. */
function carryForward(rows: readonly ReadRow[], ends: readonly WindowEnd[]): ReadRow[] {
  const series = Map.groupBy(rows, (row) => JSON.stringify(row.keys));
  return [...series.values()].flatMap((own) => {
    const byDay = new Map(own.map((row) => [row.day, row]));
    let last: ReadRow | undefined;
    return ends.flatMap((end) => {
      last = byDay.get(end.day) ?? last;
      return last === undefined ? [] : [{ ...last, day: end.day }];
    });
  });
}
