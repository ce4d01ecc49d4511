import { commas, comment, identifier, indented, lines, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import type { CumulativeBlock } from '../plan/blocks.ts';
import { type Choice, chooseRollup, type RolledUp } from '../plan/choose-rollup.ts';
import { needOf } from '../plan/need.ts';
import { compileMerge, compileState } from './aggregate.ts';
import { compileFilters } from './filter.ts';
import { compileKeys, type Key, keyIdentifiers } from './keys.ts';
import { compileCountedRows, compileMeasureColumns, measureInputs } from './measures.ts';
import { compileKeptMeasure, compileKeptTogetherAll, compileRolledUpRows } from './rolled-up.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import type { Scope } from './statement.ts';
import { compileLocalDay, compileTime, compileTimeBounds } from './time.ts';

/** Rows of local days, each with a state that merges exactly, under an alias and by some keys. */
export interface DayStates {
  block: CumulativeBlock;
  scope: Scope;
  keys: readonly Key[];
  range: Partial<InstantRange>;
  /** What a day's states are put to, and its name. */
  alias: string;
  bucketOf(day: SqlNode): SqlNode;
}

export interface CompiledStates {
  rows: SqlNode;
  /** The value of several states together: an aggregate. */
  value: SqlNode;
}

/** Whether the days can be read from a roll-up. */
export function chooseStates({ block, scope, keys, range }: Omit<DayStates, 'alias' | 'bucketOf'>): Choice {
  // Its two parts are no single aggregate that a window could run over.
  if (block.measure.method === 'average') return { kind: 'facts', reason: 'averages of windows are not kept' };
  const days: Key[] = [...keys, { kind: 'local_day', name: 'local_day' }];
  return chooseRollup(needOf({ ...block, measures: [block.measure] }, days, { ...scope, range }), scope.rollups);
}

/** `together`: one row for each alias and key, where a day may otherwise have several. */
export function compileDayStates(states: DayStates, choice: Choice, together: boolean): CompiledStates {
  return choice.kind === 'facts' ? ofFacts(states) : ofRollup(states, choice.source, together);
}

function ofFacts({ block, scope, keys, range, alias, bucketOf }: DayStates): CompiledStates {
  const { dataset, time, measure } = block;
  const { clock, filters } = scope;
  const rows = compileRowSource({
    dataset,
    columns: new Map([
      [alias, dayOf(dataset, time, clock.zone, bucketOf)],
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
  return {
    rows: sql`${comment(`one state per ${alias}`)}SELECT
  ${indented(lines([...grouped, sql`${compileState(measure.method, value, condition)} AS state`]))}
FROM ${nested(rows)}
GROUP BY ${commas(grouped)}`,
    value: compileMerge(measure.method, sql`state`),
  };
}

function ofRollup(
  { block, scope, keys, alias, bucketOf }: DayStates,
  source: RolledUp,
  together: boolean,
): CompiledStates {
  const { dataset, time, measure } = block;
  const rows = compileRolledUpRows({
    source,
    dataset,
    time,
    measures: [measure],
    scope,
    keys: (of, by) =>
      new Map([[alias, dayOf(of, by, scope.clock.zone, bucketOf)], ...compileKeys(keys, of, by, scope.clock)]),
  });
  const value = compileKeptMeasure(measure, 0, dataset);
  if (!together) return { rows, value };
  const grouped = [identifier(alias), ...keyIdentifiers(keys)];
  return {
    rows: sql`${comment(`one state per ${alias}`)}SELECT
  ${indented(lines([...grouped, ...compileKeptTogetherAll([measure], dataset)]))}
FROM ${nested(rows)} AS rows
GROUP BY ${commas(grouped)}`,
    value,
  };
}

/**
 * Kept days, and beside them stretches of some days put together (`stretch`, their first day; `is_stretch`): a long window is then
 * put together from few states.
 */
export function compileStretches({ rows }: CompiledStates, { block, keys }: DayStates, length: number): SqlNode {
  const grouped = keyIdentifiers(keys);
  return sql`${comment(`days, and stretches of ${length} days put together`)}SELECT
  ${indented(lines([sql`day`, sql`stretch`, sql`grouping(day) = 1 AS is_stretch`, ...grouped, ...compileKeptTogetherAll([block.measure], block.dataset)]))}
FROM ${nested(sql`SELECT *, day - toInt32(day) % ${number(length)} AS stretch\nFROM ${nested(rows)}`)} AS rows
GROUP BY GROUPING SETS ((${commas([sql`stretch`, sql`day`, ...grouped])}), (${commas([sql`stretch`, ...grouped])}))`;
}

function dayOf(
  dataset: CumulativeBlock['dataset'],
  time: string,
  zone: string,
  bucketOf: DayStates['bucketOf'],
): RowExpression {
  const at = compileTime(dataset, time);
  return (column) => bucketOf(compileLocalDay(at(column), zone));
}
