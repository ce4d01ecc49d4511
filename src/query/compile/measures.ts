import type { Dataset } from '../../model/checked.ts';
import { allOf, anyOf, identifier, instant, list, sql, string } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { Measure } from '../plan/blocks.ts';
import { compileMeasured } from './aggregate.ts';
import { compilePredicate } from './predicate.ts';
import type { RowExpression } from './row-source.ts';

const valueAlias = (index: number): string => `v${index}`;
const conditionAlias = (index: number): string => `c${index}`;

/** Row columns that the aggregates of some measures read: `v0` the value and `c0` whether the row counts. */
export function compileMeasureColumns(measures: readonly Measure[], dataset: Dataset): Map<string, RowExpression> {
  const columns = new Map<string, RowExpression>();
  measures.forEach((measure, index) => {
    const { column: name } = measure.metric;
    if (name !== undefined)
      columns.set(valueAlias(index), (column) => compileMeasured(measure.metric, dataset, column(name)));
    const conditions = rowConditions(measure);
    if (conditions.length > 0)
      columns.set(conditionAlias(index), (column) => allOf(conditions.map((condition) => condition(column))));
  });
  return columns;
}

/** The value and condition of a measure as the outer query names them. */
export function measureInputs(measure: Measure, index: number): { value: SqlNode; condition: SqlNode } {
  return {
    value: identifier(valueAlias(index)),
    condition: rowConditions(measure).length > 0 ? identifier(conditionAlias(index)) : sql`1`,
  };
}

/** Leaves out the rows that no measure counts. Rows of channels that are not applicable stay: they show "n/a". */
export function compileCountedRows(measures: readonly Measure[]): RowExpression[] {
  const counted = measures.map(ownConditions);
  if (counted.some((conditions) => conditions.length === 0)) return [];
  const distinct = new Map(counted.map((conditions, index) => [describe(measures[index]), conditions]));
  return [
    (column) =>
      anyOf([...distinct.values()].map((conditions) => allOf(conditions.map((condition) => condition(column))))),
  ];
}

/** Every condition on a measure's rows. */
export function rowConditions(measure: Measure): RowExpression[] {
  return [...ownConditions(measure), ...ofChannels(measure)];
}

function ownConditions(measure: Measure): RowExpression[] {
  const { filter, time } = measure.metric;
  return [
    ...(filter === undefined ? [] : [(column: (name: string) => SqlNode) => compilePredicate(filter, column)]),
    ...ofQuery(measure, time),
  ];
}

/** Conditions on a measure's rows that follow from the query, but for those of channels. */
export function ofQuery({ money, until }: Measure, time: string): RowExpression[] {
  return [
    ...(money === undefined
      ? []
      : [(column: (name: string) => SqlNode) => sql`${column(money.column)} = ${string(money.code)}`]),
    ...(until === undefined
      ? []
      : [(column: (name: string) => SqlNode) => sql`ifNull(${column(time)} < ${instant(until)}, 0)`]),
  ];
}

/** Only rows of the channels that count. */
export function ofChannels({ channels }: Measure): RowExpression[] {
  if (channels === undefined) return [];
  if (channels.names.length === 0) return [() => sql`0`];
  return [(column) => sql`${column(channels.column)} IN ${list(channels.names.map(string))}`];
}

function describe(measure: Measure | undefined): string {
  return JSON.stringify([measure?.metric.filter, measure?.money, measure?.until]);
}
