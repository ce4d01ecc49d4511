import { ROW_KEYS, userTableName } from '../contract/facts.ts';
import type { DimensionSpec, Predicate } from '../contract/model.ts';
import type { ChannelSpec } from '../contract/workspace.ts';
import type { Branch, CheckedModel, Dataset, Dimension, Funnel, FunnelStep, Metric } from './checked.ts';
import {
  branchConstant,
  type DatasetDraft,
  type Draft,
  dimensionColumn,
  entityColumn,
  type FunnelDraft,
  findDataset,
  findMetric,
  isFactTable,
  type MetricDraft,
} from './draft.ts';
import { durationSeconds } from './durations.ts';
import { labelOf } from './labels.ts';
import { describeParameter, factorOf, fillLabel, parametersIn, parametersOfLabel, parseLength } from './parameters.ts';
import { parseArithmetic } from './parse-arithmetic.ts';
import { parsePredicate } from './parse-predicate.ts';
import { resolveRollups } from './rollups.ts';
import { referencesOf } from './rules/metric-references.ts';
import { currencyColumn } from './rules/simple-metrics.ts';

/** Resolves every name of a draft that broke no rule. */
export function resolveModel(draft: Draft): CheckedModel {
  const model = {
    workspace: draft.workspace,
    channels: draft.channels,
    datasets: new Map(draft.datasets.map((dataset) => [dataset.spec.dataset, resolveDataset(draft, dataset)])),
    metrics: new Map(draft.metrics.map((metric) => [metric.spec.name, resolveMetric(draft, metric)])),
    dimensions: resolveDimensions(draft),
    funnels: new Map(draft.funnels.map((funnel) => [funnel.spec.name, resolveFunnel(draft, funnel)])),
    parameters: new Map(draft.parameters.map(({ spec }) => [spec.name, describeParameter(spec)])),
  };
  const declared = new Map(draft.datasets.map(({ spec }) => [spec.dataset, spec]));
  return { ...model, rollups: resolveRollups(model, declared) };
}

function resolveDataset(draft: Draft, { spec, columns }: DatasetDraft): Dataset {
  const own = [...columns.keys()].map((column): [string, { column: string }] => [column, { column }]);
  const branches: Branch[] =
    spec.table !== undefined
      ? [{ ...resolveTable(spec.table), columns: new Map(own) }]
      : (spec.union ?? []).map((branch) => ({
          ...resolveTable(branch.table),
          ...filterOf(draft, branch.filter),
          columns: new Map(
            Object.entries(branch.columns).map(([column, from]) => {
              const constant = branchConstant(from);
              return [column, constant === undefined ? { column: from } : { constant }];
            }),
          ),
        }));
  return {
    name: spec.dataset,
    label: spec.label ?? labelOf(spec.dataset),
    branches,
    columns: new Map(
      [...columns].map(([name, column]) => [name, { type: column.type, nullable: column.nullable === true }]),
    ),
    ...filterOf(draft, spec.filter),
    ...(spec.table === undefined ? {} : { rowKey: isFactTable(spec.table) ? ROW_KEYS[spec.table] : 'row' }),
    time: spec.time,
    entities: new Map(spec.entities.map((entity) => [entity.name, entityColumn(entity)])),
    dimensions: new Map(
      spec.dimensions.map((dimension) => [
        dimension.name,
        dimension.part === undefined ? dimensionColumn(dimension) : spec.time,
      ]),
    ),
  };
}

function resolveTable(table: string): Pick<Branch, 'table' | 'shown'> {
  return isFactTable(table) ? { table, shown: table } : { table: userTableName(table), shown: `table ${table}` };
}

