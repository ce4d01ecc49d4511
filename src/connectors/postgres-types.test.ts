import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { readingSettings, readStream } from '../../test/support/postgres-reading.ts';
import { recordedEffects } from '../../test/support/pull-effects.ts';
import { postgres } from './postgres.ts';
import { parsePostgresArray } from './postgres-array.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
  await server.sql(`
    CREATE TYPE mood AS ENUM ('glad', 'so so');
    CREATE DOMAIN amount AS numeric(12, 2) CHECK (VALUE >= 0);
    CREATE TYPE pair AS (a int, b text);
  `);
});
afterAll(() => server.stop());

/** One value through a real server: how it arrives, what its column is called, and what was said about it. */
async function read(expression: string) {
  const settings = readingSettings(server.url, {
    record: 'row',
    table: 't',
    key: 'id',
    query: `SELECT 1 AS id, ${expression} AS v`,
  });
  const { rows, pages, effects } = await readStream(settings);
  const said = effects.notices.filter((notice) => !notice.includes('superuser'));
  return { value: rows[0]?.['v'], type: pages[0]?.columns?.[1]?.type, said };
}

test.each([
  [`42::smallint`, 42, 'int2'],
  [`(-2147483648)::int`, -2147483648, 'int4'],
  [`9223372036854775807::bigint`, '9223372036854775807', 'int8'],
  [`12345678901234567890.123456789::numeric`, '12345678901234567890.123456789', 'numeric'],
  [`1.10::numeric(10,2)`, '1.10', 'numeric'],
  [`3.50::amount`, '3.50', 'numeric'],
  [`'-1234.50'::money`, '-1234.50', 'money'],
  [`0.1::float8`, 0.1, 'float8'],
  [`'1e-7'::float4`, 1e-7, 'float4'],
  [`true`, true, 'bool'],
  [`false`, false, 'bool'],
  [`''::text`, '', 'text'],
  [`E'a\\nb "c" \\u00e9 \\U0001F600'::varchar`, 'a\nb "c" é 😀', 'varchar'],
  [`'ab'::char(5)`, 'ab', 'bpchar'],
  [`'so so'::mood`, 'so so', 'mood'],
  [`'2024-02-29'::date`, '2024-02-29', 'date'],
  [`'2024-03-01 09:00:00.123456+07'::timestamptz`, '2024-03-01T02:00:00.123456Z', 'timestamptz'],
  [`'2024-03-01 09:00:00+05:30'::timestamptz`, '2024-03-01T03:30:00Z', 'timestamptz'],
  [`'2024-03-01 09:00:00.5'::timestamp`, '2024-03-01T09:00:00.5', 'timestamp'],
  [`'09:30:00'::time`, '09:30:00', 'time'],
  [`'1 day 02:00'::interval`, 'P1DT2H', 'interval'],
  [`'{"a": [1, 2.50], "b": null}'::json`, '{"a": [1, 2.50], "b": null}', 'json'],
  [`'{"b":1,"a":12345678901234567890}'::jsonb`, '{"a": 12345678901234567890, "b": 1}', 'jsonb'],
  [`'6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid`, '6f9619ff-8b86-d011-b42d-00cf4fc964ff', 'uuid'],
  [`'192.0.2.1/24'::inet`, '192.0.2.1/24', 'inet'],
  [`ARRAY[1, NULL, 3]`, '[1,null,3]', 'int4[]'],
  [`ARRAY['a,b', 'c"d', 'NULL', NULL, '', '{}', E'\\\\']`, '["a,b","c\\"d","NULL",null,"","{}","\\\\"]', 'text[]'],
  [`ARRAY[[1.50, 2], [3, 4]]::numeric[]`, '[["1.50","2"],["3","4"]]', 'numeric[]'],
  [`'[0:1]={7,8}'::int[]`, '[7,8]', 'int4[]'],
  [`'{}'::text[]`, '[]', 'text[]'],
  [`ARRAY['{"a":[1]}']::jsonb[]`, '[{"a":[1]}]', 'jsonb[]'],
  [`ARRAY['2024-03-01 09:00+07'::timestamptz]`, '["2024-03-01T02:00:00Z"]', 'timestamptz[]'],
  [`ROW(1, 'x')::pair`, '(1,x)', 'pair'],
  [`'[1,5)'::int4range`, '[1,5)', 'int4range'],
  [`NULL::numeric`, null, 'numeric'],
])('%s', async (expression, value, type) => {
  expect(await read(expression)).toEqual({ value, type, said: [] });
});

