import type { Dataset } from '../../model/checked.ts';
import { comment, indented, lines, nested, number, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import type { ConversionBlock, Measure } from '../plan/blocks.ts';
import { describeTables } from '../plan/tables.ts';
import { compileFilters } from './filter.ts';
import { groupingOf } from './grouping-sets.ts';
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
  const { entities, converted, dataset, conversionDataset } = block;
  const grouping = groupingOf(keys, scope);
  const cut = cutScope(scope, block.until);
  const body = sql`SELECT
  ${indented(lines([...keyIdentifiers(keys), ...grouping.marker, sql`uniqExact(entity) AS entities`, sql`uniqExactIf(entity, is_converted) AS converted`]))}
FROM ${nested(joinNearest(block, cut, keys))}${grouping.clause}`;
  const text = finishStatement(
    `${block.metric.name}: who of ${block.metric.base} did ${block.metric.conversion}`,
    compilePersonNames(body, personKeys(keys)),
  );
  const { base, conversion } = block;
  return [
    {
      sql: text,
      traits: {
        key: text,
        reads: [
          ...readsOf(dataset, base.metric.time, cut.range ?? {}),
          ...readsOf(conversionDataset, conversion.metric.time, conversionRange(block, cut)),
          ...readsOfPeople(scope.filters, personKeys(keys).length > 0),
        ],
        heavy: isHeavy([cut.range ?? {}]),
      },
      plan: describeTables([dataset, conversionDataset]),
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

function joinNearest(block: ConversionBlock, scope: Scope, keys: readonly Key[]): SqlNode {
  const { dataset, base, conversionDataset, conversion, metric } = block;
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
  const { start, end } = conversionRange(block, scope);
  const conversionRows = compileRowSource({
    dataset: conversionDataset,
    columns: new Map([...entityColumns(conversionDataset, conversion, metric.entity), ['found', () => sql`1`]]),
    where: [
      ...compileTimeBounds(conversionDataset, conversion.metric.time, {
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
      }),
      ...rowConditions(conversion),
      isKnown(conversionDataset, metric.entity),
      // Nobody else is joined.
      (column) =>
        sql`${column(entityColumn(conversionDataset, metric.entity))} IN (SELECT entity FROM ${nested(baseRows)})`,
    ],
  });
  const within = window === undefined ? sql`` : sql` AND conversion.at_ms - base.at_ms <= ${number(window)}`;
  return sql`${comment('the nearest conversion at or after each base row')}SELECT
  base.*,
  conversion.found = 1${within} AS is_converted
FROM ${nested(baseRows)} AS base
ASOF LEFT JOIN ${nested(conversionRows)} AS conversion
ON conversion.entity = base.entity AND conversion.at_ms >= base.at_ms`;
}

function entityColumns(dataset: Dataset, measure: Measure, entity: string): [string, RowExpression][] {
  const at = compileTime(dataset, measure.metric.time);
  return [
    ['entity', (column) => column(entityColumn(dataset, entity))],
    ['at_ms', (column) => sql`toUnixTimestamp64Milli(${at(column)})`],
  ];
}

/** Rows without the entity count for nobody. */
export function isKnown(dataset: Dataset, entity: string): RowExpression {
  const name = entityColumn(dataset, entity);
  const { type, nullable } = dataset.columns.get(name) ?? {};
  const nobody = type === 'category' || type === 'string' ? sql`''` : sql`0`;
  return (column) => (nullable ? sql`ifNull(${column(name)} != ${nobody}, 0)` : sql`${column(name)} != ${nobody}`);
}

export function entityColumn(dataset: Dataset, entity: string): string {
  const column = dataset.entities.get(entity);
  if (column === undefined) throw new Error(`${dataset.name} has no entity ${entity}`);
  return column;
}
