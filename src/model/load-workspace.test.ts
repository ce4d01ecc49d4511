import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeModel } from './catalog.ts';
import { jsonSchema, SCHEMA_NAMES } from './json-schemas.ts';
import { loadWorkspace } from './load-workspace.ts';

const packsFolder = join(import.meta.dirname, '../../packs');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnout-workspace-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

describe('loadWorkspace', () => {
  it('gives the defaults and both packs without a folder', async () => {
    const loaded = await loadWorkspace({ folder: null, packsFolder });
    expect(loaded.problems).toEqual([]);
    expect(loaded.workspace).toMatchObject({
      name: 'Turnout',
      time_zone: 'UTC',
      locale: 'en',
      currency: 'USD',
      packs: ['omnichannel', 'webinars'],
    });
    expect(loaded.channels.map((channel) => channel.name)).toEqual(['whatsapp', 'email', 'sms', 'ivr']);
    const names = loaded.dashboards.map((dashboard) => dashboard.name);
    expect(names).toEqual(['overview', 'channels', 'schedule', 'regions', 'source_groups', 'signup', 'webinar']);
    expect(loaded.sourceFiles).toEqual([]);
  });

  it('reads source groups and identity rules, the own ones over those of the packs', async () => {
    await write({
      'turnout.yaml': 'version: 1\nname: Test\ntime_zone: UTC\npacks: [omnichannel, webinars]\n',
      'source_groups.yaml':
        'version: 1\nlists: { partners: [a.example] }\nrules: [{ group: P, when: [{ field: source, in_list: partners }] }]\n',
      'identity.yaml': 'version: 1\nmatch: [email]\n',
    });
    const loaded = await loadWorkspace({ folder, packsFolder });
    expect(loaded.problems).toEqual([]);
    expect(loaded.sourceGroups.rules).toHaveLength(1);
    expect(Object.keys(loaded.sourceGroups.lists)).toContain('social');
    expect(loaded.sourceRules).toMatchObject({ file: 'source_groups.yaml', own: true });
    expect(loaded).toMatchObject({ identity: { match: ['email'] }, ownIdentity: true });

    await write({ 'source_groups.yaml': 'version: 2\n', 'identity.yaml': 'version: 1\nmatch: []\n' });
    const broken = await loadWorkspace({ folder, packsFolder });
    expect(broken.problems.map(({ path }) => path)).toEqual([
      'source_groups.yaml:1 (version)',
      'identity.yaml:2 (match)',
    ]);
    expect(broken.sourceRules).toMatchObject({ file: 'packs/webinars/source_groups.yaml', own: false });
  });

  it('takes a missing folder as an empty one', async () => {
    const loaded = await loadWorkspace({ folder: join(folder, 'nowhere'), packsFolder });
    expect(loaded.problems).toEqual([]);
    expect(loaded.model?.metrics.has('charges')).toBe(true);
  });

  it('reads a team’s own workspace', async () => {
    await write({
      'turnout.yaml': `version: 1
name: Acme
time_zone: Asia/Jakarta
currency: IDR
windows: { month: 28 }
channels:
  - { name: push, label: Push, color: 5, statuses: [sent, delivered, opened], engaged: [opened] }
  - { name: sms, label: Texts, color: 3, statuses: [sent, delivered, replied], engaged: [replied] }
dashboards:
  overview: { period: 2024-01-01..2024-11-15, compare: "off" }
`,
      'metrics/own.yaml': `version: 1
metrics:
  - { name: blasts, type: simple, dataset: account_activity, agg: count, filter: feature = 'blast' }
  - { name: blasts_per_user, type: derived, expr: blasts / active_users, format: decimal }
`,
      'dashboards/own.yaml': `version: 1
name: own
title: Our own
rows:
  - tiles:
      - { width: 6, line: [blasts, blasts_per_user], by: channel }
      - { width: 6, line: [blasts, blasts_per_user], by: channel }
`,
      'rates/2024.yaml': `version: 1
rates:
  - { channel: push, valid_from: 2024-01-01, price: 2, currency: IDR }
`,
      'sources/main.yaml': 'version: 1\nsources: []\n',
      'sources/notes.txt': 'not read',
    });
    const loaded = await loadWorkspace({ folder, packsFolder });
    expect(loaded.problems).toEqual([]);
    expect(loaded.channels.map((channel) => channel.label)).toEqual(['WhatsApp', 'E-mail', 'Texts', 'IVR', 'Push']);
    expect(loaded.model?.metrics.get('mau')).toMatchObject({ days: 28 });
    expect(loaded.model?.metrics.get('engagement_rate')?.channels).toEqual(['whatsapp', 'email', 'sms', 'ivr', 'push']);
    expect(loaded.dashboards[0]?.defaults).toEqual({ period: '2024-01-01..2024-11-15', compare: 'off' });
    expect(loaded.dashboards.find(({ name }) => name === 'own')?.rows[0]?.tiles).toMatchObject([
      {
        id: 'blasts_and_blasts_per_user_by_channel',
        title: 'Blasts and Blasts per user by channel',
        width: 6,
        height: 'm',
      },
      { id: 'blasts_and_blasts_per_user_by_channel_r1t2' },
    ]);
    expect(loaded.rates).toEqual([
      { channel: 'push', valid_from: '2024-01-01', price: 2, currency: 'IDR', charged_at: 'sent' },
    ]);
    expect(loaded.sourceFiles).toEqual([{ path: 'sources/main.yaml', text: 'version: 1\nsources: []\n' }]);
  });

  it('reports every broken file at once and throws nothing', async () => {
    await write({
      'turnout.yaml':
        'version: 1\nname: Acme\ntime_zone: Asia/Jakata\npacks: [omnichanel, omnichannel]\nlocale: "?"\ncurrency: XQX\n',
      'metrics/broken.yaml': 'version: 1\nmetrics: [',
      'dashboards/own.yaml': `version: 1
name: own
title: Own
defaults: { period: soon, compare: yesterday }
filters:
  - { dimension: chanel }
rows:
  - tiles:
      - { line: charge, titel: x }
      - { bar: charges, by: region }
      - { heatmap: mau }
      - { funnel: invitations }
      - { table: [charges], by: channel, sort: -clicks }
`,
      'rates/2024.yaml': 'version: 1\nrates:\n  - { channel: fax, valid_from: 2024-01-01, price: 2, currency: IDR }\n',
    });
    const { problems } = await loadWorkspace({ folder, packsFolder });
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unknown_time_zone turnout.yaml:3 (time_zone)',
      'unknown_locale turnout.yaml:5 (locale)',
      'unknown_currency turnout.yaml:6 (currency)',
      'unknown_pack turnout.yaml:4 (packs.0)',
      'invalid_yaml metrics/broken.yaml:2',
      'unknown_channel rates/2024.yaml:3 (rates.0.channel)',
      'unknown_key dashboards/own.yaml:9 (rows.0.tiles.0.titel)',
    ]);
    expect(problems[0]?.hint).toBe('Did you mean "Asia/Jakarta"?');
    expect(problems.at(-1)?.hint).toBe('Did you mean "title"?');

    await write({
      'dashboards/own.yaml': `version: 1
name: own
title: Own
defaults: { period: soon, compare: yesterday }
filters:
  - { dimension: chanel }
rows:
  - tiles:
      - { line: charge }
      - { bar: charges, by: region }
      - { heatmap: mau }
      - { funnel: invitations }
      - { table: [charges], by: channel, sort: -clicks }
`,
    });
    const again = await loadWorkspace({ folder, packsFolder });
    expect(again.problems.slice(6).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'invalid_period dashboards/own.yaml:4 (defaults.period)',
      'invalid_compare dashboards/own.yaml:4 (defaults.compare)',
      'unknown_dimension dashboards/own.yaml:6 (filters.0.dimension)',
      'unknown_metric dashboards/own.yaml:9 (rows.0.tiles.0.line)',
      'dimension_not_applicable dashboards/own.yaml:10 (rows.0.tiles.1.by)',
      'dimension_not_applicable dashboards/own.yaml:11 (rows.0.tiles.2.heatmap)',
      'dimension_not_applicable dashboards/own.yaml:11 (rows.0.tiles.2.heatmap)',
      'unknown_funnel dashboards/own.yaml:12 (rows.0.tiles.3.funnel)',
      'unknown_sort dashboards/own.yaml:13 (rows.0.tiles.4.sort)',
    ]);
  });

  it.each([
    ['- { lin: dau }', 'tile_kind', 'Did you mean "line"?'],
    ['- { line: dau, bar: charges }', 'tile_kind', 'Make it two tiles.'],
    ['- { line: dau, width: 11 }', 'invalid_value', undefined],
    ['- just text', 'invalid_value', undefined],
  ])('explains the tile %s', async (tile, code, hint) => {
    await write({ 'dashboards/a.yaml': `version: 1\nname: a\ntitle: A\nrows:\n  - tiles:\n      ${tile}\n` });
    const { problems } = await loadWorkspace({ folder, packsFolder });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.code).toBe(code);
    expect(problems[0]?.hint).toBe(hint);
    expect(problems[0]?.path).toContain('dashboards/a.yaml:6');
  });

  it('refuses an override for a dashboard that does not exist', async () => {
    await write({ 'turnout.yaml': 'version: 1\nname: A\ntime_zone: UTC\ndashboards: { overvew: { period: 28d } }\n' });
    const { problems } = await loadWorkspace({ folder, packsFolder });
    expect(problems).toMatchObject([{ code: 'unknown_dashboard', hint: 'Did you mean "overview"?' }]);
  });
});

