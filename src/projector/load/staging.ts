import { MESSAGE_TIMES } from '../../contract/load.ts';
import { commas, identifier, instant, joined, number, sql, string } from '../../sql/build.ts';
import type { Fragment, SqlNode } from '../../sql/nodes.ts';
import { renderSql } from '../../sql/render.ts';
import type { RenderedSql } from '../../sql/rendered.ts';
import { tableName } from '../../warehouse/schema.ts';

/**
 * Where the lines of a piece stand while it is being counted: made by the order that needs them, dropped by it, and by the next one
 * where it was cut short. Nothing of them is a fact. The numbers of people stay for the order that may come right after it: the same
 * people come again and again.
 */

/** Lines as they came, in two halves: one is filled while the other is read. */
export const LINES = ['load_lines_0', 'load_lines_1'] as const;
/** Lines read and checked. */
export const ROWS = 'load_rows';
/** How the rows name people, each way once; `ref` is a hash of it. */
export const REFS = 'load_refs';
/** The number and the country of each; one who was numbered as somebody who acts, too, stands there twice. */
export const NUMBERS = 'load_numbers';
/** Rows that are not counted: duplicates and conflicts. */
export const LEFT_OUT = 'load_left_out';

/** Milliseconds of a time; 0 where there is none. */
const millisOf = (time: string): string => time.replace(/_at$/, '_ms');
export const TIME_COLUMNS = MESSAGE_TIMES.map((time) => ({ time, millis: millisOf(time) }));

const TEXTS = ['channel', 'category', 'campaign', 'failure_reason', 'currency', 'digits'] as const;
const FLAGS = ['permanent', 'automated', 'billable'] as const;
const IDENTITIES = ['email', 'phone', 'external_id'] as const;
const ROLES = ['account', 'recipient'] as const;

/** Lines that have a problem have it in words, and themselves in `raw`. */
const ROW_COLUMNS: readonly (readonly [string, Fragment])[] = [
  ['line', sql`UInt32`],
  ['problem', sql`LowCardinality(String)`],
  ['raw', sql`String`],
  ['message', sql`UInt64`],
  ['fingerprint', sql`UInt64`],
  ...TEXTS.map((name) => [name, name === 'digits' ? sql`String` : sql`LowCardinality(String)`] as const),
  ...FLAGS.map((name) => [name, sql`Nullable(UInt8)`] as const),
  ['charge', sql`Nullable(Decimal(18, 6))`],
  ['seconds', sql`Int64`],
  ...TIME_COLUMNS.map(({ millis }) => [millis, sql`Int64`] as const),
  ...ROLES.flatMap((role) => [
    [`${role}_ref`, sql`UInt64`] as const,
    ...IDENTITIES.map((kind) => [`${role}_${kind}`, sql`String`] as const),
  ]),
];

const columnsSql = (columns: readonly (readonly [string, Fragment])[]): SqlNode =>
  commas(columns.map(([name, type]) => sql`${identifier(name)} ${type}`));

export function makeStaging(): RenderedSql[] {
  return [
    ...LINES.map((name) => renderSql(sql`CREATE TABLE ${tableName(name)} (line UInt32, raw String) ENGINE = Memory`)),
    renderSql(sql`CREATE TABLE ${tableName(ROWS)} (${columnsSql(ROW_COLUMNS)}) ENGINE = MergeTree ORDER BY tuple()`),
    renderSql(
      sql`CREATE TABLE ${tableName(REFS)} (ref UInt64, email String, phone String, external_id String, acts UInt8) ENGINE = MergeTree ORDER BY ref`,
    ),
    renderSql(
      sql`CREATE TABLE IF NOT EXISTS ${tableName(NUMBERS)} (ref UInt64, person UInt32, country LowCardinality(String), acts UInt8) ENGINE = MergeTree ORDER BY ref`,
    ),
    renderSql(sql`CREATE TABLE ${tableName(LEFT_OUT)} (line UInt32, message UInt64, outcome String) ENGINE = Memory`),
  ];
}

const dropTable = (name: string): RenderedSql => renderSql(sql`DROP TABLE IF EXISTS ${tableName(name)} SYNC`);

/** All but the numbers. */
export const dropStaging = (): RenderedSql[] => [...LINES, ROWS, REFS, LEFT_OUT].map(dropTable);
export const dropNumbers = (): RenderedSql => dropTable(NUMBERS);

