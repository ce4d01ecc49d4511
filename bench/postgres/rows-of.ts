import type { InstantRange } from '../../src/query/buckets.ts';
import type { ResolvedFilter } from '../../src/query/resolved.ts';
import { OFFSET, ZONE } from '../store/calendar.ts';

/** Conditions and keys as somebody writes them who knows the tables. */

export const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;

export const instant = (milliseconds: number): string => `timestamptz '${new Date(milliseconds).toISOString()}'`;

/** Dimensions that a table knows; a filter on another is ignored, as the page says. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  messages: ['channel', 'category', 'campaign', 'failure_reason'],
  activities: ['channel', 'category', 'feature'],
  accounts: ['region'],
  invitations: [],
  participations: [
    ...['webinar', 'title', 'starts_at', 'series', 'course', 'language', 'region', 'format', 'status', 'host'],
    ...['source_group', 'utm_source', 'utm_campaign'],
  ],
};

export function filterConditions(table: string, filters: readonly ResolvedFilter[]): string[] {
  return filters
    .filter(({ name }) => KNOWN[table]?.includes(name))
    .map(({ name, op, values }) => {
      if (op !== 'in') throw new Error(`no SQL for the filter ${name} ${op}`);
      const [only, ...more] = values.map(literal);
      return more.length === 0 ? `${name} = ${only}` : `${name} IN (${values.map(literal).join(', ')})`;
    });
}

export const inRange = (time: string, range: InstantRange | undefined): string[] =>
  range === undefined ? [] : [`${time} >= ${instant(range.start)}`, `${time} < ${instant(range.end)}`];

const local = (time: string): string => `${time} AT TIME ZONE '${ZONE}'`;
export const localDay = (time: string): string => `(${local(time)})::date`;
export const localHour = (time: string): string => `extract(hour FROM ${local(time)})::int`;
export const weekdayOf = (day: string): string => `extract(isodow FROM ${day})::int`;
/** An instant as people of the zone write it. */
export const instantOf = (time: string): string => `to_char(${local(time)}, 'YYYY-MM-DD"T"HH24:MI:SS') || '${OFFSET}'`;
/** The first day of the bucket. */
export const bucketOf = (time: string, grain: string): string =>
  grain === 'day' ? localDay(time) : `date_trunc('${grain}', ${local(time)})::date`;

export const whereAll = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`;
