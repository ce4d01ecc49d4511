import { describe, expect, it } from 'vitest';
import { type ChannelSpec, workspaceFile } from '../contract/workspace.ts';
import { checkModel } from './check-model.ts';
import { parseYaml } from './parse-yaml.ts';

const workspace = workspaceFile.parse({ version: 1, name: 'Test', time_zone: 'UTC' });
const channels: ChannelSpec[] = [
  { name: 'email', label: 'E-mail', color: 1, statuses: ['sent', 'delivered', 'opened'], engaged: ['opened'] },
  { name: 'sms', label: 'SMS', color: 2, statuses: ['sent', 'delivered'], engaged: [] },
];

const BASE = `
version: 1
dataset: messages
table: messages
time: at
entities: [{ name: account }]
dimensions:
  - { name: channel, values_from: channels }
  - { name: category }
metrics:
  - { name: sent, type: simple, agg: count, filter: sent, format: compact }
  - { name: delivered, type: simple, agg: count, filter: delivered }
`;

const check = (...texts: string[]) => {
  const documents = texts.flatMap((text, index) => {
    const parsed = parseYaml(`file-${index + 1}.yaml`, text);
    expect(parsed.problems).toEqual([]);
    return parsed.documents;
  });
  return checkModel(documents, workspace, channels);
};
const brief = (...texts: string[]) =>
  check(...texts).problems.map(({ code, path, hint }) => `${code} ${path}${hint === undefined ? '' : ` ${hint}`}`);
const metrics = (...lines: string[]) => `version: 1\nmetrics:\n${lines.map((line) => `  - { ${line} }`).join('\n')}`;

