import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readVariables } from '../../src/connectors/environment-values.ts';
import { CONNECTORS } from '../../src/connectors/registry.ts';
import { sourceDeclaration } from '../../src/contract/source.ts';
import { CONNECTOR_GUIDES } from './connector-guides.ts';

const ENV: Record<string, string> = {
  CRM_DATABASE_URL: 'postgres://reader:word@db.example.com:5432/crm',
  SHEETS_KEY: JSON.stringify({
    client_email: 'turnout@example-project.iam.gserviceaccount.com',
    private_key: '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
  }),
};
const KEY =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==';

test.each(Object.entries(CONNECTOR_GUIDES))('the text that %s begins with is a declaration of it', (name, guide) => {
  const declared = sourceDeclaration.parse(parse(guide.template));
  const connector = CONNECTORS.get(declared.connector);
  expect(declared.connector).toBe(name);
  if (connector === undefined) throw new Error(`there is no connector ${name}`);
  const names = [...guide.template.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const env = Object.fromEntries(
    names.map((each) => [each, ENV[each] ?? (name === 'sendgrid' ? KEY : 'x'.repeat(32))]),
  );
  const read = readVariables(declared.settings, 'settings', env);
  expect(read.problems).toEqual([]);
  const settings = connector.settings.safeParse(read.value);
  expect(settings.success ? [] : settings.error.issues).toEqual([]);
});
