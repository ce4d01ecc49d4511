import { describe, expect, it } from 'vitest';
import { CONNECTORS } from './registry.ts';
import { parseSources } from './sources.ts';

const env = {
  WA_APP_SECRET: 'whatsapp-app-secret',
  WA_VERIFY: 'verify-me-please',
  TOKEN: 'platform-token',
  SHORT: 'hush!',
};
const read = (text: string, variables: Record<string, string> = env) =>
  parseSources([{ path: 'sources/main.yaml', text }], variables);

const valid = `
version: 1
sources:
  - name: wa-main
    label: WhatsApp
    connector: whatsapp
    settings: { app_secret: ["\${WA_APP_SECRET}", an-older-app-secret], verify_token: "\${WA_VERIFY}" }
    defaults: { account: acme, category: marketing }
    expect: { max_age: 26h }
  - name: platform
    connector: webhook
    settings: { token: "\${TOKEN}" }
`;

describe('parseSources', () => {
  it('reads sources with their secrets from the environment', () => {
    const { sources, problems } = read(valid);
    expect(problems).toEqual([]);
    expect(sources).toMatchObject([
      {
        name: 'wa-main',
        label: 'WhatsApp',
        settings: { app_secret: ['whatsapp-app-secret', 'an-older-app-secret'], verify_token: 'verify-me-please' },
        defaults: { account: 'acme', category: 'marketing' },
        declaration: { expect: { max_age: '26h' } },
      },
      { name: 'platform', label: 'platform', settings: { token: 'platform-token' }, defaults: {} },
    ]);
    expect(sources.map((source) => source.connector.name)).toEqual(['whatsapp', 'webhook']);
  });

  it('says which variable to set, and keeps the other sources', () => {
    const { sources, problems } = read(valid, { ...env, WA_VERIFY: '' });
    expect(sources.map((source) => source.name)).toEqual(['platform']);
    expect(problems).toEqual([
      {
        code: 'missing_variable',
        path: 'sources/main.yaml: sources.0.settings.verify_token',
        message: 'The environment variable WA_VERIFY is not set.',
        hint: 'Set WA_VERIFY before Turnout starts, or write the value in its place.',
      },
    ]);
  });

  it('hints at mistyped keys, in sources and in settings', () => {
    const { sources, problems } = read(`
version: 1
sources:
  - { name: a, connector: webhook, settings: { token: "\${TOKEN}" }, defualts: {} }
  - { name: b, connector: webhook, settings: { tokn: "\${TOKEN}" } }
  - { name: c, connector: webhook, settings: { token: "\${TOKEN}" } }
`);
    expect(sources.map((source) => source.name)).toEqual(['c']);
    expect(problems).toMatchObject([
      { code: 'unknown_key', path: 'sources/main.yaml: sources.0.defualts', hint: 'Did you mean "defaults"?' },
      { code: 'missing', path: 'sources/main.yaml: sources.1.settings.token', message: '"token" is missing.' },
      { code: 'unknown_key', path: 'sources/main.yaml: sources.1.settings.tokn', hint: 'Did you mean "token"?' },
    ]);
  });

  it('lists the connectors where one is unknown', () => {
    const { problems } = read('version: 1\nsources: [{ name: a, connector: watsapp }]');
    expect(problems).toEqual([
      {
        code: 'unknown_connector',
        path: 'sources/main.yaml: sources.0.connector',
        message: `There is no connector "watsapp". Known are ${[...CONNECTORS.keys()].join(', ')}.`,
        hint: 'Did you mean "whatsapp"?',
      },
    ]);
  });

  it('refuses a name twice, over all files', () => {
    const file = (path: string) => ({
      path,
      text: 'version: 1\nsources: [{ name: a, connector: webhook, settings: { token: 12345678a } }]',
    });
    const { sources, problems } = parseSources([file('sources/one.yaml'), file('sources/two.yaml')], {});
    expect(sources).toHaveLength(1);
    expect(problems).toMatchObject([
      {
        code: 'duplicate_source',
        path: 'sources/two.yaml: sources.0.name',
        message: expect.stringContaining('sources/one.yaml'),
      },
    ]);
  });

  it('shows no secret in any message', () => {
    const { sources, problems } = read(`
version: 1
sources:
  - { name: a, connector: webhook, settings: { token: "\${SHORT}" } }
  - { name: b, connector: webhook, settings: { token: ["\${SHORT}"] } }
  - { name: c, connector: sendgrid, settings: { public_key: "\${TOKEN}" } }
  - { name: d, connector: twilio, settings: { auth_token: "\${TOKEN}", public_url: "\${SHORT}" } }
`);
    expect(sources).toEqual([]);
    expect(problems.map((problem) => problem.path)).toEqual([
      'sources/main.yaml: sources.0.settings.token',
      'sources/main.yaml: sources.1.settings.token.0',
      'sources/main.yaml: sources.2.settings.public_key',
      'sources/main.yaml: sources.3.settings.public_url',
    ]);
    expect(problems[0]?.message).toContain('8 characters');
    for (const secret of Object.values(env)) expect(JSON.stringify(problems)).not.toContain(secret);
  });

  it('reports bad names, broken YAML, another version and an empty file', () => {
    expect(read('version: 1\nsources: [{ name: "Main!", connector: webhook }]').problems).toMatchObject([
      { path: 'sources/main.yaml: sources.0.name' },
    ]);
    expect(read('version: 1\nsources: [').problems).toMatchObject([
      { code: 'invalid_yaml', path: expect.stringContaining('line') },
    ]);
    expect(read('version: 2\nsources: []').problems).toMatchObject([{ path: 'sources/main.yaml: version' }]);
    expect(read('').problems).toMatchObject([{ path: 'sources/main.yaml' }]);
    expect(read('version: 1\nsources: 7').problems).toMatchObject([{ path: 'sources/main.yaml: sources' }]);
  });
});
