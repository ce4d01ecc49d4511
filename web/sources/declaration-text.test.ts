import { expect, test } from 'vitest';
import { CONNECTORS } from '../../src/connectors/registry.ts';
import { declarationText, readDeclaration } from './declaration-text.ts';

const TEXT = `# the CRM
name: crm
connector: postgres
settings:
  url: \${CRM_URL}
  streams:
    - record: person
      key: id
      query: |
        SELECT *
        FROM users
`;

test('reads YAML and finds the line of a path, or of the nearest part above it', () => {
  const read = readDeclaration(TEXT);
  if (!read.ok) throw new Error(read.message);
  expect(read.declaration['name']).toBe('crm');
  expect(read.lineOf('settings.url')).toBe(5);
  expect(read.lineOf('declaration.settings.streams.0.key')).toBe(8);
  expect(read.lineOf('settings.streams.0.cursor')).toBe(7);
  expect(read.lineOf('sources.0.connector')).toBe(3);
  expect(read.lineOf('sources/crm.yaml: sources.0.settings.url')).toBe(5);
  expect(read.lineOf('nonsense')).toBe(null);
});

test('reads JSON as well', () => {
  expect(readDeclaration('{"name": "crm", "connector": "webhook"}')).toMatchObject({
    ok: true,
    declaration: { name: 'crm', connector: 'webhook' },
  });
});

test('says on which line the text breaks, and what is no declaration at all', () => {
  const broken = readDeclaration('name: crm\nsettings: {a: 1\n');
  expect(broken.ok).toBe(false);
  expect(broken.ok ? null : broken.line).toBeGreaterThanOrEqual(2);
  expect(readDeclaration('- a\n- b')).toMatchObject({ ok: false, line: null });
  expect(readDeclaration('')).toMatchObject({ ok: false });
});

test('what is shown can be read back', () => {
  const read = readDeclaration(TEXT);
  if (!read.ok) throw new Error(read.message);
  const again = readDeclaration(declarationText(read.declaration));
  expect(again.ok && again.declaration).toEqual(read.declaration);
  const long = `SELECT ${'column, '.repeat(30)}id\nFROM users\n`;
  expect(declarationText({ query: long })).toContain(`  SELECT ${'column, '.repeat(30)}id\n  FROM users\n`);
});

test.each([...CONNECTORS.values()].filter(({ guide }) => guide !== undefined))(
  'the template of $name is a declaration of it',
  ({ name, guide }) => {
    const read = readDeclaration(guide?.template ?? '');
    expect(read).toMatchObject({ ok: true, declaration: { connector: name } });
  },
);
