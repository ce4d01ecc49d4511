import type { Dataset } from '../../model/checked.ts';
import { sql } from '../../sql/build.ts';
import type { RowExpression } from './row-source.ts';

/** Rows without the entity count for nobody. */
export const isKnown = (dataset: Dataset, entity: string): RowExpression =>
  isKnownIn(dataset, entityColumn(dataset, entity));

/** The same, of a column that holds an entity. */
export function isKnownIn(dataset: Dataset, name: string): RowExpression {
  const { type, nullable } = dataset.columns.get(name) ?? {};
  const nobody = type === 'category' || type === 'string' ? sql`''` : sql`0`;
  return (column) => (nullable ? sql`ifNull(${column(name)} != ${nobody}, 0)` : sql`${column(name)} != ${nobody}`);
}

export function entityColumn(dataset: Dataset, entity: string): string {
  const column = dataset.entities.get(entity);
  if (column === undefined) throw new Error(`${dataset.name} has no entity ${entity}`);
  return column;
}
