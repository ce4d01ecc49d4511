import type { Dataset } from '../../model/checked.ts';
import { comment, indented, lines, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import type { ConversionBlock, Measure } from '../plan/blocks.ts';
import { describeIndexed, describeTables } from '../plan/tables.ts';
import { entityColumn, isKnown } from './entity.ts';
import { compileFilters } from './filter.ts';
import { groupingOf } from './grouping-sets.ts';
import { chooseIndex, compileRowsByEntity, type IndexedRows, type RowsByEntity } from './indexed-rows.ts';
import { compileKeys, type Key, keyIdentifiers, personKeys } from './keys.ts';
import { rowConditions } from './measures.ts';
import { compilePersonNames } from './person.ts';
import { isHeavy, readsOf, readsOfPeople } from './reads.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';
import { cutScope, finishStatement, readNumber, type Scope, type Statement } from './statement.ts';
import { compileTime, compileTimeBounds } from './time.ts';

/**
 * Entities of the base, and those of them with a conversion at or after a base row, at most the window later. The nearest
 * conversion after each base row decides (ASOF join), so one row of an entity is enough.
 */
export function compileConversion(block: ConversionBlock, scope: Scope): Statement[] {
  const keys: readonly Key[] = scope.groups;
  const { entities, converted, dataset, conversionDataset, metric } = block;
  const grouping = groupingOf(keys, scope);
  const cut = cutScope(scope, block.until);
  const columns = [
    ...keyIdentifiers(keys),
    ...grouping.marker,
    sql`uniqExact(entity) AS entities`,
    sql`uniqExactIf(entity, is_converted) AS converted`,
  ];
  const finish = (indexed: IndexedRows | undefined) => {
    const body = sql`SELECT
  ${indented(lines(columns))}
FROM ${nested(joinNearest(block, cut, keys, indexed))}${grouping.clause}`;
    const heading = `${metric.name}: who of ${metric.base} did ${metric.conversion}`;
    return finishStatement(heading, compilePersonNames(body, personKeys(keys)));
  };
  const conversions = conversionRows(block, cut);
  const indexed = chooseIndex(conversions, scope.rollups);
  const key = finish(undefined);
  const based = readsOf(dataset, block.base.metric.time, cut.range ?? {});
  const readsIn = (range: Partial<InstantRange>) => readsOf(conversionDataset, conversions.time, range);
  return [
    {
      sql: indexed === undefined ? key : finish(indexed),
      traits: {
        key,
        reads: [...based, ...readsIn(conversions.range), ...readsOfPeople(scope.filters, personKeys(keys).length > 0)],
        ...(indexed === undefined ? {} : { scans: [...based, ...indexed.pieces.facts.flatMap(readsIn)] }),
        heavy: isHeavy([cut.range ?? {}]),
      },
      plan:
        indexed === undefined
          ? describeTables([dataset, conversionDataset])
          : `${describeTables([dataset])}; ${describeIndexed(indexed)}`,
      read: (rows) =>
        rows.map((row) => ({
          ...grouping.read(row),
          values: [
            [entities.index, readNumber(row['entities'])],
            [converted.index, readNumber(row['converted'])],
          ],
        })),
    },
  ];
}

/** Times of conversions that can matter: none that lie ahead. */
function conversionRange({ metric }: ConversionBlock, { range, clock }: Scope): Partial<InstantRange> {
  const { windowSeconds } = metric;
  const last =
    range === undefined || windowSeconds === undefined ? Number.POSITIVE_INFINITY : range.end + windowSeconds * 1000;
  return { ...(range === undefined ? {} : { start: range.start }), end: Math.min(last, clock.soon) };
}

/** Rows that convert, whoever they are of. */
function conversionRows(block: ConversionBlock, scope: Scope): RowsByEntity {
  const { conversionDataset: dataset, conversion, metric } = block;
  const range = conversionRange(block, scope);
  return {
    dataset,
    entity: entityColumn(dataset, metric.entity),
    time: conversion.metric.time,
    range,
    columns: new Map([...entityColumns(dataset, conversion, metric.entity), ['found', () => sql`1`]]),
    where: [
      ...compileTimeBounds(dataset, conversion.metric.time, range),
      ...rowConditions(conversion),
      isKnown(dataset, metric.entity),
    ],
  };
}

function joinNearest(
  block: ConversionBlock,
  scope: Scope,
  keys: readonly Key[],
  indexed: IndexedRows | undefined,
): SqlNode {
  const { dataset, base, metric } = block;
  const { clock, filters, range } = scope;
  const window = metric.windowSeconds === undefined ? undefined : metric.windowSeconds * 1000;
  const baseRows = compileRowSource({
    dataset,
    columns: new Map([
      ...compileKeys(keys, dataset, base.metric.time, clock),
      ...entityColumns(dataset, base, metric.entity),
    ]),
    where: [
      ...compileTimeBounds(dataset, base.metric.time, range ?? {}),
      ...compileFilters(filters, dataset, base.metric.time, clock),
      ...rowConditions(base),
      isKnown(dataset, metric.entity),
    ],
  });
  const conversions = conversionRows(block, scope);
  const rows = compileRowsByEntity(conversions, sql`SELECT entity FROM ${nested(baseRows)}`, indexed);
  const within = window === undefined ? sql`` : sql` AND conversion.at_ms - base.at_ms <= ${number(window)}`;
  return sql`${comment('the nearest conversion at or after each base row')}SELECT
  base.*,
  conversion.found = 1${within} AS is_converted
FROM ${nested(baseRows)} AS base
ASOF LEFT JOIN ${nested(rows)} AS conversion
ON conversion.entity = base.entity AND conversion.at_ms >= base.at_ms`;
}

function entityColumns(dataset: Dataset, measure: Measure, entity: string): [string, RowExpression][] {
  const at = compileTime(dataset, measure.metric.time);
  return [
    ['entity', (column) => column(entityColumn(dataset, entity))],
    ['at_ms', (column) => sql`toUnixTimestamp64Milli(${at(column)})`],
  ];
}
