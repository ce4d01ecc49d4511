export { type Change, formatChange } from './change.ts';
export { formatAgo, formatBucket, formatDay, formatHour, formatInstant, formatWeekday } from './dates.ts';
export { formatBytes, formatRows, formatValue, NO_DATA, NOT_APPLICABLE, type Place } from './numbers.ts';
