import { describe, expect, test } from 'vitest';
import { refuseStatement } from './statement-guard.ts';

describe('read statements', () => {
  test.each([
    'SELECT 1',
    '  (SELECT 1) UNION ALL (SELECT 2)',
    'WITH x AS (SELECT 1) SELECT * FROM x',
    'EXPLAIN SELECT count() FROM messages FINAL',
    '-- totals by channel\nSELECT /* of the day */ sum(charge) FROM messages',
    "SELECT unhex('66696c6528')",
    "SELECT 'a;b', 'it''s', 'back\\\\slash\\'', \"q\", `file`, file FROM t",
    "SELECT toDate32('2024-01-01'), x -> x + 1, [1, 2], {}, 1.5e3::Decimal(18, 6), a ? b : c FROM t",
    "SELECT 'file(' AS a -- file('/etc/passwd')",
  ])('%s', (text) => expect(refuseStatement(text, 'read')).toBeNull());

  test.each([
    '',
    '-- nothing',
    'DROP TABLE messages',
    'INSERT INTO messages SELECT 1',
    'SET readonly = 0',
    "DESCRIBE file('/etc/passwd')",
    "SELECT file('/etc/passwd')",
    "SELECT FILE ('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "file"(\'/etc/passwd\')',
    "SELECT file/* */('/etc/passwd')",
    "SELECT file -- x\n('/etc/passwd')",
    "SELECT 1.file('/etc/passwd')",
    "SELECT 0x1file('/etc/passwd')",
    "SELECT 'a' || file('/etc/passwd')",
    "SELECT '''' || file('/etc/passwd')",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    'SELECT 1; DROP TABLE messages',
    'SELECT 1;',
    'SELECT sleep(3)',
    'SELECT $$a$$ || 1',
    "SELECT 'unfinished",
    'SELECT `unfinished',
    'SELECT /* unfinished',
    'SELECT 1 # comment',
    'SELECT “1”',
    '`select` 1',
  ])('refuses %s', (text) => expect(refuseStatement(text, 'read')).not.toBeNull());
});

test('write statements may change tables but not reach files', () => {
  expect(refuseStatement('INSERT INTO turnout.messages SELECT * FROM turnout.messages', 'write')).toBeNull();
  expect(refuseStatement('CREATE TABLE IF NOT EXISTS turnout.x (a UInt8) ENGINE = Memory', 'write')).toBeNull();
  for (const text of [
    "INSERT INTO turnout.x FROM INFILE '/etc/passwd' FORMAT CSV",
    "INSERT INTO turnout.x SELECT file('/etc/passwd')",
    'SET max_memory_usage = 0',
    'SYSTEM SHUTDOWN',
    'KILL QUERY WHERE 1',
    'EXECUTE AS x SELECT 1',
    'GRANT ALL ON *.* TO default',
    'USE system',
    "BACKUP TABLE turnout.x TO File('/tmp/x')",
  ])
    expect(refuseStatement(text, 'write'), text).not.toBeNull();
});
