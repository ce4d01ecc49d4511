import { assertNever } from '../../contract/errors.ts';
import type { ColumnType } from '../../contract/facts.ts';
import type { Dataset } from '../../model/checked.ts';
import { allOf, anyOf, instant, list, number, sql, string } from '../../sql/build.ts';
import type { Literal, SqlNode } from '../../sql/nodes.ts';
import { coerceValue } from '../filter-values.ts';
import type { Clock, ResolvedFilter } from '../resolved.ts';
import { compilePersonFilter } from './person.ts';
import type { RowExpression } from './row-source.ts';
import { compileHourOfDay, compileTime, compileWeekday } from './time.ts';

/** The filters of a query that a dataset has, as conditions on its rows. What it does not have is left out here and said in a note. */
export function compileFilters(
  filters: readonly ResolvedFilter[],
  dataset: Dataset,
  time: string,
  clock: Clock,
): RowExpression[] {
  return filters.flatMap((filter): RowExpression[] => {
    const { target } = filter;
    switch (target.kind) {
      case 'weekday':
      case 'hour_of_day': {
        if (!hasFilter(dataset, filter)) return [];
        const at = compileTime(dataset, time);
        const part = target.kind === 'weekday' ? compileWeekday : compileHourOfDay;
        return [(column) => compileFilter(filter, part(at(column), clock.zone), 'integer', false)];
      }
      case 'dimension': {
        const name = dataset.dimensions.get(filter.name);
        const type = name === undefined ? undefined : dataset.columns.get(name);
        if (name === undefined || type === undefined) return [];
        return [(column) => compileFilter(filter, column(name), type.type, type.nullable)];
      }
      default:
        return assertNever(target);
    }
  });
}

/** Whether a dataset can apply a filter. */
export function hasFilter(dataset: Dataset, filter: ResolvedFilter): boolean {
  return filter.target.dimension === undefined || dataset.dimensions.has(filter.name);
}

function compileFilter(filter: ResolvedFilter, value: SqlNode, type: ColumnType, nullable: boolean): SqlNode {
  if (type === 'person') return compilePersonFilter(filter, value);
  const values = filter.values.flatMap((each): Literal[] => {
    const held = coerceValue(each, type);
    if (held === null) return [];
    if (typeof held === 'string') return [string(held)];
    return [type === 'instant' ? instant(held) : number(held)];
  });
  const known = (condition: SqlNode) => (nullable ? sql`ifNull(${condition}, 0)` : condition);
  const text = type === 'key' ? sql`toString(${value})` : value;
  const first = values[0] ?? number(0);
  switch (filter.op) {
    case 'in':
    case 'eq':
      return values.length === 0 ? number(0) : known(sql`${text} IN ${list(values)}`);
    case 'not':
    case 'ne':
      if (values.length === 0) return number(1);
      return nullable ? sql`ifNull(${text} NOT IN ${list(values)}, 1)` : sql`${text} NOT IN ${list(values)}`;
    case 'has':
      return anyOf(values.map((part) => known(sql`positionCaseInsensitiveUTF8(toString(${value}), ${part}) > 0`)));
    case 'starts':
      return anyOf(values.map((part) => known(sql`startsWithCaseInsensitiveUTF8(toString(${value}), ${part})`)));
    case 'null': {
      const unknown = isUnknown(value, type, nullable);
      return filter.values.some((each) => String(each) === 'false') ? sql`NOT (${unknown})` : unknown;
    }
    case 'gte':
      return known(sql`${value} >= ${first}`);
    case 'lte':
      return known(sql`${value} <= ${first}`);
    case 'between':
      return allOf([known(sql`${value} >= ${first}`), known(sql`${value} <= ${values[1] ?? first}`)]);
    default:
      return assertNever(filter.op);
  }
}

/** Nothing known: NULL, or the empty text. */
function isUnknown(value: SqlNode, type: ColumnType, nullable: boolean): SqlNode {
  if (type === 'category' || type === 'string') return nullable ? sql`ifNull(${value} = '', 1)` : sql`${value} = ''`;
  return nullable ? sql`isNull(${value})` : number(0);
}
