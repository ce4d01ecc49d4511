import type { Catalog, DimensionInfo, FunnelInfo, MetricInfo } from '../contract/api.ts';
import type { CheckedModel, Funnel, Metric } from './checked.ts';
import { durationWords } from './durations.ts';
import { dimensionsOfMetric, hasTimeParts, TIME_PARTS } from './metric-dimensions.ts';

/** What the model offers, for the browser and for `GET /api/v1/metrics`. Labels of weekdays are in the workspace's locale. */
export function describeModel(model: CheckedModel): Catalog {
  const parts = timeParts(model.workspace.locale);
  const declared: DimensionInfo[] = [...model.dimensions.values()].map((dimension) => ({
    name: dimension.name,
    label: dimension.label,
    ...(dimension.description === undefined ? {} : { description: dimension.description }),
    type: dimension.part !== undefined ? 'time_part' : dimension.ofTime ? 'instant' : dimension.type,
    labels: { ...parts.find((part) => part.name === dimension.part)?.labels, ...dimension.labels },
    colors: dimension.colors,
    drill: dimension.drill,
    ...(dimension.page === undefined ? {} : { page: dimension.page }),
  }));
  return {
    metrics: [...model.metrics.values()].map((metric) => describeMetric(model, metric)),
    dimensions: [...declared, ...parts],
    funnels: [...model.funnels.values()].map(describeFunnel),
    parameters: [...model.parameters.values()],
  };
}

function describeMetric(model: CheckedModel, metric: Metric): MetricInfo {
  return {
    name: metric.name,
    label: metric.label,
    ...(metric.description === undefined ? {} : { description: metric.description }),
    type: metric.type,
    format: metric.format,
    good: metric.good,
    min_sample: metric.minSample,
    ...(metric.owner === undefined ? {} : { owner: metric.owner }),
    ...(metric.parameters.length === 0 ? {} : { parameters: metric.parameters }),
    ...(metric.maturesAfter === undefined ? {} : { matures: durationWords(metric.maturesAfter) }),
    dimensions: [...dimensionsOfMetric(model, metric.name), ...(hasTimeParts(model, metric.name) ? TIME_PARTS : [])],
  };
}

function describeFunnel(funnel: Funnel): FunnelInfo {
  return {
    name: funnel.name,
    label: funnel.label,
    ...(funnel.description === undefined ? {} : { description: funnel.description }),
    entity: funnel.entity,
    ...(funnel.windowSeconds === undefined ? {} : { window: durationWords(funnel.windowSeconds) }),
    order: funnel.order,
    min_sample: funnel.minSample,
    ...(funnel.parameters.length === 0 ? {} : { parameters: funnel.parameters }),
    ...(funnel.maturesAfter === undefined ? {} : { matures: durationWords(funnel.maturesAfter) }),
    steps: funnel.steps.map(({ name, label }) => ({ name, label })),
  };
}

function timeParts(locale: string): DimensionInfo[] {
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  /** 1 January 2024 was a Monday. */
  const days = Array.from({ length: 7 }, (_, day) => [String(day + 1), weekday.format(Date.UTC(2024, 0, 1 + day))]);
  const hours = Array.from({ length: 24 }, (_, hour) => [String(hour), `${String(hour).padStart(2, '0')}:00`]);
  const part = (name: string, label: string, description: string, labels: string[][]): DimensionInfo => ({
    name,
    label,
    description,
    type: 'time_part',
    labels: Object.fromEntries(labels),
    colors: {},
    drill: [],
  });
  return [
    part('weekday', 'Weekday', 'Local day of the week, 1 = Monday to 7 = Sunday.', days),
    part('hour_of_day', 'Hour of day', 'Local hour, 0 to 23.', hours),
  ];
}
