import type { Problem } from './errors.ts';
import { type PeriodContext, resolvePeriod } from './period.ts';
import { resolveCompare } from './period-compare.ts';
import { addDays, parseDate } from './plain-date.ts';
import type { Filter, MetricQuery } from './query.ts';
import { FILTER_OPS, type FilterOp, GRAINS, type Grain } from './words.ts';

/** The grammar of page addresses, saved views and `GET /api/v1/query`: one parser, one writer (docs: UX 5.4). */

export interface MeasureFilter {
  metric: string;
  dimension: string;
  op: FilterOp;
  values: number[];
}

/** Everything a page's address says. Fields that the address leaves out hold the page's defaults. */
export interface ViewState {
  /** `28d`, `mtd`, `2026-11-01..2026-11-20`: see resolvePeriod. */
  period: string;
  /** complete: rolling periods end yesterday; now: they end today; latest: they end with the last day that has data. */
  to: 'complete' | 'latest' | 'now';
  /** off, prev, prev_year, avg4, target, or a range with an inclusive end. */
  compare: string;
  matchWeekday: boolean;
  /** null = chosen from the length of the period. */
  grain: Grain | null;
  filters: Filter[];
  measureFilters: MeasureFilter[];
  metrics: string[];
  by: string[];
  x: string | null;
  sort: string[];
  limit: number | null;
  /** Numbers of the model that the reader moved, by name: `short_visit` → 10. */
  parameters: Record<string, number>;
  /** Only cohorts whose numbers have settled. */
  matured: boolean;
  /** Keys this version does not know, decoded, in their order: kept in the address and otherwise ignored. */
  extra: [key: string, value: string][];
}

export const VIEW_DEFAULTS: ViewState = {
  period: '28d',
  to: 'complete',
  compare: 'prev',
  matchWeekday: true,
  grain: null,
  filters: [],
  measureFilters: [],
  metrics: [],
  by: [],
  x: null,
  sort: [],
  limit: null,
  parameters: {},
  matured: false,
  extra: [],
};

const ID = /^[a-z][a-z0-9_]{0,62}$/;
const NUMERIC_OPS: ReadonlySet<FilterOp> = new Set(['eq', 'ne', 'gte', 'lte', 'between']);
const MAX_LIMIT = 50_000;

/**
 * Reads a query string, with or without its `?`. `unknown` lists what was not understood (`zz=1`, `f=channel:like:x`) for the
 * toast; it stays in `view.extra`. A default filter holds until the address names its dimension; `f=channel:in` means all.
 */
export function parseView(search: string, defaults: ViewState = VIEW_DEFAULTS): { view: ViewState; unknown: string[] } {
  const view: ViewState = { ...defaults, filters: [], measureFilters: [], extra: [] };
  const written: Filter[] = [];
  const seen = new Set<string>();
  for (const [key, value] of new URLSearchParams(search)) {
    const read = READERS.get(key);
    const again = seen.has(key) && !REPEATABLE.has(key);
    seen.add(key);
    if (again || !read?.(value, view, written)) view.extra.push([key, value]);
  }
  view.filters = mergeFilters(defaults.filters, written);
  return { view, unknown: view.extra.map(([key, value]) => `${key}=${value}`) };
}

/** Keys that may stand several times. */
const REPEATABLE: ReadonlySet<string> = new Set(['f', 'mf', 'v']);

/** Returns false for a value it cannot read. */
type Reader = (value: string, view: ViewState, filters: Filter[]) => boolean;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>(
  Object.entries<Reader>({
    u: (value) => value === '1',
    p: (value, view) => accept(value.length > 0 && value.length <= 60, () => (view.period = value)),
    to: (value, view) =>
      value === 'complete' || value === 'latest' || value === 'now' ? accept(true, () => (view.to = value)) : false,
    vs: (value, view) => accept(isCompareChoice(value), () => (view.compare = value)),
    wd: (value, view) => accept(value === '0' || value === '1', () => (view.matchWeekday = value === '1')),
    g: (value, view) => {
      const grain = GRAINS.find((one) => one === value);
      return accept(grain !== undefined, () => (view.grain = grain ?? null));
    },
    f: (value, _view, filters) => {
      const filter = parseFilter(value);
      return accept(filter !== null, () => filter && filters.push(filter));
    },
    mf: (value, view) => {
      const filter = parseMeasureFilter(value);
      return accept(filter !== null, () => filter && view.measureFilters.push(filter));
    },
    m: (value, view) => acceptIds(value, ID, (ids) => (view.metrics = ids)),
    by: (value, view) => acceptIds(value, ID, (ids) => (view.by = ids)),
    x: (value, view) => accept(ID.test(value), () => (view.x = value)),
    s: (value, view) => acceptIds(value, /^-?[a-z][a-z0-9_]{0,62}$/, (ids) => (view.sort = ids)),
    n: (value, view) => {
      const valid = /^[1-9]\d{0,4}$/.test(value) && Number(value) <= MAX_LIMIT;
      return accept(valid, () => (view.limit = Number(value)));
    },
    v: (value, view) => {
      const [, name = '', number = ''] = /^([a-z][a-z0-9_]{0,62}):(-?\d{1,9}(?:\.\d{1,6})?)$/.exec(value) ?? [];
      return accept(name !== '', () => (view.parameters = { ...view.parameters, [name]: Number(number) }));
    },
    ma: (value, view) => accept(value === '0' || value === '1', () => (view.matured = value === '1')),
  }),
);

