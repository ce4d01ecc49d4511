import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../test/support/certificate.ts';
import { until } from '../../test/support/poll.ts';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { readingRequest, readingSettings, readStream, readToEnd } from '../../test/support/postgres-reading.ts';
import { recordedEffects } from '../../test/support/pull-effects.ts';
import { PullError } from '../contract/pull.ts';
import { postgres } from './postgres.ts';
import { type PostgresSettings, postgresSettings } from './postgres-settings.ts';

let server: TestPostgres;
let secure: TestPostgres;
const own = makeCertificate('127.0.0.1');
beforeAll(async () => {
  [server, secure] = await Promise.all([
    startPostgres(),
    startPostgres({
      flags: ['-c', 'ssl=on', '-c', 'ssl_cert_file=server.crt', '-c', 'ssl_key_file=server.key'],
      prepare(folder) {
        const { uid, gid } = statSync(folder);
        const access = join(folder, 'pg_hba.conf');
        writeFileSync(access, `hostnossl all guarded 127.0.0.1/32 reject\n${readFileSync(access, 'utf8')}`);
        for (const [file, text] of [
          ['server.crt', own.certificate],
          ['server.key', own.key],
        ] as const) {
          writeFileSync(join(folder, file), text, { mode: 0o600 });
          chownSync(join(folder, file), uid, gid);
        }
      },
    }),
  ]);
  await server.sql(`
    CREATE ROLE reader LOGIN PASSWORD 'test-password';
    CREATE TABLE secrets (id int PRIMARY KEY);
    CREATE TABLE orders (id int PRIMARY KEY, note text);
    INSERT INTO orders SELECT n, repeat('x', 500) FROM generate_series(1, 20000) AS n;
    GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO reader;
    CREATE SEQUENCE counter; GRANT ALL ON SEQUENCE counter TO reader;
    CREATE FUNCTION write_order() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (0, 'written'); RETURN 1; END $$;
    CREATE FUNCTION allow_writing() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET TRANSACTION READ WRITE; INSERT INTO orders VALUES (0, 'written'); RETURN 1; END $$;
    CREATE FUNCTION run_program() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COPY orders TO PROGRAM 'cat > /dev/null'; RETURN 1; END $$;
    CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql AS 'SELECT $1 FROM pg_sleep(30)';
  `);
});
afterAll(() => Promise.all([server.stop(), secure.stop()]));

const settingsOf = (query: string, extra: object = {}, role = 'reader'): PostgresSettings => ({
  ...readingSettings(server.urlFor({ user: role }), { record: 'row', table: 'orders', key: 'id', query }),
  ...extra,
});

