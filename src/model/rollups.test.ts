import { expect, test } from 'vitest';
import { type ChannelSpec, workspaceFile } from '../contract/workspace.ts';
import { checkModel } from './check-model.ts';
import { parseYaml } from './parse-yaml.ts';

const workspace = workspaceFile.parse({ version: 1, name: 'Test', time_zone: 'UTC' });
const channels: ChannelSpec[] = [{ name: 'sms', label: 'SMS', color: 1, statuses: ['sent'], engaged: [] }];

const dataset = (rollups: string, indexes = ' []') => `
version: 1
dataset: messages
table: messages
time: at
entities:
  - { name: account }
  - { name: person, column: recipient }
dimensions:
  - { name: channel, values_from: channels }
  - { name: kind, column: category }
  - { name: start_hour, part: hour_of_day }
metrics:
  - { name: sent, type: simple, agg: count, filter: sent }
  - { name: left, type: simple, agg: count, filter: sent }
  - { name: long, type: simple, agg: count, filter: "seconds >= $short" }
  - { name: reached, type: simple, agg: count_distinct, column: recipient }
  - { name: campaigns, type: simple, agg: count_distinct, column: campaign }
  - { name: money, type: simple, agg: sum, column: charge, format: currency }
  - { name: length, type: simple, agg: average, column: seconds }
  - { name: middle, type: simple, agg: median, column: seconds }
  - { name: read, type: simple, agg: count, time: read_at }
rollups:
${rollups}
indexes:${indexes}
---
version: 1
parameters:
  - { name: short, default: 5, max: 60, unit: minute }
`;

const check = (rollups: string, indexes?: string) =>
  checkModel(parseYaml('model.yaml', dataset(rollups, indexes)).documents, workspace, channels);
const NO_ROLLUPS = '  []';

test('measures are shared, parameters have their defaults, money brings its currency', () => {
  const { model, problems } = check(`
  - { dimensions: [[], [channel]], except: [reached] }
  - { dimensions: [[kind]], grains: [day], metrics: [reached, sent] }`);
  expect(problems).toEqual([]);
  const rollup = model?.rollups.get('messages_at');
  expect([...(model?.rollups.keys() ?? [])]).toEqual(['messages_at']);
  expect(rollup?.keys).toEqual(['category', 'channel', 'currency']);
  expect(rollup?.measures.map(({ name, method, column }) => [name, method, column])).toEqual([
    ['m0', 'count', undefined],
    ['m1', 'count', undefined],
    ['m2', 'sum', 'charge'],
    ['m3', 'count', undefined],
    ['m4', 'sum', 'seconds'],
    ['m5', 'known', 'seconds'],
    ['m6', 'people', 'recipient'],
  ]);
  expect(rollup?.measures[1]?.filter).toEqual({ kind: 'compare', column: 'seconds', op: '>=', value: 300 });
  expect(rollup?.sets.map(({ keys, grains, measures }) => [keys, grains, [...measures]])).toEqual([
    [['currency'], ['day', 'hour'], ['m0', 'm1', 'm2', 'm3', 'm4', 'm5']],
    [
      ['channel', 'currency'],
      ['day', 'hour'],
      ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'],
    ],
    [['category'], ['day'], ['m0', 'm6', 'm3']],
  ]);
});

test.each([
  ['{ dimensions: [[chanel]] }', 'unknown_dimension', 'channel'],
  ['{ dimensions: [[start_hour]] }', 'unknown_dimension', 'Parts of time are known from the hour'],
  ['{ dimensions: [[]], metrics: [snt] }', 'unknown_metric', 'sent'],
  ['{ dimensions: [[]], except: [snt] }', 'unknown_metric', 'sent'],
  ['{ dimensions: [[]], time: att }', 'unknown_column', 'at'],
  ['{ dimensions: [[]], time: channel }', 'column_type', undefined],
  ['{ dimensions: [[]], time: read_at }', 'rollup_time', 'Use at.'],
])('%s is a mistake with its place', (rollup, code, hint) => {
  const [problem, ...more] = check(`  - ${rollup}`).problems;
  expect(more).toEqual([]);
  expect(problem?.code).toBe(code);
  if (hint !== undefined) expect(problem?.hint).toContain(hint);
});

test('indexes of one entity are one, with the columns of their dimensions', () => {
  const { model, problems } = check(
    NO_ROLLUPS,
    `
  - { entity: person, dimensions: [kind] }
  - { entity: person, dimensions: [channel, kind] }
  - { entity: account }`,
  );
  expect(problems).toEqual([]);
  expect(model?.rollups.get('messages_at')?.sets).toEqual([]);
  expect(model?.rollups.get('messages_at')?.indexes).toEqual([
    { entity: 'recipient', keys: ['category', 'channel'] },
    { entity: 'account', keys: [] },
  ]);
});

test.each([
  ['{ entity: acount }', 'unknown_entity', 'account'],
  ['{ entity: account, dimensions: [chanel] }', 'unknown_dimension', 'channel'],
  ['{ entity: account, dimensions: [start_hour] }', 'unknown_dimension', 'Parts of time are known from the hour'],
  ['{ entity: account, time: read_at }', 'rollup_time', 'Use at.'],
])('the index %s is a mistake with its place', (index, code, hint) => {
  const [problem, ...more] = check(NO_ROLLUPS, `\n  - ${index}`).problems;
  expect(more).toEqual([]);
  expect(problem?.code).toBe(code);
  expect(problem?.hint).toContain(hint);
});