describe('checkModel', () => {
  it('resolves labels, channels, filters and times', () => {
    const { model, problems } = check(
      BASE,
      metrics(
        'name: open_rate, type: ratio, numerator: sent, denominator: delivered, requires_status: [opened], matures: 2 days',
        'name: engagement, type: ratio, numerator: sent, denominator: delivered, requires_status: [engaged]',
        'name: arrival, type: ratio, numerator: sent, denominator: delivered, requires_status: [delivered]',
        'name: people, type: simple, dataset: messages, agg: count_distinct, column: recipient, time: read_at, min_sample: 5',
        'name: monthly, type: cumulative, metric: people, window: month',
        'name: stock, type: cumulative, metric: people',
        'name: money, type: simple, dataset: messages, agg: sum, column: charge, format: currency',
        'name: per_sent, type: derived, expr: money / sent',
      ),
    );
    expect(problems).toEqual([]);
    expect(model?.metrics.get('open_rate')).toMatchObject({
      label: 'Open rate',
      channels: ['email'],
      minSample: 30,
      maturesAfter: 172_800,
    });
    expect(model?.metrics.get('engagement')?.channels).toEqual(['email']);
    expect(model?.metrics.get('arrival')?.channels).toEqual(['email', 'sms']);
    expect(model?.metrics.get('sent')).toMatchObject({ time: 'at', filter: { kind: 'flag', column: 'sent' } });
    expect(model?.metrics.get('sent')).not.toHaveProperty('channels');
    expect(model?.metrics.get('people')).toMatchObject({ time: 'read_at', minSample: 5 });
    expect(model?.metrics.get('monthly')).toMatchObject({ days: 30 });
    expect(model?.metrics.get('stock')).not.toHaveProperty('days');
    expect(model?.metrics.get('money')).toMatchObject({ currency: 'currency' });
    expect(model?.dimensions.get('channel')).toMatchObject({
      labels: { email: 'E-mail', sms: 'SMS' },
      colors: { email: 1, sms: 2 },
      fromChannels: true,
      ofPerson: false,
    });
  });

  it('reports everything at once, with lines and hints, and gives no model', () => {
    const broken = `version: 1
dataset: orders
table: mesages
time: at
colour: red
`;
    const more = `version: 1
metrics:
  - { name: a, type: ratio, numerator: snet, denominator: delivered }
  - { name: b, type: simpel, agg: count }
`;
    const result = check(BASE, broken, more, metrics('name: c, type: derived, expr: sent / delivred'));
    expect(result.model).toBeNull();
    expect(result.problems.map(({ path, message, hint }) => ({ path, message, hint }))).toEqual([
      { path: 'file-2.yaml:5 (colour)', message: 'The key "colour" is not known here.', hint: undefined },
      {
        path: 'file-3.yaml:4 (metrics.1.type)',
        message: '"type" must be one of simple, ratio, derived, cumulative, conversion, not "simpel".',
        hint: 'Did you mean "simple"?',
      },
      {
        path: 'file-4.yaml:3 (metrics.0.expr)',
        message: '"c" is made of "delivred", which is no metric.',
        hint: 'Did you mean "delivered"?',
      },
    ]);
  });

  it.each([
    ['unknown_key', metrics('name: a, type: ratio, numerator: sent, denominator: delivered, requires_statuses: []')],
    ['missing_key', metrics('name: a, type: ratio, numerator: sent')],
    ['missing_key', metrics('name: a, type: simple, agg: count')],
    ['unknown_dataset', metrics('name: a, type: simple, agg: count, dataset: message')],
    ['missing_key', metrics('name: a, type: simple, agg: sum, dataset: messages')],
    ['column_unused', metrics('name: a, type: simple, agg: count, column: charge, dataset: messages')],
    ['unknown_column', metrics('name: a, type: simple, agg: sum, column: charges, dataset: messages')],
    ['column_type', metrics('name: a, type: simple, agg: sum, column: channel, dataset: messages')],
    ['column_type', metrics('name: a, type: simple, agg: count, time: channel, dataset: messages')],
    ['invalid_filter', metrics('name: a, type: simple, agg: count, filter: "sent and", dataset: messages')],
    ['unknown_column', metrics('name: a, type: simple, agg: count, filter: sended, dataset: messages')],
    ['filter_type', metrics('name: a, type: simple, agg: count, filter: channel, dataset: messages')],
    ['filter_type', metrics('name: a, type: simple, agg: count, filter: channel = 3, dataset: messages')],
    ['filter_type', metrics(`name: a, type: simple, agg: count, filter: "seconds > 'x'", dataset: messages`)],
    ['filter_type', metrics('name: a, type: simple, agg: count, filter: at is null, dataset: messages')],
    ['unknown_metric', metrics('name: a, type: ratio, numerator: sent, denominator: arrived')],
    ['invalid_expression', metrics('name: a, type: derived, expr: sent /')],
    ['metric_cycle', metrics('name: a, type: derived, expr: a + sent')],
    [
      'cumulative_base',
      metrics('name: a, type: cumulative, metric: b', 'name: b, type: ratio, numerator: sent, denominator: delivered'),
    ],
    ['cumulative_window', metrics('name: a, type: cumulative, metric: sent, window: 12 hours')],
    ['invalid_value', metrics('name: a, type: cumulative, metric: sent, window: 7 moons')],
    ['unknown_entity', metrics('name: a, type: conversion, base: sent, conversion: delivered, entity: acount')],
    [
      'conversion_side',
      metrics(
        'name: b, type: cumulative, metric: sent',
        'name: a, type: conversion, base: b, conversion: sent, entity: account',
      ),
    ],
    [
      'unknown_status',
      metrics('name: a, type: ratio, numerator: sent, denominator: delivered, requires_status: [oppened]'),
    ],
    ['duplicate_name', metrics('name: sent, type: derived, expr: delivered')],
    ['duplicate_name', metrics('name: channel, type: derived, expr: delivered')],
    ['reserved_name', metrics('name: weekday, type: derived, expr: delivered')],
    ['reserved_name', metrics('name: sent__n, type: derived, expr: delivered')],
    [
      'unknown_dataset',
      'version: 1\nfunnels: [{ name: f, entity: account, steps: [{ name: a, dataset: messages }, { name: b, dataset: m }] }]',
    ],
    [
      'unknown_entity',
      'version: 1\nfunnels: [{ name: f, entity: person, steps: [{ name: a, dataset: messages }, { name: b, dataset: messages }] }]',
    ],
    [
      'duplicate_name',
      'version: 1\nfunnels: [{ name: f, entity: account, steps: [{ name: a, dataset: messages }, { name: a, dataset: messages }] }]',
    ],
    ['invalid_value', '- a list'],
    ['dataset_source', 'version: 1\ndataset: d\ntime: at'],
    ['unknown_table', 'version: 1\ndataset: d\ntime: at\ntable: activity'],
    ['column_type', 'version: 1\ndataset: d\ntime: region\ntable: people'],
    ['unknown_column', 'version: 1\ndataset: d\ntime: registered_at\ntable: people\ndimensions: [{ name: city }]'],
    [
      'column_type',
      'version: 1\ndataset: d\ntime: registered_at\ntable: people\nentities: [{ name: r, column: region }]',
    ],
    ['dimension_differs', 'version: 1\ndataset: d\ntime: at\ntable: activities\ndimensions: [{ name: channel }]'],
    [
      'unknown_dimension',
      'version: 1\ndataset: d\ntime: at\ntable: activities\ndimensions: [{ name: feature, drill: [chanel] }]',
    ],
    [
      'union_incomplete',
      'version: 1\ndataset: d\ntime: at\nunion: [{ table: activities, columns: { at: at, what: feature } }, { table: messages, columns: { at: at } }]',
    ],
    [
      'union_types',
      'version: 1\ndataset: d\ntime: at\nunion: [{ table: activities, columns: { at: at, who: person } }, { table: messages, columns: { at: at, who: channel } }]',
    ],
    ['unknown_column', 'version: 1\ndataset: d\ntime: at\nunion: [{ table: activities, columns: { at: att } }]'],
  ])('finds %s in %s', (code, text) => {
    expect(check(BASE, text).problems.map((problem) => problem.code)).toContain(code);
    expect(check(BASE, text).model).toBeNull();
  });

  it('lets a status rate stand only on datasets that know the channel', () => {
    const people = `version: 1
dataset: people
table: people
time: registered_at
metrics:
  - { name: joined, type: simple, agg: count }
`;
    expect(
      brief(
        BASE,
        people,
        metrics('name: r, type: ratio, numerator: joined, denominator: sent, requires_status: [opened]'),
      ),
    ).toEqual(['no_channel file-3.yaml:3 (metrics.0.requires_status)']);
  });

  it('reads several documents of one file', () => {
    const { model } = check(`${BASE}\n---\n${metrics('name: a, type: derived, expr: sent - delivered')}`);
    expect([...(model?.metrics.keys() ?? [])]).toEqual(['sent', 'delivered', 'a']);
  });
});