async function failure(settings: PostgresSettings, effects = recordedEffects()): Promise<PullError> {
  const error: unknown = await readStream(settings, {}, effects).then(
    ({ rows }) => new Error(`it was read: ${JSON.stringify(rows).slice(0, 200)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PullError)) throw error;
  expect(error.message).not.toContain('test-password');
  return error;
}

describe('only reading', () => {
  test.each([
    ['INSERT INTO orders VALUES (0) RETURNING id', /names something|fails/],
    ['DELETE FROM orders RETURNING id', /fails/],
    ['WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone', /data-modifying/],
    ['SELECT 1 AS id; DROP TABLE orders', /fails/],
    ['SELECT 1 AS id) AS q; DROP TABLE orders; --', /fails|cannot insert multiple commands/],
    ['SELECT 1 AS id) AS q; COMMIT; BEGIN; DELETE FROM orders; SELECT * FROM (SELECT 1 AS id', /multiple commands/],
    ['SELECT write_order() AS id', /writes, and Turnout only reads: .*read-only transaction/],
    ['SELECT allow_writing() AS id', /fails: Transaction read-write mode must be set before any query/],
    [`SELECT nextval('counter') AS id`, /writes, and Turnout only reads/],
    [`SELECT set_config('transaction_read_only', 'off', true) AS id`, /read-write mode must be set before any query/],
    ['SELECT id FROM orders FOR UPDATE', /writes, and Turnout only reads/],
    [`COPY orders TO PROGRAM 'true'`, /fails/],
    [`SELECT pg_read_file('/etc/hostname') AS id`, /may not do what the query of stream "orders" asks/],
    [`SELECT lo_import('/etc/hostname') AS id`, /may not do|writes/],
    ['SELECT run_program() AS id', /may not do.*program/],
    ['SELECT id FROM secrets', /Permission denied for table secrets.*GRANT SELECT/],
    ['SELECT 1 AS id INTO TEMP copied', /fails|names something/],
    ['VALUES (1), (2', /fails/],
    ['', /fails/],
  ])('%s', async (query, sentence) => {
    const settings = { ...settingsOf('SELECT 1 AS id') };
    settings.streams = settings.streams.map((stream) => ({ ...stream, query }));
    const error = await failure(settings);
    expect(error.message).toMatch(sentence);
    expect(error.kind).toBe('settings');
    const [row] = await server.sql<{ n: number; written: number }>(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE id = 0)::int AS written FROM orders`,
    );
    expect(row).toEqual({ n: 20000, written: 0 });
  });

  test('a superuser is told to step back', async () => {
    const { effects } = await readStream(settingsOf('SELECT 1 AS id', {}, 'postgres'));
    expect(effects.notices).toEqual([expect.stringMatching(/"postgres" is a superuser.*role that may only read/)]);
  });

  test('a semicolon, a comment and other parentheses at the end are harmless', async () => {
    for (const query of [
      'SELECT 1 AS id;',
      'SELECT 1 AS id -- the key',
      'SELECT 1 AS id /* ) */ ;\n ; ',
      'TABLE orders LIMIT 1',
      'VALUES (1)) AS q (id) UNION ALL SELECT * FROM (SELECT 2',
    ]) {
      const key = query.startsWith('VALUES') ? 'column1' : 'id';
      const settings = settingsOf(query);
      settings.streams = settings.streams.map((stream) => ({ ...stream, key }));
      const reading = await readStream(settings).catch((error: unknown) => error);
      if (key === 'id') expect(reading).toMatchObject({ pages: [expect.objectContaining({ rows: 1 })] });
      else expect(reading).toBeInstanceOf(PullError);
    }
  });
});

describe('sentences for what people can mend', () => {
  test.each([
    [
      'SELECT id\nFROM order_items',
      /stream "orders" names something that is not there \(line 2, column 6\): Relation "order_items" does not exist/,
    ],
    ['SELECT id,\n  nota FROM orders', /\(line 2, column 3\): Column "nota" does not exist\./],
    ['SELEC id FROM orders', /stream "orders" fails \(line 1, column 10\): Syntax error/],
    ['SELECT id, id FROM orders', /two columns "id".*with AS/],
    ['SELECT note FROM orders', /no column "id", which its key names\. It has note/],
    ['SELECT id / 0 AS id FROM orders', /fails: Division by zero/],
  ])('%s', async (query, sentence) => {
    const error = await failure(settingsOf(query));
    expect(error.message).toMatch(sentence);
    expect(error.kind).toBe('settings');
  });

  test.each([
    ['password', { password: 'wrong' }, /refuses the password of "reader"/],
    ['database', { database: 'nowhere' }, /no database "nowhere"/],
    ['role', { user: 'nobody' }, /refuses the password of "nobody"/],
  ])('a wrong %s', async (_, role, sentence) => {
    const url = server.urlFor({ user: 'reader', ...role });
    const error = await failure({ ...settingsOf('SELECT 1 AS id'), url });
    expect(error).toMatchObject({ kind: 'settings', message: expect.stringMatching(sentence) });
  });

  test('nobody there, and someone else there', async () => {
    const other = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const url = `postgres://u:p@127.0.0.1:${port}/d`;
    expect((await failure({ ...settingsOf('SELECT 1 AS id'), url })).kind).toBe('retry');
    expect((await failure({ ...settingsOf('SELECT 1 AS id'), url, tls: 'require' })).message).toMatch(
      /does not speak PostgreSQL/,
    );
    await new Promise((resolve) => other.close(resolve));
    const error = await failure({ ...settingsOf('SELECT 1 AS id'), url });
    expect(error).toMatchObject({
      kind: 'retry',
      message: `Nothing listens at 127.0.0.1:${port}: the connection was refused.`,
    });
  });

  test('what the guard refuses is never connected to', async () => {
    const settings = { ...settingsOf('SELECT 1 AS id'), url: server.url.replace('127.0.0.1', '127.0.0.2') };
    expect(await failure(settings)).toMatchObject({
      kind: 'settings',
      message: expect.stringMatching(/127\.0\.0\.2.*egress\.allow/),
    });
    expect(await postgres.check(settings, recordedEffects())).toMatchObject([
      { ok: false, detail: expect.stringMatching(/127\.0\.0\.2.*egress\.allow/) },
    ]);
  });
});

