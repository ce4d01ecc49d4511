import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { sourceDeclaration } from '../contract/source.ts';
import { readVariables } from './environment-values.ts';
import { CONNECTORS } from './registry.ts';

const ENV: Record<string, string> = {
  CRM_DATABASE_URL: 'postgres://reader:word@db.example.com:5432/crm',
  SHEETS_KEY: JSON.stringify({
    client_email: 'turnout@example-project.iam.gserviceaccount.com',
    private_key: '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
  }),
};
const KEY =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==';

test.each([...CONNECTORS.values()].filter(({ guide }) => guide !== undefined))(
  'the text that $name begins with is a declaration of it',
  (connector) => {
    const template = connector.guide?.template ?? '';
    const declared = sourceDeclaration.parse(parse(template));
    expect(declared.connector).toBe(connector.name);
    const names = [...template.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? '');
    const env = Object.fromEntries(
      names.map((each) => [each, ENV[each] ?? (connector.name === 'sendgrid' ? KEY : 'x'.repeat(32))]),
    );
    const read = readVariables(declared.settings, 'settings', env);
    expect(read.problems).toEqual([]);
    const settings = connector.settings.safeParse(read.value);
    expect(settings.success ? [] : settings.error.issues).toEqual([]);
  },
);
