import type { QueryResult, ResultColumn, ResultMeta, Row } from '../../src/contract/result.ts';
import { createFormats, type Formats } from '../tile/formats.ts';

/** Hand-made results for the tests of pure functions. */

export const formats: Formats = createFormats({ locale: 'en-GB', currency: 'IDR', time_zone: 'Asia/Jakarta' });

export function resultMeta(parts: Partial<ResultMeta> = {}): ResultMeta {
  return {
    as_of: '2024-11-16T09:00:00+07:00',
    complete_through: '2024-11-16T00:00:00+07:00',
    data_version: '1',
    timezone: 'Asia/Jakarta',
    plan: ['raw facts: messages'],
    rows_read: 10,
    elapsed_ms: 1,
    cached: false,
    notes: [],
    ...parts,
  };
}

export function metricColumn(name: string, parts: Partial<ResultColumn> = {}): ResultColumn {
  return { name, label: name, kind: 'metric', format: 'integer', good: 'up', ...parts };
}

export function queryResult(columns: ResultColumn[], rows: Row[], parts: Partial<QueryResult> = {}): QueryResult {
  return { columns, rows, meta: resultMeta(), ...parts };
}

export const timeColumn: ResultColumn = { name: 'time', label: 'Time', kind: 'time', grain: 'day' };