function accept(valid: boolean, apply: () => unknown): boolean {
  if (valid) apply();
  return valid;
}

function acceptIds(value: string, pattern: RegExp, apply: (ids: string[]) => void): boolean {
  const ids = value.split(',');
  return accept(
    ids.every((id) => pattern.test(id)),
    () => apply(ids),
  );
}

function isCompareChoice(value: string): boolean {
  if (['off', 'prev', 'prev_year', 'avg4', 'target'].includes(value)) return true;
  const [first, last, ...rest] = value.split('..');
  if (first === undefined || rest.length > 0 || parseDate(first) === null) return false;
  return last === undefined || (parseDate(last) !== null && first <= last);
}

/** `channel:in:whatsapp,sms`; a comma or backslash inside a value is written `\,` and `\\`. */
function parseFilter(text: string): Filter | null {
  const [, dimension = '', opText, rest] = /^([^:]*):([^:]*)(?::([\s\S]*))?$/.exec(text) ?? [];
  const op = FILTER_OPS.find((one) => one === opText);
  if (!ID.test(dimension) || !op) return null;
  const texts = rest === undefined || rest === '' ? [] : splitValues(rest);
  if (texts.length > 500 || texts.some((value) => value.length > 500)) return null;
  if (!NUMERIC_OPS.has(op)) {
    const known = op !== 'null' || texts.length === 0 || (texts.length === 1 && texts[0] === 'false');
    return known ? { dimension, op, values: texts } : null;
  }
  const values = texts.map(Number);
  const count = op === 'between' ? 2 : 1;
  const valid = values.length === count && texts.every((value, i) => value.trim() !== '' && Number.isFinite(values[i]));
  return valid ? { dimension, op, values } : null;
}

/** `registered:by:webinar:gte:50`. */
function parseMeasureFilter(text: string): MeasureFilter | null {
  const [, metric = '', filterText = ''] = /^([^:]*):by:([\s\S]*)$/.exec(text) ?? [];
  const filter = ID.test(metric) ? parseFilter(filterText) : null;
  if (!filter || !NUMERIC_OPS.has(filter.op)) return null;
  return { metric, dimension: filter.dimension, op: filter.op, values: filter.values.map(Number) };
}

function splitValues(text: string): string[] {
  const values: string[] = [];
  let value = '';
  for (const [token] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (token === ',') {
      values.push(value);
      value = '';
    } else value += token.length > 1 ? token.slice(1) : token;
  }
  return [...values, value];
}

/** `in` without values lifts a default filter and never reaches a query. */
function mergeFilters(defaults: Filter[], written: Filter[]): Filter[] {
  const named = new Set(written.map((filter) => filter.dimension));
  return [
    ...defaults.filter((filter) => !named.has(filter.dimension)),
    ...written.filter((filter) => filter.op !== 'in' || filter.values.length > 0),
  ];
}

