import type { Problem } from '../../contract/errors.ts';
import type { Column } from '../../contract/facts.ts';
import type { DimensionSpec } from '../../contract/model.ts';
import { didYouMean } from '../../contract/suggest.ts';
import { dimensionColumn, isText } from '../draft.ts';
import { type Pointer, placeOf, problemAt, type SourceDocument } from '../source-document.ts';
import type { Rule } from './rule.ts';

interface Declared {
  dimension: DimensionSpec;
  columnType: string | undefined;
  source: SourceDocument;
  pointer: Pointer;
}

/** The same dimension name means the same thing in every dataset, and drill paths lead to dimensions. */
export const sharedDimensions: Rule = (draft) => {
  const first = new Map<string, Declared>();
  const problems: Problem[] = [];
  const names = draft.datasets.flatMap(({ spec }) => spec.dimensions.map((dimension) => dimension.name));
  for (const { spec, source, columns } of draft.datasets) {
    spec.dimensions.forEach((dimension, index) => {
      const pointer = ['dimensions', index];
      const declared = { dimension, columnType: columnTypeOf(dimension, columns), source, pointer };
      const earlier = first.get(dimension.name);
      if (earlier === undefined) first.set(dimension.name, declared);
      else problems.push(...compareDeclarations(earlier, declared));
      for (const [step, target] of dimension.drill.entries()) {
        if (names.includes(target)) continue;
        const message = `"${dimension.name}" drills to "${target}", which is no dimension.`;
        problems.push(
          problemAt(source, [...pointer, 'drill', step], 'unknown_dimension', message, didYouMean(target, names)),
        );
      }
    });
  }
  return problems;
};

function columnTypeOf(dimension: DimensionSpec, columns: ReadonlyMap<string, Column>): string | undefined {
  return dimension.part === undefined ? shownType(columns.get(dimensionColumn(dimension))) : 'integer';
}

/** Text is text, however it is stored. */
const shownType = (column: Column | undefined): string | undefined =>
  column !== undefined && isText(column) ? 'text' : column?.type;

function compareDeclarations(earlier: Declared, later: Declared): Problem[] {
  const facets: [string, unknown, unknown][] = [
    ['type', earlier.dimension.type, later.dimension.type],
    ['column type', earlier.columnType, later.columnType],
    ['part', earlier.dimension.part, later.dimension.part],
    ['values_from', earlier.dimension.values_from, later.dimension.values_from],
  ];
  if (earlier.dimension.label !== undefined && later.dimension.label !== undefined)
    facets.push(['label', earlier.dimension.label, later.dimension.label]);
  return facets
    .filter(([, before, now]) => before !== now)
    .map(([facet, before, now]) =>
      problemAt(
        later.source,
        later.pointer,
        'dimension_differs',
        `The dimension "${later.dimension.name}" has the ${facet} ${String(now ?? 'none')} here and ${String(before ?? 'none')} elsewhere.`,
        `The other declaration is at ${placeOf(earlier.source, earlier.pointer)}; the same name must mean the same thing.`,
      ),
    );
}
