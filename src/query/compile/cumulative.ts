import { addDays } from '../../contract/plain-date.ts';
import { commas, comment, date, indented, joined, lines, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import { startOfDay } from '../local-time.ts';
import { type CumulativeBlock, isStock } from '../plan/blocks.ts';
import type { Choice } from '../plan/choose-rollup.ts';
import { describeChoice } from '../plan/tables.ts';
import type { Group } from '../resolved.ts';
import { type WindowEnd, windowEnds } from '../window-ends.ts';
import { chooseStates, compileDayStates, compileStretches, type DayStates } from './day-states.ts';
import { type Key, keyIdentifiers, personKeys, readKeys } from './keys.ts';
import { compilePersonNames } from './person.ts';
import { isHeavy, readsOf, readsOfPeople } from './reads.ts';
import {
  cutScope,
  finishStatement,
  type LeafRow,
  type RawRow,
  readNumber,
  type Scope,
  type Statement,
} from './statement.ts';

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
  return [...statements, { ...totals, read: (rows) => totals.read(rows).map((row) => ({ ...row, total: true })) }];
}

/** States of days are merged differently for each way to group, so each has a statement of its own. */
function ofSet(block: CumulativeBlock, scope: Scope, groups: readonly Group[], set: number): Statement[] {
  const { sets: _, buckets, ...rest } = scope;
  const timed = groups.some((group) => group.kind === 'time') && buckets !== undefined;
  return compileCumulative(block, { ...rest, groups, ...(timed ? { buckets } : {}) }).map((one) => ({
    ...one,
    read: (rows) => one.read(rows).map((row) => ({ ...row, set })),
  }));
}

function statement(block: CumulativeBlock, scope: Scope, ends: readonly WindowEnd[]): Statement {
  const keys = scope.groups.map((group): Key | null => (group.kind === 'time' ? null : group));
  const rowKeys = keys.filter((key) => key !== null);
  const windowed = !isStock(block);
  const range = windowed ? rangeOfWindows(block, scope, ends) : { end: endOf(scope, ends) };
  const choice = chooseStates({ block, scope, keys: rowKeys, range });
  const heading = `${block.measure.metric.name}, cumulative${scope.groups.length > 0 ? `, by ${scope.groups.map((group) => group.name).join(', ')}` : ''}`;
  const finish = (from: Choice) => {
    const body = (windowed ? trailing : running)({ block, scope, keys: rowKeys, range }, from, ends);
    return finishStatement(heading, compilePersonNames(body, personKeys(rowKeys)));
  };
  const key = finish({ kind: 'facts' });
  const place = (row: ReadRow, bucket: string | undefined): LeafRow => {
    const own = [...row.keys];
    return {
      keys: keys.map((key) => (key === null ? (bucket ?? null) : (own.shift() ?? null))),
      total: false,
      values: row.values,
    };
  };
  return {
    sql: choice.kind === 'facts' ? key : finish(choice),
    traits: {
      key,
      reads: [
        ...readsOf(block.dataset, block.time, range),
        ...readsOfPeople(scope.filters, personKeys(rowKeys).length > 0),
      ],
      heavy: isHeavy(choice.kind === 'facts' ? [range] : choice.source.pieces.facts),
    },
    plan: describeChoice(choice, block.dataset),
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

type Days = Omit<DayStates, 'alias' | 'bucketOf'>;

/** Days → states, each given to every end within its window. */
function trailing(days: Days, choice: Choice, ends: readonly WindowEnd[]): SqlNode {
  const states: DayStates = { ...days, alias: 'day', bucketOf: (day) => day };
  const compiled = compileDayStates(states, choice, false);
  const { value } = compiled;
  const keys = keyIdentifiers(days.keys);
  const lengths = lengthsOf(days.block);
  const stretch = choice.kind === 'facts' ? 1 : Math.round(Math.sqrt(lengths.at(-1) ?? 1));
  const rows = stretch < 2 ? compiled.rows : compileStretches(compiled, states, stretch);
  const widths = sql`arrayJoin([${commas(lengths.map(number))}]) AS days`;
  return sql`${comment('each day counts for every end whose window holds it')}SELECT
  ${indented(lines([sql`end_day`, sql`days`, ...keys, sql`${value} AS value`]))}
FROM ${nested(sql`SELECT *, ${widths}\nFROM ${nested(rows)}`)}
ARRAY JOIN arrayFilter(last -> ${isInWindow(stretch)}, ${endList(ends)}) AS end_day
GROUP BY ${commas([sql`end_day`, sql`days`, ...keys])}`;
}

/** Whether a day counts for an end; where whole stretches do, their days do not. */
function isInWindow(stretch: number): SqlNode {
  const day = sql`last >= day AND last < day + days`;
  if (stretch < 2) return day;
  const whole = sql`last >= stretch + ${number(stretch - 1)} AND last < stretch + days`;
  return sql`if(is_stretch, ${whole}, ${day} AND NOT (${whole}))`;
}

const lengthsOf = ({ windows }: CumulativeBlock): number[] =>
  [...new Set(windows.map(({ days }) => days ?? 1))].sort((a, b) => a - b);

function rangeOfWindows(block: CumulativeBlock, scope: Scope, ends: readonly WindowEnd[]): InstantRange {
  const longest = lengthsOf(block).at(-1) ?? 1;
  const first = ends[0]?.day ?? '';
  return { start: startOfDay(addDays(first, 1 - longest), scope.clock.zone), end: endOf(scope, ends) };
}

/** Everything up to each end: rows are put to the first end that holds them, then added up in order. */
function running(days: Days, choice: Choice, ends: readonly WindowEnd[]): SqlNode {
  const list = endList(ends);
  const bucketOf = (day: SqlNode) => sql`arrayFirst(last -> last >= ${day}, ${list})`;
  const { rows, value } = compileDayStates({ ...days, alias: 'end_day', bucketOf }, choice, true);
  const keys = keyIdentifiers(days.keys);
  const partition = keys.length === 0 ? sql`` : sql`PARTITION BY ${commas(keys)} `;
  return sql`${comment('everything up to each end')}SELECT
  ${indented(
    lines([
      sql`end_day`,
      ...keys,
      sql`${value} OVER (${partition}ORDER BY end_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS value`,
    ]),
  )}
FROM ${nested(rows)}`;
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
