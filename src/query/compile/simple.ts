import { identifier, indented, lines, nested, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import type { SimpleBlock } from '../plan/blocks.ts';
import type { Choice, RolledUp } from '../plan/choose-rollup.ts';
import type { Leaf } from '../plan/formula.ts';
import { singleBuckets } from '../plan/single-buckets.ts';
import { splitByRollup } from '../plan/split-block.ts';
import { describeChoice } from '../plan/tables.ts';
import { compileAggregate } from './aggregate.ts';
import { compileFilters } from './filter.ts';
import { type Grouping, groupingOf } from './grouping-sets.ts';
import { compileKeys, type Key, keyIdentifiers, personKeys } from './keys.ts';
import { compileCountedRows, compileMeasureColumns, measureInputs } from './measures.ts';
import { compilePersonNames } from './person.ts';
import { isHeavy, readsOf, readsOfPeople } from './reads.ts';
import { compileKeptMeasure, compileRolledUpRows } from './rolled-up.ts';
import { compileRowSource } from './row-source.ts';
import {
  finishLimited,
  finishStatement,
  type LeafRow,
  type RawRow,
  readNumber,
  type Scope,
  type Statement,
} from './statement.ts';
import { compileTimeBounds } from './time.ts';
import { compileTop } from './top.ts';

/**
 * Simple metrics over the rows of one dataset: all leaves of one scan; totals are a grouping set of their own. Where roll-ups keep
 * some of the metrics only, the others have a statement of their own.
 */
export function compileSimple(block: SimpleBlock, scope: Scope): Statement[] {
  const { groups, perDay, totals } = scope;
  const keys: readonly Key[] = perDay === 'afterwards' ? [...groups, localDay] : groups;
  if (perDay === 'no') return statements(block, scope, keys, totals);
  const cells = statements(block, scope, keys, false);
  if (!totals) return cells;
  return [...cells, ...statements(block, scope, perDay === 'afterwards' ? [localDay] : [], false).map(asTotals)];
}

const localDay: Key = { kind: 'local_day', name: 'local_day' };

function statements(block: SimpleBlock, scope: Scope, keys: readonly Key[], totals: boolean): Statement[] {
  const told = scope.perDay === 'engine' ? [...keys, localDay] : keys;
  return splitByRollup(block, told, scope).map(({ block: part, choice }) =>
    statement(part, choice, scope, keys, totals),
  );
}

function statement(block: SimpleBlock, choice: Choice, scope: Scope, keys: readonly Key[], totals: boolean): Statement {
  const { dataset, time } = block;
  const key = finish(block, overFacts, scope, keys, totals);
  const grouping = groupingOf(keys, { ...scope, totals });
  return {
    sql: choice.kind === 'facts' ? key : finish(block, overRollup(choice.source), scope, keys, totals),
    traits: {
      key,
      reads: [
        ...readsOf(dataset, time, scope.range ?? {}),
        ...readsOfPeople(scope.filters, personKeys(keys).length > 0),
      ],
      heavy: isHeavy(choice.kind === 'facts' ? [scope.range ?? {}] : choice.source.pieces.facts),
    },
    plan: describeChoice(choice, dataset),
    read: (rows) => rows.map((row) => readRow(block, grouping, row)),
  };
}

/** Rows before they are grouped, and the value of each measure over them. */
interface Ungrouped {
  rows: SqlNode;
  values: SqlNode[];
}

type ReadRows = (block: SimpleBlock, scope: Scope, keys: readonly Key[]) => Ungrouped;

function finish(
  block: SimpleBlock,
  readRows: ReadRows,
  scope: Scope,
  keys: readonly Key[],
  totals: boolean,
): RenderedSql {
  const aggregated =
    scope.perDay === 'engine'
      ? sumOverDays(block, readRows, scope, keys)
      : aggregate(block, readRows, scope, keys, totals);
  const named = compilePersonNames(aggregated, personKeys(keys));
  const heading = `${block.measures.map((each) => each.metric.name).join(', ')}${keys.length > 0 ? ` by ${keys.map((key) => key.name).join(', ')}` : ''}`;
  if (scope.top === undefined) return finishStatement(heading, named);
  const columnOf = (leaf: Leaf) => identifier(measureAlias(placeOf(block, leaf)));
  return finishLimited(heading, compileTop(named, scope.top, keyIdentifiers(keys), columnOf, totals));
}

/** The value of a cell is the sum of its days' values; it is divided by the number of days later. */
function sumOverDays(block: SimpleBlock, readRows: ReadRows, scope: Scope, keys: readonly Key[]): SqlNode {
  const daily = aggregate(block, readRows, scope, [...keys, localDay], false);
  const sums = block.measures.map(
    (_, index) => sql`sum(${identifier(measureAlias(index))}) AS ${identifier(measureAlias(index))}`,
  );
  return sql`SELECT
  ${indented(lines([...keyIdentifiers(keys), ...sums]))}
FROM ${nested(daily)}${groupingOf(keys, { totals: false }).clause}`;
}

function aggregate(
  block: SimpleBlock,
  readRows: ReadRows,
  scope: Scope,
  keys: readonly Key[],
  totals: boolean,
): SqlNode {
  const { rows, values } = readRows(block, scope, keys);
  const { clause, marker } = groupingOf(keys, { ...scope, totals });
  const named = values.map((value, index) => sql`${value} AS ${identifier(measureAlias(index))}`);
  return sql`SELECT
  ${indented(lines([...keyIdentifiers(keys), ...marker, ...named]))}
FROM ${nested(rows)}${clause}`;
}

const overFacts: ReadRows = ({ dataset, time, measures }, { clock, filters, range }, keys) => ({
  rows: compileRowSource({
    dataset,
    columns: new Map([...compileKeys(keys, dataset, time, clock), ...compileMeasureColumns(measures, dataset)]),
    where: [
      ...compileTimeBounds(dataset, time, range ?? {}),
      ...compileFilters(filters, dataset, time, clock),
      ...compileCountedRows(measures),
    ],
  }),
  values: measures.map((measure, index) => {
    const { value, condition } = measureInputs(measure, index);
    return compileAggregate(measure.method, value, condition);
  }),
});

const overRollup =
  (source: RolledUp): ReadRows =>
  ({ dataset, time, measures }, scope, keys) => {
    const single = singleBuckets(source, dataset, keys, scope);
    return {
      rows: compileRolledUpRows({
        source,
        dataset,
        time,
        measures,
        scope,
        single,
        keys: (of, by) => compileKeys(keys, of, by, scope.clock),
      }),
      values: measures.map((measure, index) => compileKeptMeasure(measure, index, dataset, single)),
    };
  };

function placeOf(block: SimpleBlock, leaf: Leaf): number {
  return block.measures.findIndex((measure) => measure.leaf === leaf);
}

const measureAlias = (index: number): string => `m${index}`;

function readRow(block: SimpleBlock, grouping: Grouping, row: RawRow): LeafRow {
  return {
    ...grouping.read(row),
    values: block.measures.map((measure, index) => [measure.leaf.index, readNumber(row[measureAlias(index)])]),
  };
}

/** Reads every row as totals; the remaining key of a row is its local day. */
function asTotals(statement: Statement): Statement {
  return { ...statement, read: (rows) => statement.read(rows).map((row) => ({ ...row, total: true })) };
}
