import { HOUR_MS } from '../../contract/changes.ts';
import type { Dataset, EntityIndex, Rollup } from '../../model/checked.ts';
import { allOf, amongRows, identifier, joined, nested, sql } from '../../sql/build.ts';
import type { SqlNode } from '../../sql/nodes.ts';
import type { InstantRange } from '../buckets.ts';
import type { Rollups } from '../plan/choose-rollup.ts';
import { cutRange, type Pieces } from '../plan/pieces.ts';
import type { KeptRollup } from '../query-context.ts';
import { datasetOfIndex } from '../rollup/entity-index.ts';
import { factConditions } from './level-rows.ts';
import { compileRowSource, type RowExpression } from './row-source.ts';

/** Rows of which those of some entities are wanted. */
export interface RowsByEntity {
  dataset: Dataset;
  /** Column of the dataset that holds the entity. */
  entity: string;
  /** Column of the dataset. */
  time: string;
  /** Times that can matter; `where` bounds them as well. */
  range: Partial<InstantRange>;
  /** Alias → expression; `entity` is the entity. */
  columns: ReadonlyMap<string, RowExpression>;
  where: readonly RowExpression[];
}

/** Where rows by an entity are read from. */
export interface IndexedRows {
  rollup: Rollup;
  index: EntityIndex;
  table: string;
  /** `hours` are read from the index. */
  pieces: Pieces;
  /** Whose hours they are, as the engine spells it. */
  zone: string;
}

/** The index that has every column that the rows are asked for, if there is one; equal rows of it are one. */
export function chooseIndex(rows: RowsByEntity, { declared, kept, zone }: Rollups): IndexedRows | undefined {
  const { dataset, time, entity, range } = rows;
  const rollup = [...declared.values()].find((each) => each.dataset.name === dataset.name && each.time === time);
  const index = rollup?.indexes.find((each) => each.entity === entity);
  const ready = rollup && kept.get(rollup.name);
  const table = ready?.indexes?.get(entity);
  if (rollup === undefined || index === undefined || ready === undefined || table === undefined) return undefined;
  const known = new Set([entity, time, ...index.keys]);
  if (columnsUsed([...rows.columns.values(), ...rows.where]).some((name) => !known.has(name))) return undefined;
  const pieces = cutWholeHours(range, ready, zone);
  return pieces.hours.length === 0 ? undefined : { rollup, index, table, pieces, zone };
}

/** The hours in which a range begins and ends are taken whole, because rows outside of it are left out anyway. */
function cutWholeHours(range: Partial<InstantRange>, kept: KeptRollup, zone: string): Pieces {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = range;
  const wide = {
    ...(range.start === undefined ? {} : { start: start - HOUR_MS }),
    ...(range.end === undefined ? {} : { end: end + HOUR_MS }),
  };
  const pieces = cutRange({ range: wide, splits: [], kept, zone, grains: ['hour'] });
  const reaches = (stretch: Partial<InstantRange>) =>
    (stretch.start ?? Number.NEGATIVE_INFINITY) < end && (stretch.end ?? Number.POSITIVE_INFINITY) > start;
  return { hours: pieces.hours.filter(reaches), facts: pieces.facts.filter(reaches) };
}

/**
 * What the index has, and from the facts what is not in it or has changed.
 *
 * @param wanted the entities, a query of one column
 */
export function compileRowsByEntity(rows: RowsByEntity, wanted: SqlNode, indexed: IndexedRows | undefined): SqlNode {
  const { dataset, time, columns, where, entity } = rows;
  const isWanted: RowExpression = (column) => amongRows(column(entity), wanted);
  if (indexed === undefined) return compileRowSource({ dataset, columns, where: [...where, isWanted] });
  const { rollup, index, table, pieces, zone } = indexed;
  const own = datasetOfIndex(rollup, index, table);
  const isKept = outside(factConditions(pieces, own, time, zone));
  const found = compileRowSource({ dataset: own, columns, where: [...where, ...isKept, isWanted] });
  if (pieces.facts.length === 0) return found;
  const rest = compileRowSource({
    dataset,
    columns,
    where: [...where, ...factConditions(pieces, dataset, time, zone)],
  });
  // Once for all tables of these few hours: finding who is wanted takes longer than going through them.
  return joined('\nUNION ALL\n', [
    found,
    sql`SELECT * FROM ${nested(rest)}
WHERE ${amongRows(identifier('entity'), wanted)}`,
  ]);
}

/** Hours that are not kept are few; those that are may be all of a century. */
const outside = (conditions: readonly RowExpression[]): RowExpression[] =>
  conditions.length === 0 ? [] : [(column) => sql`NOT (${allOf(conditions.map((condition) => condition(column)))})`];

/** Columns of the dataset that expressions ask for. */
function columnsUsed(expressions: readonly RowExpression[]): string[] {
  const used = new Set<string>();
  for (const expression of expressions)
    expression((name) => {
      used.add(name);
      return identifier(name);
    });
  return [...used];
}
