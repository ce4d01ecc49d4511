import type { Dataset } from '../../model/checked.ts';
import type { InstantRange } from '../buckets.ts';
import type { TableRead } from '../query-context.ts';
import type { ResolvedFilter } from '../resolved.ts';

/** What an answer over a dataset's rows of a range depends on, whatever it is read from. */
export function readsOf(dataset: Dataset, time: string, { start, end }: Partial<InstantRange>): TableRead[] {
  return dataset.branches.map(({ table, columns }) => {
    const source = columns.get(time);
    if (source === undefined || 'constant' in source) return { table };
    return {
      table,
      column: source.column,
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
    };
  });
}

/** The table of people, where their names are shown or looked for. */
export function readsOfPeople(filters: readonly ResolvedFilter[], shown: boolean): TableRead[] {
  const filtered = filters.some(({ target }) => target.kind === 'dimension' && target.dimension.ofPerson);
  return shown || filtered ? [{ table: 'people' }] : [];
}

const HEAVY_MS = 3 * 86_400_000;

/** Whether facts of more than a few days are read; `stretches` are those that are. */
export function isHeavy(stretches: readonly Partial<InstantRange>[]): boolean {
  const length = stretches.reduce((sum, { start, end }) => {
    return sum + (start === undefined || end === undefined ? Number.POSITIVE_INFINITY : end - start);
  }, 0);
  return length > HEAVY_MS;
}
