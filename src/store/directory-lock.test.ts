import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TurnoutError } from '../contract/errors.ts';
import { lockDirectory } from './directory-lock.ts';

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnout-lock-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that takes the lock and holds it until it is killed. */
async function otherHolder(): Promise<ChildProcess> {
  const file = new URL('./directory-lock.ts', import.meta.url).href;
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(file)});
    globalThis.lock = lockDirectory(${JSON.stringify(folder)});
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = other;
  const [said] = await once(other.stdout, 'data');
  expect(String(said)).toBe('held');
  return other;
}

test('a second process is refused with a sentence, and let in after kill -9 of the first', async () => {
  const other = await otherHolder();
  expect(() => lockDirectory(folder)).toThrow(TurnoutError);
  expect(() => lockDirectory(folder)).toThrow(/Another Turnout is running on .*TURNOUT_DATA/);
  other.kill('SIGKILL');
  await once(other, 'exit');
  lockDirectory(folder).release();
});

test('one process cannot take it twice, and can again after releasing it', () => {
  const lock = lockDirectory(folder);
  expect(() => lockDirectory(folder)).toThrow(/Another Turnout/);
  lock.release();
  lock.release();
  lockDirectory(folder).release();
});

test('a folder that is not there is our own mistake, not "another Turnout"', () => {
  expect(() => lockDirectory(join(folder, 'missing'))).toThrow(/unable to open/);
});
