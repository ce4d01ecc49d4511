import fc from 'fast-check';
import type { Filter, FunnelQuery, MetricQuery } from '../../src/contract/query.ts';
import type { CheckedModel } from '../../src/model/checked.ts';
import { dimensionsOfMetric, hasTimeParts } from '../../src/model/metric-dimensions.ts';
import { daysIn, instantIn, type Setting } from './arbitrary-facts.ts';

/** Dimensions that some metric has together. */
const DIMENSIONS = [
  ['channel', 'category', 'campaign', 'account'],
  ['channel', 'category', 'campaign', 'account'],
  ['operator', 'queue', 'resolved', 'campaign', 'k0'],
  ['way', 'was_answered', 'campaign'],
  ['webinar', 'series', 'region', 'source_group', 'start_hour', 'starts_at'],
  ['webinar', 'series', 'region', 'source_group', 'start_hour', 'starts_at'],
] as const;
const dimensions = fc
  .constantFrom(...DIMENSIONS)
  .chain((names) => fc.uniqueArray(fc.constantFrom(...names, 'weekday', 'hour_of_day'), { maxLength: 2 }));

const filter: fc.Arbitrary<Filter> = fc.oneof<fc.Arbitrary<Filter>[]>(
  fc.record({
    dimension: fc.constant('channel'),
    op: fc.constantFrom('in' as const, 'not' as const),
    values: fc.uniqueArray(fc.constantFrom('whatsapp', 'email', 'sms', 'fax'), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    dimension: fc.constant('category'),
    op: fc.constantFrom('has' as const, 'starts' as const, 'in' as const),
    values: fc.uniqueArray(fc.constantFrom('promo', 'ALERT', 'serv', "o'c"), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    dimension: fc.constant('campaign'),
    op: fc.constant('null' as const),
    values: fc.constantFrom([], ['false']),
  }),
  fc.record({
    dimension: fc.constant('resolved'),
    op: fc.constantFrom('in' as const, 'not' as const, 'null' as const),
    values: fc.constantFrom(['true'], ['false']),
  }),
  fc.record({
    dimension: fc.constant('queue'),
    op: fc.constant('null' as const),
    values: fc.constantFrom([], ['false']),
  }),
  fc.record({ dimension: fc.constant('queue'), op: fc.constant('not' as const), values: fc.constantFrom([2], [1, 9]) }),
  fc.record({ dimension: fc.constant('queue'), op: fc.constant('gte' as const), values: fc.constantFrom([2], [10]) }),
  fc.record({
    dimension: fc.constant('weekday'),
    op: fc.constantFrom('in' as const, 'not' as const),
    values: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    dimension: fc.constant('start_hour'),
    op: fc.constantFrom('gte' as const, 'not' as const),
    values: fc.constantFrom([8], [0], [12]),
  }),
  fc.record({
    dimension: fc.constant('series'),
    op: fc.constantFrom('in' as const, 'not' as const),
    values: fc.constantFrom(['intro'], ['deep', '']),
  }),
  fc.record({
    dimension: fc.constant('hour_of_day'),
    op: fc.constant('between' as const),
    values: fc.constantFrom([0, 3], [2, 2], [8, 20]),
  }),
);

/** Minutes that a visit has to last; some lie on the seconds of the rows. */
const parameters = fc.option(
  fc.record(
    { short_visit: fc.constantFrom(0, 1, 4.99, 5, 10), long_visit: fc.constantFrom(5, 30, 60, 61) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

/** Queries that the model can answer: groups are drawn first, then metrics that have them. */
export function metricQueryIn(model: CheckedModel, place: Setting): fc.Arbitrary<MetricQuery> {
  const edges = fc
    .uniqueArray(instantIn(place), { minLength: 2, maxLength: 2 })
    .map((pair) => pair.toSorted((a, b) => a - b).map((at) => new Date(at).toISOString()) as [string, string]);
  const shape = fc.record({
    range: fc.oneof({ weight: 4, arbitrary: daysIn(place) }, { weight: 1, arbitrary: edges }),
    grain: fc.constantFrom(
      undefined,
      undefined,
      'hour' as const,
      'day' as const,
      'day' as const,
      'week' as const,
      'month' as const,
    ),
    dimensions,
    filters: fc.array(filter, { maxLength: 2 }),
    totals: fc.boolean(),
    perDay: fc.constantFrom(false, false, true),
    compare: fc.constantFrom(undefined, undefined, 'previous_period' as const, 'previous_year' as const),
    match: fc.boolean(),
    matured: fc.boolean(),
    parameters,
  });
  return shape.chain(
    ({ range, grain: drawn, dimensions, filters, totals, perDay, compare, match, matured, parameters }) => {
      const grain = drawn === 'hour' && (perDay || longerThanDays(range, 3)) ? 'day' : drawn;
      const fitting = [...model.metrics.keys()].filter((name) => fits(model, name, dimensions, grain, perDay));
      return fc.uniqueArray(fc.constantFrom(...fitting), { minLength: 1, maxLength: 4 }).map(
        (metrics): MetricQuery => ({
          metrics,
          ...(dimensions.length === 0 ? {} : { dimensions }),
          time: { range, ...(grain === undefined ? {} : { grain }) },
          ...(filters.length === 0 ? {} : { filters }),
          ...(totals ? { totals } : {}),
          ...(perDay ? { per: 'day' as const } : {}),
          ...(matured && grain !== 'hour' && range[0].length === 10 ? { matured } : {}),
          ...(parameters === undefined ? {} : { parameters }),
          ...(compare === undefined || range[0].length > 10 ? {} : { compare, match_weekday: match }),
        }),
      );
    },
  );
}

export function funnelQueryIn(model: CheckedModel, place: Setting): fc.Arbitrary<FunnelQuery> {
  return fc
    .record({
      funnel: fc.constantFrom(...model.funnels.keys()),
      range: daysIn(place),
      filters: fc.array(filter, { maxLength: 1 }),
      byCampaign: fc.boolean(),
      matured: fc.boolean(),
      parameters,
    })
    .map(({ funnel, range, filters, byCampaign, matured, parameters }) => ({
      funnel,
      time: { range },
      ...(filters.length === 0 ? {} : { filters }),
      ...(byCampaign
        ? { dimensions: [model.funnels.get(funnel)?.cohort === undefined ? 'campaign' : 'utm_campaign'] }
        : {}),
      ...(matured ? { matured } : {}),
      ...(parameters === undefined ? {} : { parameters }),
    }));
}

function fits(
  model: CheckedModel,
  name: string,
  dimensions: readonly string[],
  grain: string | undefined,
  perDay: boolean,
): boolean {
  const own = dimensionsOfMetric(model, name);
  const isPart = (dimension: string) => dimension === 'weekday' || dimension === 'hour_of_day';
  const parts = dimensions.filter(isPart);
  if (!dimensions.every((dimension) => isPart(dimension) || own.has(dimension))) return false;
  if ((parts.length > 0 || grain === 'hour' || perDay) && !hasTimeParts(model, name)) return false;
  return !(perDay && model.metrics.get(name)?.type === 'conversion');
}

function longerThanDays([start, end]: readonly [string, string], days: number): boolean {
  return Date.parse(end) - Date.parse(start) > days * 86_400_000;
}
