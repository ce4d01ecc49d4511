import { describe, expect, test } from 'vitest';
import { addressKind, normaliseAddress } from './ip-address.ts';
import { checkHost, checkUrl, createEgressPolicy, normaliseHost } from './policy.ts';

const closed = createEgressPolicy({ allow: [] });

describe('hosts that nobody may ask without being told', () => {
  test.each([
    ['127.0.0.1'],
    ['2130706433'],
    ['0177.0.0.1'],
    ['0x7f.1'],
    ['0x7f000001'],
    ['127.1'],
    ['127.0.0.1.'],
    ['0'],
    ['0.0.0.0'],
    ['10.1.2.3'],
    ['100.64.0.1'],
    ['169.254.1.1'],
    ['172.16.0.1'],
    ['172.31.255.255'],
    ['192.168.0.1'],
    ['192.0.0.8'],
    ['192.0.2.1'],
    ['198.18.0.1'],
    ['198.51.100.7'],
    ['203.0.113.9'],
    ['224.0.0.1'],
    ['240.0.0.1'],
    ['255.255.255.255'],
    ['[::1]'],
    ['::1'],
    ['[::]'],
    ['[::ffff:127.0.0.1]'],
    ['[::ffff:7f00:1]'],
    ['[0:0:0:0:0:ffff:10.0.0.1]'],
    ['[::127.0.0.1]'],
    ['[::ffff:0:127.0.0.1]'],
    ['[64:ff9b::127.0.0.1]'],
    ['[64:ff9b::a00:1]'],
    ['[64:ff9b:1::1]'],
    ['[2002:7f00:1::]'],
    ['[2002:c0a8:1::1]'],
    ['[2001::1]'],
    ['[2001:db8::1]'],
    ['[3fff::1]'],
    ['[fc00::1]'],
    ['[fd12:3456::1]'],
    ['[fe80::1]'],
    ['[fec0::1]'],
    ['[ff02::1]'],
    ['[5f00::1]'],
    ['localhost'],
    ['LOCALHOST'],
    ['localhost.'],
    ['a.localhost'],
    ['１２７．０．０．１'],
    ['127。0。0。1'],
    ['ⓛocalhost'],
  ])('%s', (host) => {
    expect(checkHost(host, 443, closed)).toMatch(/egress\.allow/);
  });

  test.each([
    ['169.254.169.254'],
    ['2852039166'],
    ['0xa9fea9fe'],
    ['[::ffff:169.254.169.254]'],
    ['[64:ff9b::a9fe:a9fe]'],
    ['[2002:a9fe:a9fe::]'],
    ['[fd00:ec2::254]'],
    ['168.63.129.16'],
    ['100.100.100.200'],
    ['metadata.google.internal'],
    ['METADATA.google.internal.'],
  ])('%s keeps credentials and cannot even be allowed', (host) => {
    const open = createEgressPolicy({ allow: ['0.0.0.0/0', '::/0', 'metadata.google.internal'] });
    expect(checkHost(host, 443, open)).toMatch(/never asked/);
  });

  test.each([
    [''],
    [' '],
    ['.'],
    ['a b'],
    ['a@b'],
    ['a/b'],
    ['a\\b'],
    ['a#b'],
    ['a?b'],
    ['a:80'],
    ['a%2eb'],
    ['*.example.com'],
    ['[fe80::1%eth0]'],
    ['fe80::1%25eth0'],
    ['example.com\n'],
    ['/var/run/postgresql'],
    ['256.256.256.256'],
    ['1.2.3.4.5'],
    ['[::1'],
    ['x'.repeat(300)],
  ])('%j is no host', (host) => {
    expect(checkHost(host, 443, closed)).toMatch(/is not the name of a host|is not/);
    expect(normaliseHost(host)).toBeUndefined();
  });
});

test.each([
  ['sheets.googleapis.com'],
  ['8.8.8.8'],
  ['[2606:4700:4700::1111]'],
  ['[64:ff9b::808:808]'],
  ['bücher.example'],
  ['127.0.0.1.example.com'],
  ['172.32.0.1'],
  ['100.128.0.1'],
])('%s is public', (host) => {
  expect(checkHost(host, 443, closed)).toBeUndefined();
});

test('names that look alike are told apart after they were written the one way', () => {
  expect(normaliseHost('bücher.example')).toBe('xn--bcher-kva.example');
  expect(normaliseHost('xn--bcher-kva.example')).toBe('xn--bcher-kva.example');
  expect(normaliseHost('ＥＸＡＭＰＬＥ.com.')).toBe('example.com');
  // Greek omicron: another name, not an allowed one.
  const policy = createEgressPolicy({ allow: ['localhost'] });
  expect(normaliseHost('lοcalhost')).not.toBe('localhost');
  expect(checkHost('localhost', 5432, policy)).toBeUndefined();
});