function resolveDimensions(draft: Draft): Map<string, Dimension> {
  const dimensions = new Map<string, Dimension>();
  for (const { spec, columns } of draft.datasets) {
    for (const dimension of spec.dimensions) {
      const known = dimensions.get(dimension.name);
      const fromChannels = dimension.values_from === 'channels';
      const description = known?.description ?? dimension.description;
      dimensions.set(dimension.name, {
        name: dimension.name,
        label:
          known !== undefined && dimension.label === undefined
            ? known.label
            : (dimension.label ?? labelOf(dimension.name)),
        ...(description === undefined ? {} : { description }),
        type: dimension.type,
        labels: { ...(fromChannels ? byChannel(draft.channels, 'label') : {}), ...known?.labels, ...dimension.labels },
        colors: fromChannels ? byChannel(draft.channels, 'color') : {},
        drill: known !== undefined && known.drill.length > 0 ? known.drill : dimension.drill,
        synonyms: [...new Set([...(known?.synonyms ?? []), ...dimension.synonyms])],
        fromChannels,
        ofPerson: dimension.part === undefined && columns.get(dimensionColumn(dimension))?.type === 'person',
        ...(dimension.part === undefined ? {} : { part: dimension.part }),
        ...pageOf(known, dimension),
        ofTime: dimension.part === undefined && columns.get(dimensionColumn(dimension))?.type === 'instant',
      });
    }
  }
  return dimensions;
}

function pageOf(known: Dimension | undefined, { page }: DimensionSpec): Pick<Dimension, 'page'> {
  const own = page ?? known?.page;
  return own === undefined ? {} : { page: own };
}

function byChannel<K extends 'label' | 'color'>(channels: ChannelSpec[], key: K): Record<string, ChannelSpec[K]> {
  return Object.fromEntries(channels.map((channel) => [channel.name, channel[key]]));
}

function resolveMetric(draft: Draft, metric: MetricDraft): Metric {
  const { spec } = metric;
  const base = {
    name: spec.name,
    ...labelsOf(draft, spec),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    format: spec.format,
    good: spec.good,
    minSample: spec.min_sample ?? draft.workspace.min_sample,
    ...maturityOf(draft, metric),
    parameters: parametersOf(draft, metric),
    ...(spec.owner === undefined ? {} : { owner: spec.owner }),
    ...(spec.requires_status === undefined
      ? {}
      : { channels: channelsThatReport(draft.channels, spec.requires_status) }),
  };
  switch (spec.type) {
    case 'simple': {
      const dataset = findDataset(draft, metric.dataset);
      if (dataset === undefined) throw new Error(`dataset of ${spec.name} was not checked`);
      const currency = currencyColumn(metric, dataset);
      return {
        ...base,
        type: 'simple',
        agg: spec.agg,
        dataset: dataset.spec.dataset,
        ...(spec.column === undefined ? {} : { column: spec.column }),
        ...filterOf(draft, spec.filter),
        time: spec.time ?? dataset.spec.time,
        ...(currency === undefined ? {} : { currency }),
      };
    }
    case 'ratio':
      return { ...base, type: 'ratio', numerator: spec.numerator, denominator: spec.denominator };
    case 'derived': {
      const parsed = parseArithmetic(spec.expr);
      if (!parsed.ok) throw new Error(`expression of ${spec.name} was not checked`);
      return { ...base, type: 'derived', expr: parsed.value };
    }
    case 'cumulative':
      return {
        ...base,
        type: 'cumulative',
        metric: spec.metric,
        ...(spec.window === undefined ? {} : { days: durationSeconds(spec.window, draft.workspace) / 86_400 }),
      };
    case 'conversion':
      return {
        ...base,
        type: 'conversion',
        base: spec.base,
        conversion: spec.conversion,
        entity: spec.entity,
        ...windowOf(draft, spec.window),
        calculation: spec.calculation,
      };
  }
}

function channelsThatReport(channels: ChannelSpec[], statuses: readonly string[]): string[] {
  return channels
    .filter((channel) =>
      statuses.some((status) =>
        status === 'engaged' ? channel.engaged.length > 0 : channel.statuses.some((known) => known === status),
      ),
    )
    .map((channel) => channel.name);
}

