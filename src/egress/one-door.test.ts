import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** Nothing that reads services opens a connection of its own: `effects.http` and `effects.address` are the only way out (S9). */

const source = resolve(import.meta.dirname, '..');
const PARTS = ['connectors', 'sync', 'imports', 'files', 'intake', 'contract'];
/** Names of `node:net` that open nothing. */
const HARMLESS = /^import (?:type )?\{ ?(?:(?:isIP|isIPv4|isIPv6|BlockList)(?:, )?)+ ?\} from 'node:net';$/;
const OPENS =
  /from 'node:(?:http|https|http2|net|tls|dgram|dns)(?:\/promises)?'|\bfetch\(|\bnew (?:WebSocket|EventSource)\b/;

function files(): string[] {
  return PARTS.flatMap((part) =>
    readdirSync(join(source, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/** Lines that open a connection. A file may have a function of its own that is called `fetch`. */
function opening(text: string): string[] {
  const own = /\b(?:const|let|function) fetch\b|\bfetch\??:/.test(text);
  const code = own ? text.replaceAll('fetch(', 'own(') : text;
  return code.split('\n').filter((line) => OPENS.test(line) && !HARMLESS.test(line));
}

test('connectors, runs and imports open no connection themselves', () => {
  const found = files().flatMap((file) =>
    opening(readFileSync(file, 'utf8')).map((line) => `${relative(source, file)}: ${line}`),
  );
  expect(found).toEqual([]);
});

test('what would open one is found', () => {
  expect(opening("import { request } from 'node:https';")).toHaveLength(1);
  expect(opening("import { connect } from 'node:net';")).toHaveLength(1);
  expect(opening("import { isIP, connect } from 'node:net';")).toHaveLength(1);
  expect(opening("import { lookup } from 'node:dns/promises';")).toHaveLength(1);
  expect(opening('  const answer = await fetch(url);')).toHaveLength(1);
  expect(opening("import { isIP } from 'node:net';")).toHaveLength(0);
  expect(opening("import { BlockList, isIPv6 } from 'node:net';")).toHaveLength(0);
});

test('the driver of PostgreSQL is given the checked address', () => {
  const folder = join(source, 'connectors');
  const users = readdirSync(folder).filter(
    (name) =>
      !name.endsWith('.test.ts') &&
      name.endsWith('.ts') &&
      /^import pg from 'pg'/m.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(users.toSorted()).toEqual(['postgres-query.ts', 'postgres-session.ts']);
  const session = readFileSync(join(folder, 'postgres-session.ts'), 'utf8');
  expect(session).toMatch(/effects\.address\(/);
  const query = readFileSync(join(folder, 'postgres-query.ts'), 'utf8');
  expect(query).not.toMatch(/new pg\.(Client|Pool)\b/);
});