test.each([
  [`'NaN'::numeric`, /holds NaN, which is no number/],
  [`'Infinity'::numeric`, /holds Infinity/],
  [`'-Infinity'::float8`, /holds -Infinity/],
  [`'infinity'::timestamptz`, /holds the date infinity/],
  [`'-infinity'::date`, /holds the date -infinity/],
  [`'0044-03-15 BC'::date`, /holds the date 0044-03-15 BC/],
  [`'12024-01-01'::timestamp`, /holds the date 12024-01-01/],
  [`'\\xdeadbeef'::bytea`, /holds bytes \(bytea\).*encode\(v, 'hex'\)/],
])('%s is kept as nothing, and said once', async (expression, sentence) => {
  const { value, said } = await read(expression);
  expect(value).toBeNull();
  expect(said).toEqual([expect.stringMatching(sentence)]);
});

test('a text beyond all bounds is kept as nothing', async () => {
  const { value, said } = await read(`repeat('x', 1000001)`);
  expect(value).toBeNull();
  expect(said).toEqual([expect.stringMatching(/more than 1000000 characters/)]);
});

test('the session of a database with other habits reads the same', async () => {
  await server.sql(`
    CREATE ROLE odd LOGIN SUPERUSER PASSWORD 'test-password';
    ALTER ROLE odd SET TimeZone = 'Australia/Lord_Howe';
    ALTER ROLE odd SET DateStyle = 'SQL, DMY';
    ALTER ROLE odd SET IntervalStyle = 'postgres_verbose';
    ALTER ROLE odd SET bytea_output = 'escape';
    ALTER ROLE odd SET extra_float_digits = -2;
  `);
  const query = `SELECT 1 AS id, '2024-03-01 09:00+07'::timestamptz AS z, '2024-02-03'::date AS d, '90 minutes'::interval AS i, 0.1::float8 + 0.2 AS f`;
  const settings = readingSettings(server.urlFor({ user: 'odd' }), { record: 'row', table: 't', key: 'id', query });
  const { rows } = await readStream(settings);
  expect(rows).toEqual([{ id: 1, z: '2024-03-01T02:00:00Z', d: '2024-02-03', i: 'PT1H30M', f: 0.30000000000000004 }]);
});

test('a table of the workspace can be proposed from the types', async () => {
  const query = `SELECT 1::bigint AS id, 1.5 AS n, true AS b, current_date AS d, now() AS t, localtimestamp AS l, '09:00'::time AS h, '{1}'::int[] AS a, 'glad'::mood AS m`;
  const [report] = await postgres.check(
    readingSettings(server.url, { record: 'row', table: 't', key: 'id', query }),
    recordedEffects(),
  );
  expect(Object.fromEntries((report?.columns ?? []).map(({ name, type }) => [name, type]))).toEqual({
    ...{ id: 'integer', n: 'number', b: 'boolean', d: 'date', t: 'time', l: 'time', h: 'text', a: 'text', m: 'text' },
  });
});

test('texts that are no arrays are told apart', () => {
  const read = (text: string) => parsePostgresArray(text, (item) => item);
  for (const broken of ['', '{', '{1', '{1,', '{"a}', '{1}x', 'x', '{{1}', '[0:1]'])
    expect(read(broken)).toBeUndefined();
});