describe('TLS', () => {
  const secured = (extra: object, host = '127.0.0.1') =>
    postgresSettings.parse({
      url: secure.url.replace('127.0.0.1', host),
      streams: [
        {
          record: 'row',
          table: 't',
          key: 'id',
          query: 'SELECT pid AS id, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
        },
      ],
      ...extra,
    });

  test('never falls back to plain text', async () => {
    for (const tls of ['require', 'verify'] as const) {
      const error = await failure(settingsOf('SELECT 1 AS id', { tls }));
      expect(error).toMatchObject({
        kind: 'settings',
        message: expect.stringMatching(/offers no TLS, and these settings ask for it/),
      });
    }
  });

  test('a server that wants it says so', async () => {
    const error = await failure({ ...secured({ tls: 'off' }), url: secure.urlFor({ user: 'guarded' }) });
    expect(error).toMatchObject({
      kind: 'settings',
      message: expect.stringMatching(/does not let "guarded" in: .*no encryption/),
    });
  });

  test('require encrypts, verify wants a certificate that is known and for this name', async () => {
    expect((await readStream(secured({ tls: 'require' }))).rows).toMatchObject([{ ssl: true }]);
    expect((await readStream(secured({ tls: 'off' }))).rows).toMatchObject([{ ssl: false }]);
    expect((await failure(secured({ tls: 'verify' }))).message).toMatch(/signed by nobody we know.*into ca/);
    expect((await readStream(secured({ ca: own.certificate }))).rows).toMatchObject([{ ssl: true }]);
    expect((await failure(secured({ ca: makeCertificate('127.0.0.1').certificate }))).kind).toBe('settings');
    // The connection goes to the address that was checked; the name in the settings is what the certificate must be for.
    const named = { ...recordedEffects(), address: async () => ({ address: '127.0.0.1', family: 4 as const }) };
    const error = await failure(secured({ ca: own.certificate }, 'db.example.com'), named);
    expect(error.message).toMatch(/for another name/);
  });
});