describe('ports', () => {
  test.each([443, 5432, 6432])('%d is usual', (port) => {
    expect(checkHost('db.example.com', port, closed)).toBeUndefined();
  });
  test.each([22, 25, 80, 3306, 6379, 8080, 9200])('%d has to be named', (port) => {
    expect(checkHost('db.example.com', port, closed)).toMatch(/egress\.allow/);
    expect(
      checkHost('db.example.com', port, createEgressPolicy({ allow: [`db.example.com:${port}`] })),
    ).toBeUndefined();
  });
  test.each([0, -1, 65_536, 1.5, Number.NaN])('%d is none', (port) => {
    expect(checkHost('db.example.com', port, closed)).toMatch(/is not a port/);
  });
});

describe('egress.allow', () => {
  const check = (allow: string[], host: string, port: number) =>
    checkHost(host, port, createEgressPolicy({ allow })) === undefined;

  test('an address, with or without a port', () => {
    expect(check(['127.0.0.1'], '127.0.0.1', 5432)).toBe(true);
    expect(check(['127.0.0.1'], '127.0.0.1', 9999)).toBe(true);
    expect(check(['127.0.0.1'], '2130706433', 9999)).toBe(true);
    expect(check(['127.0.0.1'], '[::ffff:127.0.0.1]', 9999)).toBe(true);
    expect(check(['127.0.0.1'], '127.0.0.2', 443)).toBe(false);
    expect(check(['127.0.0.1:5432'], '127.0.0.1', 5432)).toBe(true);
    expect(check(['127.0.0.1:5432'], '127.0.0.1', 5433)).toBe(false);
    expect(check(['[::1]:5432'], '::1', 5432)).toBe(true);
    expect(check(['[::1]:5432'], '::1', 5433)).toBe(false);
    expect(check(['::1'], '[::1]', 8443)).toBe(true);
  });

  test('a network', () => {
    expect(check(['10.0.0.0/8'], '10.20.30.40', 5432)).toBe(true);
    expect(check(['10.0.0.0/8'], '11.0.0.1', 443)).toBe(true);
    expect(check(['10.0.0.0/8'], '192.168.0.1', 443)).toBe(false);
    expect(check(['fd00::/8'], '[fd12::1]', 5432)).toBe(true);
  });

  test('a name, with or without a port; it is that name only', () => {
    expect(check(['db.internal'], 'DB.internal.', 15432)).toBe(true);
    expect(check(['db.internal:15432'], 'db.internal', 15432)).toBe(true);
    expect(check(['db.internal:15432'], 'db.internal', 15433)).toBe(false);
    expect(check(['db.internal'], 'a.db.internal', 15432)).toBe(false);
    expect(check(['localhost'], 'localhost', 8080)).toBe(true);
  });

  test('what cannot be read allows nothing and is told', () => {
    const allow = ['', 'a b', '10.0.0.0/33', '10.0.0.0/', 'db:99999', '*', 'https://db.internal', '*.internal'];
    const policy = createEgressPolicy({ allow });
    expect(policy.allowed).toEqual([]);
    expect(policy.problems).toHaveLength(allow.length);
    expect(policy.problems[2]).toMatch(/^"10\.0\.0\.0\/33" in egress\.allow/);
  });

  test('says what to add', () => {
    expect(checkHost('127.0.0.1', 5432, closed)).toBe(
      'The address 127.0.0.1 is private. If it is meant, add "127.0.0.1:5432" to egress.allow in turnout.yaml.',
    );
    expect(checkHost('::1', 5432, closed)).toContain('add "[::1]:5432" to egress.allow');
  });
});

describe('addresses of requests', () => {
  test.each([
    ['https://sheets.googleapis.com/v4', undefined],
    ['http://sheets.googleapis.com/v4', /egress\.allow/],
    ['http://127.0.0.1:8080/', /egress\.allow/],
    ['https://user:word@sheets.googleapis.com/', /before @/],
    ['https://sheets.googleapis.com@127.0.0.1/', /before @/],
    ['https://user@sheets.googleapis.com/', /before @/],
    ['file:///etc/passwd', /https:/],
    ['ftp://example.com/', /https:/],
    ['gopher://127.0.0.1:6379/', /https:/],
    ['data:text/csv,a', /https:/],
    ['https://', /not an address/],
    ['//example.com', /not an address/],
    ['https://127%2e0%2e0%2e1/', /private/],
    ['https://127.0.0.1\\@example.com/', /private/],
    ['https://example.com:22/', /Port 22/],
  ])('%s', (url, expected) => {
    const found = checkUrl(url, closed);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(expected);
  });

  test('http is for those on the list, with that port', () => {
    const policy = createEgressPolicy({ allow: ['127.0.0.1:8080', 'intern.example:80'] });
    expect(checkUrl('http://127.0.0.1:8080/', policy)).toBeUndefined();
    expect(checkUrl('http://intern.example/', policy)).toBeUndefined();
    expect(checkUrl('http://127.0.0.1:8081/', policy)).toMatch(/egress/);
    expect(checkUrl('http://example.com/', policy)).toMatch(/egress/);
  });
});

test('one spelling per address', () => {
  expect(normaliseAddress('[0:0:0:0:0:0:0:1]')).toBe('::1');
  expect(normaliseAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
  expect(normaliseAddress('fe80::1%eth0')).toBeUndefined();
  expect(normaliseAddress('127.1')).toBeUndefined();
  expect(addressKind('8.8.8.8')).toBeUndefined();
  expect(addressKind('100.64.1.1')).toBe('private');
});
