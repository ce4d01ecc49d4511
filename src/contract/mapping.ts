import { z } from 'zod';
import { TABLE_COLUMN_TYPES } from './facts.ts';
import { canonicalRecord, type RecordKind } from './record.ts';

/** How the rows of a file or a sheet become records. Written by the import page, readable and changeable by people. */

/** What a row is: a record of a kind, or a line of a webinar tool's report, which tells of a registration, a stay and its webinar. */
export type MappingRecord = RecordKind | 'webinar_report';

const kinds: [MappingRecord, ...MappingRecord[]] = [
  'webinar_report',
  ...canonicalRecord.options.map(({ shape }) => shape.record.value),
];

/** How the bytes of a file are to be read. Absent parts are guessed. */
export const fileFormat = z.strictObject({
  kind: z.enum(['csv', 'xlsx']).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1251', 'windows-1252']).optional(),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  quote: z.enum(['"', "'"]).optional(),
  /** Name of the sheet. */
  sheet: z.string().max(200).optional(),
  /** Section of a sectioned report, e.g. `Attendee Details`. */
  section: z.string().max(200).optional(),
  /** Row of the header, 1-based. */
  header_row: z.number().int().min(1).max(1000).optional(),
});

/** How texts become numbers, dates and times. */
export const valueFormat = z.strictObject({
  decimal: z.enum(['.', ',']).optional(),
  /** Order of the parts of dates such as 03/04/2026; never guessed where the column leaves it open. */
  date_order: z.enum(['dmy', 'mdy', 'ymd']).optional(),
  /** IANA zone of times without one; the workspace's where absent. */
  time_zone: z.string().max(100).optional(),
  /** ISO 3166 alpha-2 for phone numbers without a country code. */
  country: z.string().length(2).optional(),
});

export const columnMapping = z.strictObject({
  /** Field of the record (`message_id`, `person.email`), or column of the table. */
  field: z.string().min(1).max(200),
  /** Column of the file … */
  column: z.string().max(1000).optional(),
  /** … or the same value for every row. */
  value: z.union([z.string().max(1000), z.number(), z.boolean()]).optional(),
  /** Where `record` is `row`: how its cells are read; text where absent. */
  type: z.enum(TABLE_COLUMN_TYPES).optional(),
  /** Their value → ours: `DLVRD` → `delivered`. Compared without case and surrounding space. */
  values: z.record(z.string(), z.string()).optional(),
});

export const rowMapping = z.strictObject({
  record: z.enum(kinds),
  /** Where `record` is `row`: the table of the workspace. */
  table: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _ only')
    .optional(),
  /** Columns of the file that make a row unique; where absent all of them: equal rows are then one. */
  key: z.array(z.string().max(1000)).optional(),
  columns: z.array(columnMapping).min(1),
  ...valueFormat.shape,
});

export type FileFormat = z.infer<typeof fileFormat>;
export type ValueFormat = z.infer<typeof valueFormat>;
export type ColumnMapping = z.infer<typeof columnMapping>;
export type RowMapping = z.infer<typeof rowMapping>;
