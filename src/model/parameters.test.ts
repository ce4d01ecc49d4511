import { describe, expect, it } from 'vitest';
import { workspaceFile } from '../contract/workspace.ts';
import { bindParameters } from './bind-parameters.ts';
import { describeModel } from './catalog.ts';
import { checkModel } from './check-model.ts';
import { parsePredicate } from './parse-predicate.ts';
import { parseYaml } from './parse-yaml.ts';
import { isProportion } from './proportion.ts';

const workspace = workspaceFile.parse({ version: 1, name: 'Test', time_zone: 'UTC' });

const VISITS = `
version: 1
dataset: visits
label: Visits
table: participations
time: starts_at
entities: [{ name: participation }, { name: account, column: person }]
dimensions:
  - { name: starts_at }
  - { name: start_hour, part: hour_of_day }
  - { name: start_day, part: weekday, label: Day }
metrics:
  - { name: all, type: simple, agg: count, filter: registered, matures: 1 day }
  - { name: long, label: "At least {stay} min", type: simple, agg: count, filter: registered and seconds >= $stay }
  - { name: long_rate, label: "Rate of {stay}", type: ratio, numerator: long, denominator: all }
  - { name: viewed, type: simple, agg: count, filter: viewed_recording, matures: 7 days }
  - { name: view_rate, type: ratio, numerator: viewed, denominator: all }
  - { name: stock, type: cumulative, metric: all }
`;
const STAY = 'version: 1\nparameters: [{ name: stay, unit: minute, default: 30, max: 600 }]';

function check(...texts: string[]) {
  const documents = texts.flatMap((text, index) => parseYaml(`file-${index + 1}.yaml`, text).documents);
  return checkModel(documents, workspace, []);
}
function loaded(...texts: string[]) {
  const { model, problems } = check(...texts);
  if (model === null) throw new Error(JSON.stringify(problems));
  return model;
}