export const emptyLines = (lines: string): RenderedSql => renderSql(sql`TRUNCATE TABLE ${tableName(lines)}`);

const field = (name: string): Fragment => sql`tupleElement(given, ${string(name)})`;
const person = (role: string, kind: string): Fragment => sql`tupleElement(${field(role)}, ${string(kind)})`;
const given = (cell: SqlNode): Fragment => sql`isNotNull(${cell})`;

/** What a line may say, by kind; anything else is NULL, and so is what is not there. */
function shape(): SqlNode {
  const nullable = (names: readonly string[], type: string) => names.map((name) => `${name} Nullable(${type})`);
  const identities = `Tuple(${nullable(IDENTITIES, 'String').join(', ')})`;
  const fields = [
    ...nullable(['message_id', ...TEXTS, ...MESSAGE_TIMES], 'String'),
    ...nullable(FLAGS, 'Bool'),
    ...nullable(['charge', 'seconds'], 'Float64'),
    ...ROLES.map((role) => `${role} ${identities}`),
  ];
  return string(`Tuple(${fields.join(', ')})`);
}

/** An ISO 8601 instant with `Z` or an offset. */
const INSTANT = string(
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$',
);
/** Decimal(18, 6) holds a little more. */
const MAX_SUM = 100_000_000_000;
const DAY_MS = 86_400_000;

export interface ReadLines {
  source: string;
  /** UTC milliseconds: what lies more than a day ahead of it is refused. */
  receivedAt: number;
}