describe('broken connections', () => {
  const wide = () => settingsOf(`SELECT n AS id, repeat(md5(n::text), 60) AS pad FROM generate_series(1, 20000) AS n`);

  test('a connection that is cut in the middle fails the read; what came before is whole', async () => {
    const pages: number[] = [];
    const reading = (async () => {
      for await (const page of postgres.read(readingRequest(wide()), recordedEffects())) {
        pages.push((JSON.parse(page.body.toString()) as { rows: unknown[] }).rows.length);
        expect(pages.at(-1)).toBe(page.rows);
        if (pages.length === 3) {
          await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'turnout'`);
        }
      }
    })();
    await expect(reading).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/has ended the connection|broke off/),
    });
    expect(pages.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(20000);
  });

  test('a run that is stopped ends at once, whatever the database is doing', async () => {
    const effects = recordedEffects();
    const reading = readToEnd(
      readingRequest(settingsOf('SELECT slow(n) AS id FROM generate_series(1, 3) AS n')),
      effects,
    );
    const working = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'turnout' AND query LIKE 'FETCH%' AND state = 'active'`;
    await until('the query is at work', async () => (await server.sql(working)).length > 0);
    const stopped = performance.now();
    effects.stop();
    await expect(reading).rejects.toMatchObject({ kind: 'retry', message: 'The reading was stopped.' });
    expect(performance.now() - stopped).toBeLessThan(3000);
    await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'turnout'`);
  });

  test('a table that someone has locked is a sentence, not a wait without end', async () => {
    await server.sql('CREATE TABLE locked (id int); GRANT SELECT ON locked TO reader');
    const holding = server.sql(`BEGIN; LOCK TABLE locked; SELECT pg_sleep(20) AS held`).catch(() => []);
    await until(
      'the table is locked',
      async () =>
        (await server.sql(`SELECT 1 FROM pg_locks WHERE relation = 'locked'::regclass AND granted`)).length > 0,
    );
    expect(await failure(settingsOf('SELECT id FROM locked'))).toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/waited too long for a lock/),
    });
    await server.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()`,
    );
    await holding;
  });
});

describe('the test of a source', () => {
  test('tells columns, rows and five of them with people masked', async () => {
    await server.sql(`
      CREATE TABLE contacts (id int PRIMARY KEY, mail text, tel text, joined timestamp, at timestamptz);
      INSERT INTO contacts SELECT n, 'dana.lopez' || n || '@example.com', '+1202555' || (1000 + n), '2024-03-01', CASE WHEN n > 2 THEN '2024-03-01Z'::timestamptz END FROM generate_series(1, 900) AS n;
      GRANT SELECT ON contacts TO reader; ANALYZE contacts;
    `);
    const settings = readingSettings(
      server.urlFor({ user: 'reader' }),
      {
        name: 'people',
        record: 'person',
        key: 'id',
        cursor: 'at',
        query: `SELECT id, 'contact' AS kind, mail AS email, tel AS phone, joined AS registered_at, at, mail AS emial FROM contacts`,
      },
      { name: 'double', record: 'row', table: 't', key: 'kind', query: `SELECT 'x' AS kind FROM contacts` },
      { name: 'broken', record: 'row', table: 't', key: 'id', query: 'SELECT id FROM nowhere' },
      { name: 'short', record: 'person', key: 'id', query: 'SELECT id, mail AS email FROM contacts' },
      { name: 'after', record: 'row', table: 't', key: 'id', query: 'SELECT id, mail FROM contacts' },
    );
    const [people, double, broken, short, after] = await postgres.check(settings, recordedEffects());
    expect(people?.rows).toBeGreaterThan(800);
    expect(people?.detail).toMatch(
      /^7 columns, about 8\d\d rows\. .*"emial" is not known.*2 rows or more have no "at".*"registered_at" has no time zone/,
    );
    expect(people?.sample).toHaveLength(5);
    expect(people?.sample[0]).toMatchObject({ record: 'person', email: 'd***@example.com', phone: '+1202…01' });
    expect(JSON.stringify([people, after])).not.toMatch(/dana|12025551/);
    expect(double?.detail).toMatch(/The key \(kind\) is not unique: of 900 rows 899 repeat/);
    expect(broken).toMatchObject({ ok: false, detail: expect.stringMatching(/"nowhere" does not exist/) });
    expect(short).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/no column "kind"/),
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'email', type: 'text' },
      ],
    });
    expect(after).toMatchObject({
      ok: true,
      rows: 900,
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'mail', type: 'text' },
      ],
    });
  });

  test('a connection that is cut fails the streams that are left, and nothing is thrown', async () => {
    const cut = `SELECT 1 AS id FROM (SELECT pg_terminate_backend(pg_backend_pid())) AS x OFFSET 0`;
    const settings = readingSettings(
      server.url,
      { record: 'row', table: 'a', key: 'id', query: 'SELECT 1 AS id' },
      { record: 'row', table: 'b', key: 'id', query: cut },
      { record: 'row', table: 'c', key: 'id', query: 'SELECT 1 AS id' },
    );
    const reports = await postgres.check(settings, recordedEffects());
    expect(reports.map(({ ok }) => ok)).toEqual([true, false, false]);
    expect(reports[2]?.detail).toMatch(/has ended the connection|broke off/);
  });

  test('one sentence per stream where nobody answers', async () => {
    const settings = readingSettings(
      server.urlFor({ user: 'reader', password: 'wrong' }),
      { record: 'row', table: 'a', key: 'id', query: 'x' },
      { record: 'row', table: 'b', key: 'id', query: 'x' },
    );
    const reports = await postgres.check(settings, recordedEffects());
    expect(reports.map(({ stream, ok }) => [stream, ok])).toEqual([
      ['a', false],
      ['b', false],
    ]);
    expect(reports[0]?.detail).toMatch(/refuses the password/);
  });
});