/** The query string with its `?`, or '' when everything is at its default. Fixed order, least escaping, unknown keys last. */
export function formatView(view: ViewState, defaults: ViewState = VIEW_DEFAULTS): string {
  const pairs: [string, string][] = [];
  const add = (key: string, value: string, standard: string) => value !== standard && pairs.push([key, value]);
  add('p', view.period, defaults.period);
  add('to', view.to, defaults.to);
  add('vs', view.compare, defaults.compare);
  add('wd', view.matchWeekday ? '1' : '0', defaults.matchWeekday ? '1' : '0');
  add('g', view.grain ?? '', defaults.grain ?? '');
  for (const filter of filtersToWrite(view.filters, defaults.filters)) pairs.push(['f', formatFilter(filter)]);
  for (const { metric, ...filter } of view.measureFilters) pairs.push(['mf', `${metric}:by:${formatFilter(filter)}`]);
  add('m', view.metrics.join(','), defaults.metrics.join(','));
  add('by', view.by.join(','), defaults.by.join(','));
  add('x', view.x ?? '', defaults.x ?? '');
  add('s', view.sort.join(','), defaults.sort.join(','));
  add('n', String(view.limit ?? ''), String(defaults.limit ?? ''));
  for (const [name, value] of Object.entries(view.parameters).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (value !== defaults.parameters[name]) pairs.push(['v', `${name}:${value}`]);
  add('ma', view.matured ? '1' : '0', defaults.matured ? '1' : '0');
  pairs.push(...view.extra);
  return pairs.length === 0
    ? ''
    : `?${pairs.map(([key, value]) => `${escapeText(key)}=${escapeText(value)}`).join('&')}`;
}

/** Filters of one dimension are written together or, when they are its defaults, not at all. */
function filtersToWrite(filters: Filter[], defaults: Filter[]): Filter[] {
  const textOf = (list: Filter[], dimension: string) =>
    list
      .filter((filter) => filter.dimension === dimension)
      .map(formatFilter)
      .join('&');
  const unchanged = (dimension: string) => textOf(filters, dimension) === textOf(defaults, dimension);
  const lifted = new Set(defaults.map((filter) => filter.dimension));
  for (const filter of filters) lifted.delete(filter.dimension);
  return [
    ...[...lifted].map((dimension): Filter => ({ dimension, op: 'in', values: [] })),
    ...filters.filter((filter) => !unchanged(filter.dimension)),
  ];
}

/** `channel:in:whatsapp,sms`, not yet escaped for an address. The empty value alone is written as `null`, which means the same. */
export function formatFilter({ dimension, op, values }: Filter): string {
  if (values.length === 1 && values[0] === '' && (op === 'in' || op === 'not')) {
    return op === 'in' ? `${dimension}:null` : `${dimension}:null:false`;
  }
  const text = values.map((value) => String(value).replaceAll(/[\\,]/g, '\\$&')).join(',');
  return text === '' ? `${dimension}:${op}` : `${dimension}:${op}:${text}`;
}

function escapeText(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/%(?:2C|3A|2F|40|24|3B)/g, decodeURIComponent);
}

/** The context in which a view's period is resolved: `to` says whether today counts. */
export function viewPeriodContext(view: Pick<ViewState, 'to'>, context: PeriodContext): PeriodContext {
  if (view.to === 'complete') return { ...context, includeToday: false };
  const last = view.to === 'latest' ? context.data?.last : null;
  return { ...context, today: last && last < context.today ? last : context.today, includeToday: true };
}

/** One address → one query, for `GET /api/v1/query`. Without `vs` there is no comparison. */
export function viewToQuery(search: string, context: PeriodContext): { query: MetricQuery } | { problems: Problem[] } {
  const { view, unknown } = parseView(search, { ...VIEW_DEFAULTS, compare: 'off' });
  const problems: Problem[] = unknown.map((text) => unreadable(text));
  if (view.metrics.length === 0 && !unknown.some((text) => text.startsWith('m='))) {
    problems.push({ code: 'missing_metric', path: 'm', message: 'No metric is named.', hint: 'Add m=messages_sent.' });
  }
  if (view.measureFilters.length > 0) problems.push(unsupported('mf', 'Filters on a metric'));
  if (view.compare === 'avg4' || view.compare === 'target') problems.push(unsupported('vs', `vs=${view.compare}`));
  const period = resolvePeriod(view.period, viewPeriodContext(view, context));
  if (!period.ok) problems.push({ code: 'invalid_period', path: 'p', message: period.message });
  if (problems.length > 0 || !period.ok) return { problems };

  const xGrain = GRAINS.find((grain) => grain === view.x);
  const grain = xGrain ?? view.grain;
  const dimensions = [...(view.x !== null && !xGrain ? [view.x] : []), ...view.by];
  const compare = resolveCompare(view.compare, period, {
    matchWeekday: view.matchWeekday,
    elapsedThrough: addDays(context.today, 1),
  });
  const first = view.metrics[0] ?? '';
  const query: MetricQuery = {
    metrics: view.metrics,
    time: { range: [period.start, period.end], ...(grain ? { grain } : {}) },
    ...(dimensions.length > 0 ? { dimensions } : {}),
    ...(view.filters.length > 0 ? { filters: view.filters } : {}),
    ...(compare ? { compare: { range: [compare.start, compare.end] } } : {}),
    ...(view.sort.length > 0 ? { order_by: view.sort.map((key) => key.replace(/^(-?)value$/, `$1${first}`)) } : {}),
    ...(view.limit === null ? {} : { limit: view.limit }),
    ...(Object.keys(view.parameters).length > 0 ? { parameters: view.parameters } : {}),
    ...(view.matured ? { matured: true } : {}),
  };
  return { query };
}

function unreadable(text: string): Problem {
  const key = text.slice(0, text.indexOf('='));
  return READERS.get(key)
    ? { code: 'invalid_parameter', path: key, message: `"${text.slice(0, 100)}" cannot be read.` }
    : {
        code: 'unknown_parameter',
        path: key.slice(0, 60),
        message: `There is no parameter "${key.slice(0, 60)}".`,
        hint: `Known are ${[...READERS.keys()].join(', ')}.`,
      };
}

function unsupported(path: string, what: string): Problem {
  return {
    code: 'unsupported',
    path,
    message: `${what} cannot be answered by this version.`,
    hint: `Leave out ${path}.`,
  };
}
