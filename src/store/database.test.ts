import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordAudit } from './audit.ts';
import { openControlDatabase } from './database.ts';
import { loadSetting, saveSetting } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a setting is kept over a restart and the newest value wins', async () => {
  const first = await openControlDatabase(join(folder, 'control.sqlite'));
  expect(await loadSetting(first, 'sample_removed')).toBeNull();
  await saveSetting(first, 'sample_removed', 'no', 1);
  await saveSetting(first, 'sample_removed', 'yes', 2);
  await first.destroy();

  const second = await openControlDatabase(join(folder, 'control.sqlite'));
  expect(await loadSetting(second, 'sample_removed')).toBe('yes');
  await second.destroy();
});

test('the audit trail keeps its order', async () => {
  const database = await openControlDatabase(join(folder, 'control.sqlite'));
  await recordAudit(database, { at: 1, actor: 'local', action: 'sample.remove', detail: 'first' });
  await recordAudit(database, { at: 2, actor: 'local', action: 'sample.remove', detail: 'second' });
  const rows = await database.selectFrom('audit').selectAll().orderBy('id').execute();
  expect(rows.map((row) => row.detail)).toEqual(['first', 'second']);
  await database.destroy();
});

test('a file of a newer version is refused with a sentence', async () => {
  const file = join(folder, 'control.sqlite');
  const sqlite = new DatabaseSync(file);
  sqlite.exec('PRAGMA user_version = 99');
  sqlite.close();
  await expect(openControlDatabase(file)).rejects.toThrow(/newer than this Turnout/);
});