describe('the omnichannel pack', () => {
  it('has every metric, dimension and funnel of the catalogue', async () => {
    const { model } = await loadWorkspace({ folder: null, packsFolder });
    if (model === null) throw new Error('no model');
    const catalog = describeModel(model);
    const names = catalog.metrics.map((metric) => metric.name);
    expect(names).toEqual(expect.arrayContaining(CATALOGUE));
    expect(catalog.dimensions.map((dimension) => dimension.name)).toEqual(
      expect.arrayContaining([
        'channel',
        'category',
        'campaign',
        'account',
        'failure_reason',
        'region',
        'weekday',
        'hour_of_day',
      ]),
    );
    expect(catalog.funnels).toContainEqual(
      expect.objectContaining({
        name: 'invitation',
        order: 'sequence',
        steps: ['invited', 'activated', 'transacting'].map((name) => expect.objectContaining({ name })),
      }),
    );
  });

  it('knows which channels a rate is about', async () => {
    const { model } = await loadWorkspace({ folder: null, packsFolder });
    const channelsOf = (name: string) => model?.metrics.get(name)?.channels;
    expect(channelsOf('read_rate')).toEqual(['whatsapp']);
    expect(channelsOf('open_rate')).toEqual(['email']);
    expect(channelsOf('click_rate')).toEqual(['email']);
    expect(channelsOf('answer_rate')).toEqual(['ivr']);
    expect(channelsOf('engagement_rate')).toEqual(['whatsapp', 'email', 'ivr']);
    expect(channelsOf('delivery_rate')).toEqual(['whatsapp', 'email', 'sms', 'ivr']);
  });

  it('says that channel does not apply to registered users', async () => {
    const { model } = await loadWorkspace({ folder: null, packsFolder });
    if (model === null) throw new Error('no model');
    const info = describeModel(model).metrics.find((metric) => metric.name === 'registered_users');
    expect(info?.dimensions).toEqual(['account', 'region']);
  });
});

describe('jsonSchema', () => {
  it.each(SCHEMA_NAMES)('describes %s for editors', (name) => {
    expect(jsonSchema(name)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') });
  });
});

const CATALOGUE = [
  'registered_users',
  'new_registered_users',
  'active_users',
  'transacting_users',
  'dau',
  'wau',
  'mau',
  'stickiness',
  'messages_sent',
  'messages_delivered',
  'messages_failed',
  'delivery_rate',
  'read_rate',
  'open_rate',
  'click_rate',
  'answer_rate',
  'reply_rate',
  'engagement_rate',
  'charged_messages',
  'charges',
  'cost_per_engaged',
];
