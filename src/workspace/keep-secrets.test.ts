import { expect, test } from 'vitest';
import { maskSettings } from '../contract/secret-keys.ts';
import type { SourceDeclaration } from '../contract/source.ts';
import { separateSecrets, unmaskSettings } from './keep-secrets.ts';

const declaration: SourceDeclaration = {
  name: 'crm-db',
  connector: 'postgres',
  settings: {
    url: 'postgres://reader:s3cret-word@db.example.com:5432/crm',
    streams: [{ record: 'person', query: 'SELECT 1', key: 'id' }],
    service_account: { client_email: 'x@example.com', private_key: 'PEM' },
    token: ['old-token-1', '${NEW_TOKEN}'],
  },
  defaults: {},
};

test('literal secrets leave the file and a name takes their place', () => {
  const { declaration: kept, secrets } = separateSecrets(declaration);
  expect(kept.settings).toEqual({
    url: 'postgres://reader:${CRM_DB_URL_PASSWORD}@db.example.com:5432/crm',
    streams: [{ record: 'person', query: 'SELECT 1', key: 'id' }],
    service_account: '${CRM_DB_SERVICE_ACCOUNT}',
    token: ['${CRM_DB_TOKEN_0}', '${NEW_TOKEN}'],
  });
  expect(secrets).toEqual({
    CRM_DB_URL_PASSWORD: 's3cret-word',
    CRM_DB_SERVICE_ACCOUNT: JSON.stringify({ client_email: 'x@example.com', private_key: 'PEM' }),
    CRM_DB_TOKEN_0: 'old-token-1',
  });
});

test('nothing that is masked shows a secret, and what was masked comes back', () => {
  const masked = maskSettings(declaration.settings) as Record<string, unknown>;
  expect(JSON.stringify(masked)).not.toMatch(/s3cret-word|PEM|old-token/);
  expect(masked['url']).toBe('postgres://reader:••••@db.example.com:5432/crm');
  expect(unmaskSettings(masked, declaration.settings)).toEqual(declaration.settings);
});

test('a password is not carried to another address', () => {
  const masked = { url: 'postgres://reader:••••@evil.example.com:5432/crm' };
  expect(() => unmaskSettings(masked, declaration.settings)).toThrow('write the secret again');
  expect(() => unmaskSettings({ token: '••••' }, {})).toThrow('write the secret again');
});
