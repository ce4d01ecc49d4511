import type { Dataset, RollupGrain } from '../../model/checked.ts';
import { describePart, type MeasurePart, partsOfMetric } from '../../model/rollups.ts';
import { allOf, anyOf, commas, comment, identifier, indented, joined, lines, nested, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { Measure } from '../plan/blocks.ts';
import type { Level, RolledUp } from '../plan/choose-rollup.ts';
import { compileKept, compileKeptTogether, compileKeptValue, compileNothingKept } from '../rollup/columns.ts';
import { compileQuotient } from './aggregate.ts';
import { compileFilters } from './filter.ts';
import { datasetOfLevel, factConditions, keptColumn, keptSize, LEVEL_TIME, levelConditions } from './level-rows.ts';
import { compileCountedRows, compileMeasureColumns, measureInputs, ofChannels, ofQuery } from './measures.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import type { Scope } from './statement.ts';

/** What a statement reads: measures of one dataset, by some keys. */
export interface RolledUpRows {
  source: RolledUp;
  dataset: Dataset;
  time: string;
  measures: readonly Measure[];
  scope: Pick<Scope, 'filters' | 'clock'>;
  /** Grains each of whose rows is a group of its own: their people are taken as counted, beside those that are put together. */
  single?: ReadonlySet<RollupGrain>;
  /** Alias → expression for each key, over the facts or over the rows of a level. */
  keys(dataset: Dataset, time: string): ReadonlyMap<string, RowExpression>;
}

/**
 * Days, hours and facts together, as rows of the keys and what is kept of each measure (`keptAlias`), to be put together by
 * `compileKeptMeasure`. A row is there where a measure counts rows, as over the facts.
 */
export function compileRolledUpRows(rows: RolledUpRows): SqlNode {
  const { levels, pieces } = rows.source;
  const parts = [
    ...(levels.day === undefined || pieces.days === undefined ? [] : [ofLevel(rows, levels.day)]),
    ...(levels.hour === undefined || pieces.hours.length === 0 ? [] : [ofLevel(rows, levels.hour)]),
    ...(pieces.facts.length === 0 ? [] : [ofFacts(rows)]),
  ];
  return joined('\nUNION ALL\n', parts);
}

function ofLevel(rows: RolledUpRows, level: Level): SqlNode {
  const { source, measures, scope, single } = rows;
  const dataset = datasetOfLevel(source.rollup, level);
  const isSingle = single?.has(level.grain) === true;
  const kept = keptParts(rows).flatMap(({ measure, index, part, alias }): [string, RowExpression][] => {
    const held = measureOf(source, part);
    const nothing = compileNothingKept(held, source.rollup.dataset);
    const conditions = [...ofQuery(measure, LEVEL_TIME), ...ofChannels(measure)];
    const where =
      (name: string, otherwise: SqlNode): RowExpression =>
      (column) =>
        conditions.length === 0
          ? column(name)
          : sql`if(${allOf(conditions.map((condition) => condition(column)))}, ${column(name)}, ${otherwise})`;
    if (!isSized(part, rows)) return [[alias, where(keptColumn(held.name), nothing)]];
    const state = isSingle ? () => nothing : where(keptColumn(held.name), nothing);
    const size = isSingle ? where(keptSize(held.name), sql`0`) : () => sql`0`;
    return [
      [alias, state],
      [sizeAlias(index), size],
    ];
  });
  return compileRowSource({
    dataset,
    columns: new Map([...rows.keys(dataset, LEVEL_TIME), ...kept]),
    where: [
      ...levelConditions(level, source.pieces),
      ...compileFilters(scope.filters, dataset, LEVEL_TIME, scope.clock),
      ...(measures.length === 0 ? [] : [hasRows(rows)]),
    ],
  });
}

/** Leaves out the rows that no measure counts, as `compileCountedRows` does over the facts. */
function hasRows({ source, dataset, measures }: RolledUpRows): RowExpression {
  return (column) => {
    const counted = measures.map((measure) => {
      const count = partsOfMetric(measure.metric, dataset).at(-1);
      if (count === undefined) throw new Error(`${measure.metric.name} cannot be kept`);
      const conditions = ofQuery(measure, LEVEL_TIME).map((condition) => condition(column));
      return { name: measureOf(source, count).name, conditions };
    });
    const distinct = [...Map.groupBy(counted, ({ name }) => name)].map(([name, own]) =>
      allOf([
        sql`${column(keptColumn(name))} > 0`,
        ...(own.every(({ conditions }) => conditions.length > 0)
          ? [anyOf(own.map(({ conditions }) => allOf(conditions)))]
          : []),
      ]),
    );
    return anyOf(distinct);
  };
}

function ofFacts(rows: RolledUpRows): SqlNode {
  const { source, dataset, time, measures, scope } = rows;
  const keys = rows.keys(dataset, time);
  const facts = compileRowSource({
    dataset,
    columns: new Map([...keys, ...compileMeasureColumns(measures, dataset)]),
    where: [
      ...factConditions(source.pieces, dataset, time, source.zone),
      ...compileFilters(scope.filters, dataset, time, scope.clock),
      ...(measures.length === 0 ? [] : compileCountedRows(measures)),
    ],
  });
  const aliases = [...keys.keys()].map(identifier);
  const kept = keptParts(rows).flatMap(({ measure, index, part, alias }) => {
    const { value, condition } = measureInputs(measure, index);
    const state = sql`${compileKept(part.method, value, condition)} AS ${identifier(alias)}`;
    return isSized(part, rows) ? [state, sql`0 AS ${identifier(sizeAlias(index))}`] : [state];
  });
  const clause = aliases.length === 0 ? sql`` : sql`\nGROUP BY ${commas(aliases)}`;
  return sql`${comment('what is not kept, or has changed')}SELECT
  ${indented(lines([...aliases, ...kept]))}
FROM ${nested(facts)}${clause}`;
}

interface KeptPart {
  measure: Measure;
  /** Of the measure. */
  index: number;
  part: MeasurePart;
  alias: string;
}

/** What is read of each measure; the number of its rows only where it is the value. */
function keptParts({ measures, dataset }: Pick<RolledUpRows, 'measures' | 'dataset'>): KeptPart[] {
  return measures.flatMap((measure, index) =>
    valueParts(measure, dataset).map((part, place) => ({ measure, index, part, alias: keptAlias(index, place) })),
  );
}

function valueParts({ metric }: Measure, dataset: Dataset): MeasurePart[] {
  const parts = partsOfMetric(metric, dataset);
  return parts.length === 1 ? parts : parts.slice(0, -1);
}

export const keptAlias = (measure: number, part: number): string => `s${measure}_${part}`;

/** People who are counted already. */
const sizeAlias = (measure: number): string => `n${measure}`;

/** Whether the number of people stands beside them. */
const isSized = ({ method }: MeasurePart, { single }: Pick<RolledUpRows, 'single'>): boolean =>
  method === 'people' && single !== undefined && single.size > 0;

/** The value of a measure over rows of `compileRolledUpRows`. */
export function compileKeptMeasure(
  measure: Measure,
  index: number,
  dataset: Dataset,
  single?: ReadonlySet<RollupGrain>,
): SqlNode {
  const values = valueParts(measure, dataset).map((part, place) => {
    const value = compileKeptValue(part.method, identifier(keptAlias(index, place)));
    return isSized(part, single === undefined ? {} : { single })
      ? sql`${value} + sum(${identifier(sizeAlias(index))})`
      : value;
  });
  const [value, known] = values;
  if (value === undefined) throw new Error(`${measure.metric.name} cannot be kept`);
  return known === undefined ? value : compileQuotient(value, known);
}

/** What is kept of several rows put together, under the same names: columns of a statement that groups by the keys. */
export function compileKeptTogetherAll(measures: readonly Measure[], dataset: Dataset): SqlNode[] {
  return keptParts({ measures, dataset }).map(({ part, alias }) => {
    return sql`${compileKeptTogether(part.method, sql`rows.${identifier(alias)}`)} AS ${identifier(alias)}`;
  });
}

function measureOf({ measures }: RolledUp, part: MeasurePart) {
  const held = measures.get(describePart(part));
  if (held === undefined) throw new Error('a part that is not kept');
  return held;
}
