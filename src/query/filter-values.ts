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
    case 'instant': {
      const at = typeof value === 'string' && isInstant(value) ? Date.parse(value) : Number.NaN;
      return Number.isNaN(at) ? null : at;
    }
  }
}

/** With an offset, as answers show it: `2024-11-04T08:00:00+07:00`. */
const isInstant = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);

/** Whether `gte`, `lte` and `between` mean something. */
export function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'decimal' || type === 'instant';
}
