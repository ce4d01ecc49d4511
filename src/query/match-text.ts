import type { ResolvedFilter } from './resolved.ts';

/** Whether a known text passes a filter, as the SQL of `compile/filter.ts` decides it. */
export function matchesText({ op, values }: Pick<ResolvedFilter, 'op' | 'values'>, text: string): boolean {
  const texts = values.map(String);
  const lower = text.toLowerCase();
  switch (op) {
    case 'in':
    case 'eq':
      return texts.includes(text);
    case 'not':
    case 'ne':
      return !texts.includes(text);
    case 'has':
      return texts.some((part) => lower.includes(part.toLowerCase()));
    case 'starts':
      return texts.some((part) => lower.startsWith(part.toLowerCase()));
    case 'null':
      return texts.includes('false') ? text !== '' : text === '';
    case 'gte':
    case 'lte':
    case 'between':
      return true;
  }
}
