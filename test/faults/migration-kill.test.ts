import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { openControlDatabase } from '../../src/store/database.ts';
import { loadSetting } from '../../src/store/settings.ts';

/** RELIABILITY F24: kill -9 after each statement of bringing an older control database up to date. */

const folder = mkdtempSync(join(tmpdir(), 'turnout-migration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the first release left it, with something in it. */
function writeOldDatabase(file: string): void {
  const sqlite = new DatabaseSync(file);
  sqlite.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL) STRICT;
    CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
    INSERT INTO settings VALUES ('sample_removed', 'yes', 1);
    PRAGMA user_version = 1`);
  sqlite.close();
}

/** Migrates in a process of its own, statement by statement; kills itself after statement `killAfter`, or tells how many there were. */
function migrateInProcess(file: string, killAfter: number): Promise<{ killed: boolean; statements: number }> {
  const migrations = new URL('../../src/store/migrations.ts', import.meta.url).href;
  const script = `
    import { DatabaseSync } from 'node:sqlite';
    const { migrate } = await import(${JSON.stringify(migrations)});
    const exec = DatabaseSync.prototype.exec;
    let statements = 0;
    DatabaseSync.prototype.exec = function (text) {
      for (const statement of text.split(';').filter((each) => each.trim() !== '')) {
        exec.call(this, statement);
        statements += 1;
        if (statements === ${killAfter}) process.kill(process.pid, 'SIGKILL');
      }
    };
    migrate(new DatabaseSync(${JSON.stringify(file)}));
    process.stdout.write(String(statements));`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], (error, stdout, stderr) => {
      const killed = error?.signal === 'SIGKILL';
      if (error !== null && !killed) reject(new Error(stderr));
      else resolve({ killed, statements: Number(stdout) });
    });
  });
}

function look(file: string): { version: unknown; tables: string } {
  const sqlite = new DatabaseSync(file);
  const version = sqlite.prepare('PRAGMA user_version').get()?.['user_version'];
  const tables = sqlite
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    .all();
  sqlite.close();
  return { version, tables: tables.map((row) => row['name']).join(' ') };
}

test('an upgrade that is killed is done or not done, never half, and the next start completes it', async () => {
  const whole = join(folder, 'whole.sqlite');
  writeOldDatabase(whole);
  const { statements } = await migrateInProcess(whole, 0);
  const latest = look(whole);
  expect(statements).toBeGreaterThan(10);
  const versions = new Set<string>();
  for (let killAfter = 1; killAfter <= statements; killAfter++) {
    const file = join(folder, `${killAfter}.sqlite`);
    writeOldDatabase(file);
    expect(await migrateInProcess(file, killAfter)).toMatchObject({ killed: true });
    const left = look(file);
    // One set of tables for each version.
    versions.add(`${left.version}: ${left.tables}`);
    const opened = await openControlDatabase(file);
    expect(await loadSetting(opened, 'sample_removed')).toBe('yes');
    await opened.destroy();
    expect(look(file)).toEqual(latest);
  }
  expect(new Set([...versions].map((each) => each.split(':')[0])).size).toBe(versions.size);
  expect(versions).toContain('1: audit settings');
  expect(versions).toContain(`${latest.version}: ${latest.tables}`);
}, 180_000);
