export { type Change, type ChangedColumn, formatChange } from './change.ts';
export { bucketEnd, formatAgo, formatBucket, formatDay, formatHour, formatInstant, formatWeekday } from './dates.ts';
export { formatValue, NO_DATA, NOT_APPLICABLE, type NumberStyle, type Place } from './numbers.ts';
