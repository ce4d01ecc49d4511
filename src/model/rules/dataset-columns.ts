import type { Problem } from '../../contract/errors.ts';
import type { ColumnType } from '../../contract/facts.ts';
import type { DimensionSpec } from '../../contract/model.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { type DatasetDraft, dimensionColumn, entityColumn } from '../draft.ts';
import { type Pointer, problemAt } from '../source-document.ts';
import type { Rule } from './rule.ts';

const ENTITY_TYPES: readonly ColumnType[] = ['person', 'key'];
const DIMENSION_TYPES: readonly ColumnType[] = ['category', 'string', 'flag', 'integer', 'person', 'instant'];

/** Time, entities and dimensions of a dataset are columns of it and of a fitting type. */
export const datasetColumnsExist: Rule = (draft) =>
  draft.datasets.flatMap((dataset) => [
    ...checkColumn(dataset, dataset.spec.time, ['instant'], ['time'], 'the time'),
    ...dataset.spec.entities.flatMap((entity, index) =>
      checkColumn(dataset, entityColumn(entity), ENTITY_TYPES, ['entities', index], `the entity "${entity.name}"`),
    ),
    ...dataset.spec.dimensions.flatMap((dimension, index) => {
      if (dimension.part !== undefined) return checkPart(dataset, dimension, ['dimensions', index]);
      const types: readonly ColumnType[] = dimension.type === 'boolean' ? ['flag'] : DIMENSION_TYPES;
      const pointer = ['dimensions', index];
      return checkColumn(dataset, dimensionColumn(dimension), types, pointer, `the dimension "${dimension.name}"`);
    }),
  ]);

/** A part of time is of the time by which a query counts, so it has no column and no other type. */
function checkPart(dataset: DatasetDraft, dimension: DimensionSpec, pointer: Pointer): Problem[] {
  const wrong =
    dimension.column !== undefined
      ? 'column'
      : dimension.values_from !== undefined
        ? 'values_from'
        : dimension.type === 'categorical'
          ? undefined
          : 'type';
  if (wrong === undefined) return [];
  const message = `The dimension "${dimension.name}" is a part of the time (${dimension.part}), so it takes no "${wrong}".`;
  return [problemAt(dataset.source, [...pointer, wrong], 'dimension_part', message, `Leave out ${wrong} or part.`)];
}

/** The column exists and has one of the types. Says nothing where the dataset's source is unknown. */
export function checkColumn(
  dataset: DatasetDraft,
  column: string,
  types: readonly ColumnType[],
  pointer: Pointer,
  use: string,
  source = dataset.source,
): Problem[] {
  if (dataset.columns.size === 0) return [];
  const found = dataset.columns.get(column);
  if (found === undefined) {
    const message = `The dataset "${dataset.spec.dataset}" has no column "${column}" for ${use}.`;
    return [problemAt(source, pointer, 'unknown_column', message, didYouMean(column, dataset.columns.keys()))];
  }
  if (types.includes(found.type)) return [];
  const message = `The column "${column}" is of type ${found.type}; ${use} needs ${types.join(' or ')}.`;
  return [problemAt(source, pointer, 'column_type', message)];
}
