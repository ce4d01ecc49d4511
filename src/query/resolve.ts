import type { Problem } from '../contract/errors.ts';
import { addDays } from '../contract/plain-date.ts';
import {
  type Filter,
  type FunnelQuery,
  type Grain,
  grain as grains,
  type MetricQuery,
  type Query,
} from '../contract/query.ts';
import { didYouMean } from '../contract/suggest.ts';
import { bindParameters } from '../model/bind-parameters.ts';
import type { CheckedModel, Metric } from '../model/checked.ts';
import type { InstantRange } from './buckets.ts';
import { canonicalZone, localDate, startOfDay } from './local-time.ts';
import type { QueryContext } from './query-context.ts';
import { resolveTime } from './resolve-time.ts';
import {
  type Clock,
  type Group,
  isTimePart,
  type ResolvedFilter,
  type ResolvedFunnelQuery,
  type ResolvedMetricQuery,
  TIME_PARTS,
} from './resolved.ts';

const MINUTE = 60_000;

interface Resolution<Resolved> {
  /** What could be resolved; unknown names are left out of it and stand in `problems`. */
  query: Resolved | undefined;
  problems: Problem[];
}

/** Names → things of the model, times → instants. Collects every mistake instead of stopping at the first. */
export function resolveMetricQuery(
  query: MetricQuery,
  model: CheckedModel,
  context: QueryContext,
): Resolution<ResolvedMetricQuery> {
  const base = resolveBase(query, model, context);
  const { problems } = base;
  const metrics = query.metrics.flatMap((name, index): Metric[] => {
    const metric = base.model.metrics.get(name);
    if (metric !== undefined) return [metric];
    problems.push(unknown('metric', name, `metrics.${index}`, model.metrics.keys()));
    return [];
  });
  const groups = resolveGroups(query, model, problems);
  const sets = resolveSets(query, groups, problems);
  const orderBy = (query.order_by ?? []).map((key) => ({
    name: key.replace(/^-/, ''),
    descending: key.startsWith('-'),
  }));
  const { base: resolved } = base;
  if (resolved === undefined) return { query: undefined, problems };
  return {
    query: {
      kind: 'metrics',
      ...resolved,
      metrics,
      groups,
      ...(sets === undefined ? {} : { sets }),
      orderBy,
      ...(query.limit === undefined ? {} : { limit: query.limit }),
      totals: query.totals === true,
      perDay: query.per === 'day',
    },
    problems,
  };
}

export function resolveFunnelQuery(
  query: FunnelQuery,
  model: CheckedModel,
  context: QueryContext,
): Resolution<ResolvedFunnelQuery> {
  const { base, problems, ...bound } = resolveBase(query, model, context);
  const funnel = bound.model.funnels.get(query.funnel);
  if (funnel === undefined) problems.push(unknown('funnel', query.funnel, 'funnel', model.funnels.keys()));
  const [name] = query.dimensions ?? [];
  const dimension = name === undefined ? undefined : model.dimensions.get(name);
  if (name !== undefined && dimension === undefined)
    problems.push(unknown('dimension', name, 'dimensions.0', model.dimensions.keys()));
  if (base === undefined || funnel === undefined) return { query: undefined, problems };
  return { query: { kind: 'funnel', ...base, funnel, ...(dimension === undefined ? {} : { dimension }) }, problems };
}

function resolveBase(query: Query, unbound: CheckedModel, context: QueryContext) {
  const problems: Problem[] = checkParameters(query.parameters ?? {}, unbound);
  const model = bindParameters(unbound, problems.length === 0 ? (query.parameters ?? {}) : {});
  const timezone = query.timezone ?? model.workspace.time_zone;
  const zone = canonicalZone(timezone);
  const filters = resolveFilters(query.filters ?? [], model, problems);
  if (zone === null) {
    problems.push({
      code: 'unknown_timezone',
      path: 'timezone',
      message: `There is no time zone "${timezone.slice(0, 60)}".`,
      hint: 'Write an IANA name such as "Asia/Jakarta".',
    });
    return { base: undefined, model, problems };
  }
  const clock: Clock = {
    zone,
    weekStart: model.workspace.week_start,
    now: context.now,
    soon: Math.ceil(context.now / MINUTE) * MINUTE + 1,
    completeThrough: context.completeThrough,
    dataThrough: Math.floor(context.completeThrough / MINUTE) * MINUTE,
  };
  const { problems: timeProblems, ...time } = resolveTime(query, clock, context);
  problems.push(...timeProblems);
  if (timeProblems.length === 0) clock.completeThrough = completeInside(time.range, clock.zone, context);
  return {
    base: {
      model,
      parameters: query.parameters ?? {},
      clock,
      timezone,
      filters,
      matured: query.matured === true,
      ...time,
    },
    model,
    problems,
  };
}

/** Each parameter is one of the model's, and its value one that the model allows. */
function checkParameters(given: Readonly<Record<string, number>>, model: CheckedModel): Problem[] {
  return Object.entries(given).flatMap(([name, value]): Problem[] => {
    const path = `parameters.${name}`;
    const parameter = model.parameters.get(name);
    if (parameter === undefined) return [unknown('parameter', name, path, model.parameters.keys())];
    const { min, max, unit } = parameter;
    if (value >= min && value <= max) return [];
    return [
      {
        code: 'parameter_out_of_range',
        path,
        message: `"${name}" cannot be ${value}.`,
        hint: `It lies between ${min} and ${max}${unit === 'number' ? '' : ` ${unit}s`}.`,
      },
    ];
  });
}

/** The engine's dates begin in 1970. */
const EARLIEST_COMPLETE = Date.UTC(1970, 0, 4);

