import { describe, expect, test } from 'vitest';
import { createEgressPolicy } from './policy.ts';
import { checkTarget, type Lookup, resolveTarget } from './resolve-target.ts';

const names: Record<string, string[]> = {
  'db.example.com': ['8.8.8.8', '2606:4700:4700::1111'],
  'db.internal': ['10.0.0.5'],
  'mixed.example.com': ['8.8.8.8', '::ffff:10.0.0.5'],
  'empty.example.com': [],
};
const lookup: Lookup = async (host) => {
  const found = names[host];
  if (found === undefined) throw Object.assign(new Error('no'), { code: 'EAI_AGAIN' });
  return found.map((address) => ({ address }));
};

describe('one checked address', () => {
  test('of a public name', async () => {
    const policy = createEgressPolicy({ allow: [] });
    expect(await resolveTarget('DB.example.com.', 5432, policy, lookup)).toEqual({
      host: 'db.example.com',
      port: 5432,
      address: '8.8.8.8',
      family: 4,
      listed: false,
    });
  });

  test.each([
    [['db.internal'], 15432],
    [['db.internal:15432'], 15432],
    [['10.0.0.5'], 15432],
    [['10.0.0.5:15432'], 15432],
    [['10.0.0.0/8'], 5432],
  ])('of a private name that %j allows', async (allow, port) => {
    const target = await resolveTarget('db.internal', port, createEgressPolicy({ allow }), lookup);
    expect(target).toMatchObject({ address: '10.0.0.5', listed: true });
  });

  test.each([
    [[], 5432],
    [['db.internal:5432'], 6432],
    [['10.0.0.5:5432'], 6432],
    [['10.0.0.6'], 5432],
    [['other.internal'], 5432],
  ])('of a private name that %j does not allow with port %d', async (allow, port) => {
    await expect(resolveTarget('db.internal', port, createEgressPolicy({ allow }), lookup)).rejects.toMatchObject({
      kind: 'settings',
      message: expect.stringContaining(`add "10.0.0.5:${port}" to egress.allow`),
    });
  });

  test('is not taken where one of several is forbidden', async () => {
    await expect(resolveTarget('mixed.example.com', 443, createEgressPolicy({ allow: [] }), lookup)).rejects.toThrow(
      'The address 10.0.0.5 of "mixed.example.com" is private.',
    );
  });

  test('a name without any, or that cannot be looked up, may have one later', async () => {
    const policy = createEgressPolicy({ allow: [] });
    for (const host of ['empty.example.com', 'unknown.example.com'])
      await expect(resolveTarget(host, 443, policy, lookup)).rejects.toMatchObject({ kind: 'retry' });
  });
});

test('before a source is saved: refused now, or not known yet', async () => {
  const policy = createEgressPolicy({ allow: [] });
  expect(await checkTarget('db.internal', 5432, policy, lookup)).toMatch(/is private/);
  expect(await checkTarget('127.1', 5432, policy, lookup)).toMatch(/is private/);
  expect(await checkTarget('db.example.com', 5432, policy, lookup)).toBeUndefined();
  expect(await checkTarget('unknown.example.com', 5432, policy, lookup)).toBeUndefined();
});