describe('parameters', () => {
  it('fill labels with their defaults and say which metrics depend on them', () => {
    const model = loaded(VISITS, STAY);
    expect(model.metrics.get('long')).toMatchObject({ label: 'At least 30 min', parameters: ['stay'] });
    expect(model.metrics.get('long_rate')).toMatchObject({ label: 'Rate of 30', parameters: ['stay'] });
    expect(model.metrics.get('all')?.parameters).toEqual([]);
    const catalog = describeModel(model);
    expect(catalog.parameters).toEqual([
      { name: 'stay', label: 'Stay', default: 30, min: 0, max: 600, step: 1, unit: 'minute' },
    ]);
    expect(catalog.metrics.find(({ name }) => name === 'long_rate')).toMatchObject({
      parameters: ['stay'],
      matures: '1 day',
    });
  });

  it('become numbers in seconds; the same values give the same model', () => {
    const model = loaded(VISITS, STAY);
    const bound = bindParameters(model, { stay: 0.1 });
    const long = bound.metrics.get('long');
    expect(long?.label).toBe('At least 0.1 min');
    expect(long?.type === 'simple' ? long.filter : undefined).toEqual({
      kind: 'and',
      parts: [
        { kind: 'flag', column: 'registered' },
        { kind: 'compare', column: 'seconds', op: '>=', value: 6 },
      ],
    });
    expect(bindParameters(model, { stay: 0.1 })).toBe(bound);
    expect(bound.metrics.get('all')).toBe(model.metrics.get('all'));
  });

  it('stand after a comparison and nowhere else', () => {
    expect(parsePredicate('seconds >= $stay', () => 60)).toEqual({
      ok: true,
      value: { kind: 'compare', column: 'seconds', op: '>=', value: { parameter: 'stay', factor: 60 } },
    });
    for (const text of ['seconds in ($stay)', '$stay', '$stay > seconds', 'seconds > $']) {
      expect(parsePredicate(text).ok).toBe(false);
    }
  });

  const metric = (more: string) =>
    `version: 1\nmetrics: [{ name: m, type: simple, dataset: visits, agg: count, ${more} }]`;
  const funnel = (step: string, more = '') =>
    `version: 1\nfunnels: [{ name: f, entity: participation, ${more} steps: [{ name: a, dataset: visits }, { name: b, dataset: visits, ${step} }] }]`;
  it.each([
    ['unknown_parameter', metric('filter: seconds > $sty')],
    ['filter_type', metric('filter: region = $stay')],
    ['unknown_parameter', metric('filter: seconds > $stay, label: "{sty}"')],
    ['parameter_unused', metric('label: "Longer than {stay}"')],
    ['parameter_place', 'version: 1\ndataset: d\ntable: participations\ntime: starts_at\nfilter: seconds > $stay'],
    ['parameter_bounds', 'version: 1\nparameters: [{ name: p, default: 5, max: 4 }]'],
    ['parameter_bounds', 'version: 1\nparameters: [{ name: p, default: 5, min: 6, max: 5 }]'],
    ['duplicate_name', STAY],
    ['invalid_length', funnel('after: soon')],
    ['unknown_parameter', funnel('after: $sty')],
    ['parameter_unit', `version: 1\nparameters: [{ name: p, default: 5, max: 9 }]\n---\n${funnel('after: $p')}`],
    ['anytime_unused', funnel('anytime: true', 'order: any,')],
    ['unknown_entity', funnel('entity: acount')],
    ['column_type', funnel('filter: registered', 'cohort: region,')],
    [
      'entity_types',
      `version: 1
funnels:
  - name: f
    entity: participation
    steps: [{ name: a, dataset: visits }, { name: b, dataset: sent, entity: who }]
---
version: 1
dataset: sent
table: messages
time: at
entities: [{ name: who, column: message }]`,
    ],
    [
      'dimension_part',
      'version: 1\ndataset: d\ntable: people\ntime: registered_at\ndimensions: [{ name: h, part: weekday, column: region }]',
    ],
    [
      'dimension_differs',
      'version: 1\ndataset: d\ntable: people\ntime: registered_at\ndimensions: [{ name: start_hour, part: weekday }]',
    ],
  ])('finds %s in %s', (code, text) => {
    const base = code === 'entity_types' ? VISITS.replace('{ name: account,', '{ name: who,') : VISITS;
    expect(check(base, STAY, text).problems.map((problem) => problem.code)).toContain(code);
  });
});

describe('the rest of the model', () => {
  it('a rate takes as long to settle as the slowest of its parts', () => {
    const model = loaded(VISITS, STAY);
    expect(model.metrics.get('view_rate')?.maturesAfter).toBe(7 * 86_400);
    expect(model.metrics.get('long_rate')?.maturesAfter).toBe(86_400);
    expect(model.metrics.get('stock')).not.toHaveProperty('maturesAfter');
  });

  it('parts of the time have labels and do not apply to trailing windows; instants have a type of their own', () => {
    const catalog = describeModel(loaded(VISITS, STAY));
    const dimension = (name: string) => catalog.dimensions.find((one) => one.name === name);
    expect(dimension('start_day')).toMatchObject({ label: 'Day', type: 'time_part', labels: { 1: 'Monday' } });
    expect(dimension('starts_at')?.type).toBe('instant');
    const dimensionsOf = (name: string) => catalog.metrics.find((one) => one.name === name)?.dimensions;
    expect(dimensionsOf('all')).toContain('start_hour');
    expect(dimensionsOf('stock')).toEqual(['starts_at']);
  });

  it('a ratio is a proportion only where its filters show that it counts some of what its denominator counts', () => {
    const model = loaded(VISITS, STAY);
    const isShare = (name: string) => {
      const found = model.metrics.get(name);
      return found !== undefined && isProportion(model, found);
    };
    expect([isShare('long_rate'), isShare('view_rate'), isShare('all')]).toEqual([true, false, false]);
  });
});
