import { identifier, indented, lines, nested, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { SimpleBlock } from '../plan/blocks.ts';
import type { Leaf } from '../plan/formula.ts';
import { compileAggregate } from './aggregate.ts';
import { compileFilters } from './filter.ts';
import { type Grouping, groupingOf } from './grouping-sets.ts';
import { compileKeys, type Key, keyIdentifiers, personKeys } from './keys.ts';
import { compileCountedRows, compileMeasureColumns, measureInputs } from './measures.ts';
import { compilePersonNames } from './person.ts';
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

/** Simple metrics over the rows of one dataset: one scan, all leaves; totals are a grouping set of their own. */
export function compileSimple(block: SimpleBlock, scope: Scope): Statement[] {
  const { groups, perDay, totals } = scope;
  const keys: readonly Key[] = perDay === 'afterwards' ? [...groups, localDay] : groups;
  if (perDay === 'no') return [statement(block, scope, keys, totals)];
  const cells = statement(block, scope, keys, false);
  if (!totals) return [cells];
  return [cells, asTotals(statement(block, scope, perDay === 'afterwards' ? [localDay] : [], false))];
}

const localDay: Key = { kind: 'local_day', name: 'local_day' };

function statement(block: SimpleBlock, scope: Scope, keys: readonly Key[], totals: boolean): Statement {
  const aggregated =
    scope.perDay === 'engine' ? sumOverDays(block, scope, keys) : aggregate(block, scope, keys, totals);
  const named = compilePersonNames(aggregated, personKeys(keys));
  const heading = `${block.measures.map((each) => each.metric.name).join(', ')}${keys.length > 0 ? ` by ${keys.map((key) => key.name).join(', ')}` : ''}`;
  const limited =
    scope.top &&
    compileTop(
      named,
      scope.top,
      keyIdentifiers(keys),
      (leaf) => identifier(measureAlias(placeOf(block, leaf))),
      totals,
    );
  return {
    sql: limited ? finishLimited(heading, limited) : finishStatement(heading, named),
    read: (rows) => rows.map((row) => readRow(block, groupingOf(keys, { ...scope, totals }), row)),
  };
}

/** The value of a cell is the sum of its days' values; it is divided by the number of days later. */
function sumOverDays(block: SimpleBlock, scope: Scope, keys: readonly Key[]): SqlNode {
  const daily = aggregate(block, scope, [...keys, localDay], false);
  const sums = block.measures.map(
    (_, index) => sql`sum(${identifier(measureAlias(index))}) AS ${identifier(measureAlias(index))}`,
  );
  return sql`SELECT
  ${indented(lines([...keyIdentifiers(keys), ...sums]))}
FROM ${nested(daily)}${groupingOf(keys, { totals: false }).clause}`;
}

function aggregate(block: SimpleBlock, scope: Scope, keys: readonly Key[], totals: boolean): SqlNode {
  const { dataset, time, measures } = block;
  const { clock, filters, range } = scope;
  const rows = compileRowSource({
    dataset,
    columns: new Map([...compileKeys(keys, dataset, time, clock), ...compileMeasureColumns(measures, dataset)]),
    where: [
      ...compileTimeBounds(dataset, time, range ?? {}),
      ...compileFilters(filters, dataset, time, clock),
      ...compileCountedRows(measures),
    ],
  });
  const aggregates = measures.map((measure, index) => {
    const { value, condition } = measureInputs(measure, index);
    return sql`${compileAggregate(measure.method, value, condition)} AS ${identifier(measureAlias(index))}`;
  });
  const { clause, marker } = groupingOf(keys, { ...scope, totals });
  return sql`SELECT
  ${indented(lines([...keyIdentifiers(keys), ...marker, ...aggregates]))}
FROM ${nested(rows)}${clause}`;
}

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
function asTotals({ sql: text, read }: Statement): Statement {
  return { sql: text, read: (rows) => read(rows).map((row) => ({ ...row, total: true })) };
}