function resolveFunnel(draft: Draft, { spec }: FunnelDraft): Funnel {
  const steps = spec.steps.map((step) => resolveStep(draft, step));
  return {
    name: spec.name,
    label: spec.label ?? labelOf(spec.name),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    entity: spec.entity,
    ...windowOf(draft, spec.window),
    order: spec.order,
    minSample: spec.min_sample ?? draft.workspace.min_sample,
    ...(spec.cohort === undefined ? {} : { cohort: spec.cohort }),
    ...(spec.matures === undefined ? {} : { maturesAfter: durationSeconds(spec.matures, draft.workspace) }),
    parameters: [
      ...new Set(steps.flatMap(({ filter, after }) => [...parametersIn(filter), ...parametersOfLength(after)])),
    ],
    steps,
  };
}

function resolveStep(draft: Draft, step: FunnelDraft['spec']['steps'][number]): FunnelStep {
  const after =
    step.after === undefined ? undefined : parseLength(step.after, draft.workspace, (name) => factorIn(draft, name));
  return {
    name: step.name,
    ...labelsOf(draft, step),
    dataset: step.dataset,
    ...filterOf(draft, step.filter),
    time: step.time ?? findDataset(draft, step.dataset)?.spec.time ?? '',
    ...(after === undefined ? {} : { after }),
    anytime: step.anytime === true,
    ...(step.entity === undefined ? {} : { entity: step.entity }),
  };
}

function parametersOfLength(length: FunnelStep['after']): string[] {
  return typeof length === 'object' ? [length.parameter] : [];
}

/** Its own and those of the metrics that it is made of. */
function parametersOf(draft: Draft, metric: MetricDraft): string[] {
  const own = metric.spec.type === 'simple' ? parametersIn(filterOf(draft, metric.spec.filter).filter) : [];
  return [...new Set([...own, ...partsOf(draft, metric).flatMap((part) => parametersOf(draft, part))])];
}

/** A ratio is as old as the youngest of its parts allows. */
function maturityOf(draft: Draft, metric: MetricDraft): { maturesAfter?: number } {
  const { matures, type } = metric.spec;
  const own = matures === undefined ? [] : [durationSeconds(matures, draft.workspace)];
  const made = type === 'ratio' || type === 'derived' ? partsOf(draft, metric) : [];
  const all = [...own, ...made.flatMap((part) => maturityOf(draft, part).maturesAfter ?? [])];
  return all.length === 0 ? {} : { maturesAfter: Math.max(...all) };
}

const partsOf = (draft: Draft, metric: MetricDraft): MetricDraft[] =>
  referencesOf(metric).flatMap(({ name }) => findMetric(draft, name) ?? []);

function labelsOf(
  draft: Draft,
  { name, label }: { name: string; label?: string | undefined },
): { label: string; labelWithPlaces?: string } {
  const written = label ?? labelOf(name);
  const defaults = new Map(draft.parameters.map(({ spec }) => [spec.name, spec.default]));
  if (!parametersOfLabel(written).some((name) => defaults.has(name))) return { label: written };
  return { label: fillLabel(written, defaults), labelWithPlaces: written };
}

function factorIn(draft: Draft, name: string): number {
  return factorOf(draft.parameters.find(({ spec }) => spec.name === name)?.spec.unit ?? 'number');
}

function filterOf(draft: Draft, text: string | undefined): { filter?: Predicate } {
  if (text === undefined) return {};
  const parsed = parsePredicate(text, (name) => factorIn(draft, name));
  if (!parsed.ok) throw new Error(`filter was not checked: ${text}`);
  return { filter: parsed.value };
}

function windowOf(draft: Draft, window: string | undefined): { windowSeconds?: number } {
  return window === undefined ? {} : { windowSeconds: durationSeconds(window, draft.workspace) };
}
