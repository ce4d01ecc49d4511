import type { ColumnType } from '../contract/facts.ts';

/** Turns a filter's value into what a column holds; null where the column can hold no such value. */
export function coerceValue(value: string | number, type: ColumnType): string | number | null {
  switch (type) {
    case 'category':
    case 'string':
    case 'json':
    case 'person':
    case 'key':
      return String(value);
    case 'flag': {
      const text = String(value);
      if (text === 'true' || text === '1') return 1;
      return text === 'false' || text === '0' ? 0 : null;
    }
    case 'integer':
    case 'decimal': {
      const number = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value);
      return Number.isFinite(number) ? number : null;
    }
    case 'instant':
      return null;
  }
}

/** Whether `gte`, `lte` and `between` mean something. */
export function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'decimal';
}