/** Reads and checks lines: every value is typed here, by the engine, and nothing of a line becomes SQL. */
export function readLines(lines: string, { source, receivedAt }: ReadLines): RenderedSql {
  const millis = TIME_COLUMNS.map(
    ({ time, millis }) =>
      sql`ifNull(toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull(${field(time)}, 3, 'UTC')), 0) AS ${identifier(millis)}`,
  );
  const texts = TEXTS.map(
    (name) =>
      sql`${name === 'digits' || name === 'failure_reason' ? sql`` : sql`trimBoth`}(ifNull(${field(name)}, '')) AS ${identifier(name)}`,
  );
  const people = ROLES.flatMap((role) =>
    IDENTITIES.map((kind) => sql`ifNull(${person(role, kind)}, '') AS ${identifier(`${role}_${kind}`)}`),
  );
  const refs = ROLES.map(
    (role) =>
      sql`if(${names(role)}, sipHash64(${commas(IDENTITIES.map((kind) => identifier(`${role}_${kind}`)))}), 0) AS ${identifier(`${role}_ref`)}`,
  );
  const flags = FLAGS.map((name) => sql`${field(name)} AS ${identifier(name)}`);
  // The text of projector/hash.ts, so that a message has the same key by whatever way it came.
  const message = sql`reinterpretAsUInt64(reverse(substring(SHA256(concat(${string(`["message",${JSON.stringify(source)},`)}, toJSONString(id), ']')), 1, 8)))`;
  const said = [
    ...TEXTS.map(identifier),
    ...FLAGS.map((name) => sql`ifNull(toInt8(${identifier(name)}), -1)`),
    sql`ifNull(toFloat64(charge), -1)`,
    sql`seconds`,
    ...TIME_COLUMNS.map(({ millis }) => identifier(millis)),
    ...ROLES.map((role) => identifier(`${role}_ref`)),
  ];
  return renderSql(sql`INSERT INTO ${tableName(ROWS)} (${commas(ROW_COLUMNS.map(([name]) => identifier(name)))})
SELECT ${commas(ROW_COLUMNS.map(([name]) => (name === 'raw' ? sql`if(problem = '', '', raw)` : identifier(name))))}
FROM (
  SELECT *,
    ${problemOf(receivedAt)} AS problem,
    ${message} AS message,
    sipHash64(${commas(said)}) AS fingerprint
  FROM (
    SELECT line, raw, given,
      length(JSONExtractKeys(raw)) AS keys,
      ifNull(${field('message_id')}, '') AS id,
      ${commas([...texts, ...flags, ...millis, ...people, ...refs])},
      toDecimal64OrNull(toString(round(${field('charge')}, 6)), 6) AS charge,
      accurateCastOrDefault(floor(ifNull(${field('seconds')}, 0)), 'Int64', toInt64(-1)) AS seconds
    FROM (SELECT line, raw, JSONExtract(raw, ${shape()}) AS given FROM ${tableName(lines)} WHERE line > 0)
  )
)
SETTINGS output_format_json_escape_forward_slashes = 0`);
}

const names = (role: string): SqlNode =>
  sql`(${joined(
    ' OR ',
    IDENTITIES.map((kind) => given(person(role, kind))),
  )})`;

/** The first thing that is wrong with a line, as a sentence; '' where it can be counted. */
function problemOf(receivedAt: number): Fragment {
  const scalars = ['message_id', ...TEXTS, ...MESSAGE_TIMES, ...FLAGS, 'charge', 'seconds'];
  const understood = joined('\n', [
    sql`${number(0)}`,
    ...scalars.map((name) => sql`+ ${given(field(name))}`),
    ...ROLES.map((role) => sql`+ ${names(role)}`),
  ]);
  const length = (name: string, least: number, most: number) =>
    sql`${given(field(name))} AND NOT lengthUTF8(${identifier(name)}) BETWEEN ${number(least)} AND ${number(most)}`;
  const cases: [SqlNode, string][] = [
    [sql`keys = 0`, 'This line is not a JSON object with fields.'],
    [sql`NOT lengthUTF8(id) BETWEEN 1 AND 500`, 'message_id: a text of 1 to 500 characters is needed.'],
    [sql`NOT lengthUTF8(channel) BETWEEN 1 AND 200`, 'channel: a name of 1 to 200 characters is needed.'],
    [sql`keys != ${understood}`, FIELDS],
    ...(['category', 'campaign'] as const).map((name): [SqlNode, string] => [
      length(name, 1, 200),
      `${name}: a name of 1 to 200 characters is needed.`,
    ]),
    [length('failure_reason', 0, 2000), 'failure_reason: at most 2,000 characters.'],
    [length('digits', 0, 100), 'digits: at most 100 characters.'],
    [length('currency', 3, 3), 'currency: a code of three letters is needed, such as EUR.'],
    ...MESSAGE_TIMES.map((time): [SqlNode, string] => [
      sql`${given(field(time))} AND NOT match(assumeNotNull(${field(time)}), ${INSTANT})`,
      `${time}: a time such as 2026-03-01T09:30:00Z is needed.`,
    ]),
    ...TIME_COLUMNS.map(({ time, millis }): [SqlNode, string] => [
      sql`${given(field(time))} AND ${identifier(millis)} <= 0`,
      `${time}: times before 1970, and days that no calendar has, cannot be stored.`,
    ]),
    ...TIME_COLUMNS.map(({ time, millis }): [SqlNode, string] => [
      sql`${identifier(millis)} > toUnixTimestamp64Milli(${instant(receivedAt + DAY_MS)})`,
      `${time} lies more than a day after the file was loaded.`,
    ]),
    [
      sql`greatest(${commas(TIME_COLUMNS.map(({ millis }) => identifier(millis)))}) = 0`,
      `One of ${MESSAGE_TIMES.join(', ')} is needed at least.`,
    ],
    [
      sql`ifNull(${field('charge')}, 0) < 0 OR ifNull(${field('charge')}, 0) > ${number(MAX_SUM)}`,
      'charge: a number from 0 to 100,000,000,000 is needed.',
    ],
    [
      sql`${given(field('seconds'))} AND NOT (seconds BETWEEN 0 AND 4294967295 AND toFloat64(seconds) = ${field('seconds')})`,
      'seconds: a whole number is needed.',
    ],
    ...ROLES.map((role): [SqlNode, string] => [
      sql`lengthUTF8(${identifier(`${role}_email`)}) > 320 OR lengthUTF8(${identifier(`${role}_phone`)}) > 40 OR lengthUTF8(${identifier(`${role}_external_id`)}) > 200`,
      `${role}: an e-mail address may have 320 characters, a phone number 40, an external_id 200.`,
    ]),
  ];
  return sql`multiIf(${commas(cases.flatMap(([wrong, sentence]) => [wrong, string(sentence)]))}, '')`;
}

/** The line's own fields are told beside it when it is put into the quarantine. */
export const FIELDS = 'A field is unknown, empty, there twice, or not of the kind that it must be.';
