import type { Problem } from '../../contract/errors.ts';
import type { ColumnType } from '../../contract/facts.ts';
import type { Dataset } from '../../model/checked.ts';
import { coerceValue, isNumeric } from '../filter-values.ts';
import { type ResolvedFilter, TIME_PARTS } from '../resolved.ts';

/** How many values an operator takes. */
const COUNTS = {
  in: [1, 500],
  not: [1, 500],
  has: [1, 500],
  starts: [1, 500],
  null: [0, 1],
  eq: [1, 1],
  ne: [1, 1],
  gte: [1, 1],
  lte: [1, 1],
  between: [2, 2],
} as const satisfies Record<ResolvedFilter['op'], readonly [number, number]>;

/** Each filter has as many values as its operator takes, and the dimension can hold them. */
export function checkFilterValues(filters: readonly ResolvedFilter[], datasets: Iterable<Dataset>): Problem[] {
  const all = [...datasets];
  return filters.flatMap((filter) => checkFilter(filter, all));
}

function checkFilter(filter: ResolvedFilter, datasets: readonly Dataset[]): Problem[] {
  const { op, values, path, name } = filter;
  const [least, most] = COUNTS[op];
  if (values.length < least || values.length > most) {
    const wanted =
      least === most
        ? `${least} value${least === 1 ? '' : 's'}`
        : least === 0
          ? 'at most one value'
          : 'at least one value';
    return [
      {
        code: 'wrong_number_of_values',
        path: `${path}.values`,
        message: `"${op}" takes ${wanted}, not ${values.length}.`,
      },
    ];
  }
  if (op === 'null') {
    const fine = values.every((value) => value === 'false' || value === 'true');
    return fine
      ? []
      : [
          {
            code: 'wrong_value',
            path: `${path}.values.0`,
            message: `"null" takes no value, or "false" for what is known.`,
          },
        ];
  }
  const type = typeOf(filter, datasets);
  if (type === undefined) return [];
  const numeric = isNumeric(type);
  if ((op === 'gte' || op === 'lte' || op === 'between') && !numeric)
    return [
      {
        code: 'wrong_operator',
        path: `${path}.op`,
        message: `"${op}" compares numbers, and "${name}" is not a number.`,
        hint: 'Use in, not, has or starts.',
      },
    ];
  const timePart = filter.target.kind;
  if ((op === 'has' || op === 'starts') && (timePart !== 'dimension' || type === 'instant'))
    return [
      {
        code: 'wrong_operator',
        path: `${path}.op`,
        message: `"${op}" looks into texts, and "${name}" is a ${type === 'instant' ? 'time' : 'number'}.`,
        hint: 'Use in, not, gte, lte or between.',
      },
    ];
  if (op === 'has' || op === 'starts') return [];
  return values.flatMap((value, index): Problem[] => {
    const held = coerceValue(value, type);
    if (held === null)
      return [
        {
          code: 'wrong_value',
          path: `${path}.values.${index}`,
          message: `"${name}" cannot be ${JSON.stringify(value)}.`,
          hint:
            type === 'flag'
              ? 'Write "true" or "false".'
              : type === 'instant'
                ? 'Write a time with its offset, such as 2024-11-04T08:00:00+07:00.'
                : 'Write a number.',
        },
      ];
    if (timePart === 'dimension' || typeof held !== 'number') return [];
    const { first, last } = TIME_PARTS[timePart];
    if (Number.isInteger(held) && held >= first && held <= last) return [];
    return [
      {
        code: 'wrong_value',
        path: `${path}.values.${index}`,
        message: `"${name}" is a whole number from ${first} to ${last}, not ${JSON.stringify(value)}.`,
        ...(timePart === 'weekday' ? { hint: '1 is Monday, 7 is Sunday.' } : {}),
      },
    ];
  });
}

function typeOf({ target, name }: ResolvedFilter, datasets: readonly Dataset[]): ColumnType | undefined {
  if (target.kind !== 'dimension') return 'integer';
  for (const dataset of datasets) {
    const column = dataset.dimensions.get(name);
    if (column !== undefined) return dataset.columns.get(column)?.type;
  }
  return undefined;
}