/**
 * Up to where values that need whole days (trailing windows, averages per day) are taken from. Where no day of the range is complete,
 * because a source is late, they are taken from what there is: late data makes a page old and never empty. `meta.complete_through`
 * and the notes tell.
 */
function completeInside(range: InstantRange | undefined, zone: string, context: QueryContext): number {
  const { asOf, completeThrough, data } = context;
  const firstDay = range === undefined ? data.first : localDate(range.start, zone);
  const nothing = firstDay === null || completeThrough < startOfDay(addDays(firstDay, 1), zone);
  return Math.max(nothing ? Math.max(asOf, completeThrough) : completeThrough, EARLIEST_COMPLETE);
}

function resolveFilters(filters: readonly Filter[], model: CheckedModel, problems: Problem[]): ResolvedFilter[] {
  return filters.flatMap(({ dimension: name, op, values }, index): ResolvedFilter[] => {
    const path = `filters.${index}`;
    if (isTimePart(name)) return [{ name, target: { kind: name }, op, values, path }];
    const dimension = model.dimensions.get(name);
    if (dimension !== undefined)
      return [{ name, target: { kind: dimension.part ?? 'dimension', dimension }, op, values, path }];
    const known = [...model.dimensions.keys(), ...Object.keys(TIME_PARTS)];
    problems.push(unknown('dimension', name, `${path}.dimension`, known));
    return [];
  });
}

function resolveGroups(query: MetricQuery, model: CheckedModel, problems: Problem[]): Group[] {
  const groups: Group[] = [];
  const asked = (query.dimensions ?? []).map((each) => (typeof each === 'string' ? { name: each } : each));
  asked.forEach((each, index) => {
    const path = `dimensions.${index}`;
    const group = resolveGroup(each, path, model, problems);
    if (group !== undefined) groups.push(group);
  });
  const grain = query.time?.grain;
  const timeGroup = groups.find((group) => group.kind === 'time');
  if (grain !== undefined && timeGroup === undefined)
    groups.unshift({ kind: 'time', name: 'time', grain, path: 'time.grain' });
  else if (grain !== undefined && timeGroup?.kind === 'time' && timeGroup.grain !== grain)
    problems.push({
      code: 'conflicting_grain',
      path: 'time.grain',
      message: `The grain is asked for twice: ${grain} and ${timeGroup.grain}.`,
      hint: 'Leave out one of them.',
    });
  return groups;
}

/** Each way to group is a part of the dimensions, and none stands twice. */
function resolveSets(query: MetricQuery, groups: readonly Group[], problems: Problem[]): Group[][] | undefined {
  if (query.grouping_sets === undefined) return undefined;
  for (const key of ['order_by', 'limit', 'totals', 'per'] as const)
    if (query[key] !== undefined && query[key] !== false)
      problems.push({
        code: 'not_with_grouping_sets',
        path: key,
        message: `"${key}" cannot be asked for together with grouping_sets.`,
        hint: key === 'totals' ? 'Add [] to grouping_sets: that is the total.' : `Leave out ${key}.`,
      });
  const seen = new Set<string>();
  const asked = (query.dimensions ?? []).map((each) => (typeof each === 'string' ? each : each.name));
  const known = [...new Set([...asked, ...groups.map((group) => group.name)])];
  return query.grouping_sets.map((names, index) => {
    for (const [place, name] of names.entries()) {
      if (known.includes(name)) continue;
      const hint = didYouMean(name, known) ?? `Dimensions of the query: ${known.join(', ') || 'none'}.`;
      const message = `"${name}" is not among the dimensions of the query.`;
      problems.push({ code: 'unknown_dimension', path: `grouping_sets.${index}.${place}`, message, hint });
    }
    const set = groups.filter((group) => names.includes(group.name));
    const id = [...new Set(names)].toSorted().join(' ');
    if (seen.has(id) || new Set(names).size < names.length)
      problems.push({
        code: 'repeated_grouping_set',
        path: `grouping_sets.${index}`,
        message: seen.has(id) ? 'This way to group stands twice.' : 'A dimension stands twice in this way to group.',
        hint: 'Name it once.',
      });
    seen.add(id);
    return set;
  });
}

function resolveGroup(
  { name, grain }: { name: string; grain?: Grain },
  path: string,
  model: CheckedModel,
  problems: Problem[],
): Group | undefined {
  if (name === 'time') {
    if (grain !== undefined) return { kind: 'time', name, grain, path };
    problems.push({
      code: 'missing_grain',
      path,
      message: 'Time needs a grain.',
      hint: `Write {"name": "time", "grain": "day"}; grains are ${grains.options.join(', ')}.`,
    });
    return undefined;
  }
  if (grain !== undefined) {
    problems.push({
      code: 'grain_without_time',
      path,
      message: `"${name}" has no grain; only time has.`,
      hint: `Write "${name}" alone, or {"name": "time", "grain": "${grain}"}.`,
    });
    return undefined;
  }
  if (name === 'weekday') return { kind: name, name, path };
  if (name === 'hour_of_day') return { kind: name, name, path };
  const dimension = model.dimensions.get(name);
  if (dimension !== undefined) return { kind: 'dimension', name, dimension, path };
  problems.push(unknown('dimension', name, path, [...model.dimensions.keys(), ...Object.keys(TIME_PARTS)]));
  return undefined;
}

function unknown(
  kind: 'metric' | 'dimension' | 'funnel' | 'parameter',
  name: string,
  path: string,
  known: Iterable<string>,
): Problem {
  const names = [...known];
  const hint =
    didYouMean(name, names) ?? (names.length > 0 && names.length <= 20 ? `Known: ${names.join(', ')}.` : undefined);
  return {
    code: `unknown_${kind}`,
    path,
    message: `There is no ${kind} "${name}".`,
    ...(hint === undefined ? {} : { hint }),
  };
}
