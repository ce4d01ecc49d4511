import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/server.ts';

/** The commands that bring data in, as a person types them: no server runs, so each starts one for the time being. */

const root = resolve(import.meta.dirname, '..', '..');
const folder = temporaryFolder('commands');
const workspace = join(folder, 'workspace');
const environment = {
  PATH: process.env['PATH'] ?? '',
  TURNOUT_DATA: join(folder, 'data'),
  TURNOUT_WORKSPACE: workspace,
  // Nothing answers there, whatever runs on this machine.
  PORT: '1',
  NODE_NO_WARNINGS: '1',
};

function turnout(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...args], {
    env: { ...environment, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, said: stdout, complained: stderr };
}

function file(name: string, lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

test('turnout check finds the example in order, and says what to mend in a broken workspace', () => {
  const example = join(root, 'examples', 'messaging-postgres', 'workspace');
  const found = turnout(['check', example], { PLATFORM_DATABASE_URL: 'postgres://reader@127.0.0.1:5432/platform' });
  expect(found).toMatchObject({ status: 0, complained: '' });
  expect(found.said).toMatch(/is in order: .*1 source\./);

  const broken = join(folder, 'broken');
  mkdirSync(join(broken, 'tables'), { recursive: true });
  mkdirSync(join(broken, 'sources'));
  writeFileSync(join(broken, 'tables', 'calls.yaml'), 'version: 1\ntable: calls\ncolums: []\n');
  writeFileSync(
    join(broken, 'sources', 'crm.yaml'),
    'version: 1\nsources:\n  - { name: crm, connector: postgrse, settings: {} }\n  - { name: b, connector: csv, schedule: "60 6 * * *", settings: {} }\n',
  );
  const { status, said } = turnout(['check', broken]);
  expect(status).toBe(1);
  expect(said).toMatch(/tables\/calls\.yaml.*Did you mean "columns"/s);
  expect(said).toMatch(/sources\.0\.connector: There is no connector "postgrse".*Did you mean "postgres"/);
});

test('turnout import looks, checks, imports, and counts a row once however often it comes', () => {
  const days = Array.from(
    { length: 20 },
    (_, day) => `2026-03-${String(day + 1).padStart(2, '0')};${['Oslo', 'Bergen'][day % 2]};${day},5`,
  );
  const path = file('visits.csv', ['Day;City;Callers', ...days, '2026-03-21;Oslo;many']);
  const looked = turnout(['import', path, '--dry-run']);
  expect(looked).toMatchObject({ status: 0, complained: '' });
  expect(looked.said).toMatch(/21 rows: 20 good|21 rows: /);
  expect(looked.said).toMatch(/1 × /);

  const imported = turnout(['import', path, '--as', 'Visits by city', '--table', 'city_calls']);
  expect(imported).toMatchObject({ status: 0, complained: '' });
  expect(imported.said).toMatch(/Imported 21 rows as "visits-by-city"\. See \/d\/city_calls\./);
  expect(readdirSync(join(workspace, 'tables'))).toEqual(['city_calls.yaml']);
  expect(turnout(['check']).said).toMatch(/is in order/);

  const again = turnout(['import', path]);
  expect(again.said).toMatch(/as saved: Visits by city/);
  expect(again.status).toBe(0);
  expect(turnout(['import', join(folder, 'nothing.csv')])).toMatchObject({
    status: 1,
    complained: expect.stringMatching(/There is no file .*nothing\.csv/),
  });
  const image = join(folder, 'logo.csv');
  writeFileSync(image, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  expect(turnout(['import', image])).toMatchObject({
    status: 1,
    complained: expect.stringMatching(/This is a picture/),
  });
});

test('turnout sync reads a watched folder once; without a source it says where to look', () => {
  const empty = turnout(['sync', 'nobody']);
  expect(empty.status).toBe(1);
  expect(empty.complained).toMatch(/There is no source "nobody" that is read/);

  mkdirSync(join(workspace, 'inbox'));
  writeFileSync(join(workspace, 'inbox', 'a.csv'), 'Day,City,Visits\n2026-04-01,Oslo,3\n2026-04-02,Oslo,4\n');
  writeFileSync(
    join(workspace, 'sources', 'inbox.yaml'),
    JSON.stringify({
      version: 1,
      sources: [
        {
          name: 'inbox',
          connector: 'csv',
          settings: {
            folder: 'inbox',
            mapping: {
              record: 'row',
              table: 'visits',
              columns: [
                { field: 'day', column: 'Day', type: 'date' },
                { field: 'city', column: 'City', type: 'text' },
                { field: 'visits', column: 'Visits', type: 'number' },
              ],
            },
          },
        },
      ],
    }),
  );
  // A file that was written just now may still be growing.
  const past = new Date(Date.now() - 60_000);
  for (const name of readdirSync(join(workspace, 'inbox')))
    spawnSync('touch', ['-d', past.toISOString(), join(workspace, 'inbox', name)]);
  const first = turnout(['sync']);
  expect(first).toMatchObject({ status: 0, complained: '' });
  expect(first.said).toMatch(/inbox: 2 rows\./);
  expect(turnout(['sync', 'inbox']).said).toMatch(/inbox: 0 rows\./);
});
