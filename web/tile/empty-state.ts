import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import { type DateRange, formatPeriod } from '../../src/contract/period.ts';
import { addDays, daysBetween } from '../../src/contract/plain-date.ts';
import type { Filter } from '../../src/contract/query.ts';
import type { QueryResult } from '../../src/contract/result.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { dimensionLabel, filterWords } from '../filters/filter-words.ts';
import { isNotApplicable } from './cell-value.ts';
import type { Formats } from './formats.ts';

/** Why a tile shows nothing. "Below minimum sample" is not among them: such a value is shown, in grey. */
export type EmptyKind =
  | 'no_source'
  | 'first_sync'
  | 'no_rows_in_period'
  | 'filters_exclude_all'
  | 'not_applicable'
  | 'not_allowed';

export interface EmptyState {
  kind: EmptyKind;
  text: string;
  /** One way out: a change of the view, or a page of Turnout. */
  action?: { label: string; view?: Partial<ViewState>; href?: string };
}

export interface EmptyContext {
  view: Pick<ViewState, 'filters'>;
  period: DateRange;
  workspace: Pick<WorkspaceInfo, 'data'>;
  catalog: Catalog;
  formats: Formats;
  /** Entries received and not counted yet. */
  pending?: number;
}

/** Every metric of the result is null or zero in every row and in the totals. */
export function hasNothing(result: QueryResult, metrics: readonly string[]): boolean {
  const rows = result.totals ? [...result.rows, result.totals] : result.rows;
  return rows.every((row) =>
    metrics.every((metric) => row[metric] === null || row[metric] === undefined || row[metric] === 0),
  );
}

function chipWords(filter: Filter, { catalog, formats }: Pick<EmptyContext, 'catalog' | 'formats'>): string {
  const dimension = catalog.dimensions.find((one) => one.name === filter.dimension);
  return filterWords(filter, dimension, formats.locale).join(' ');
}

/** The period as text, its last day inside. */
export function periodWords(period: DateRange, formats: Formats): string {
  const last = addDays(period.end, -1);
  return period.start === last ? formats.day(period.start) : `${formats.day(period.start)} – ${formats.day(last)}`;
}

/** Chooses the words for a tile without data. The caller has found that there is nothing to draw. */
export function emptyState(result: QueryResult, metrics: readonly string[], context: EmptyContext): EmptyState {
  const { view, period, workspace, formats } = context;
  const columns = result.columns.filter((column) => metrics.includes(column.name));
  if (columns.length > 0 && columns.every((column) => isNotApplicable(column, null, view.filters))) {
    const filter = view.filters.find((one) => one.dimension === columns[0]?.not_applicable?.dimension);
    const words = filter ? chipWords(filter, context) : '';
    return {
      kind: 'not_applicable',
      text: `n/a: this cannot be measured where ${words}.`,
      ...(filter ? { action: removeFilter(filter, context) } : {}),
    };
  }
  const last = workspace.data.last;
  if (last === null) {
    if ((context.pending ?? 0) > 0) {
      return { kind: 'first_sync', text: 'The first messages are being counted. The page fills by itself.' };
    }
    return {
      kind: 'no_source',
      text: 'No data yet. Connect a service, and its data appears here within seconds.',
      action: { label: 'Connect a source', href: '/sources' },
    };
  }
  const culprit = view.filters.at(-1);
  if (culprit && last >= period.start) {
    const all = view.filters.map((filter) => chipWords(filter, context)).join(' and ');
    return {
      kind: 'filters_exclude_all',
      text: `Nothing matches ${all} in ${periodWords(period, formats)}.`,
      action: removeFilter(culprit, context),
    };
  }
  const first = workspace.data.first ?? last;
  const outside = last < period.start || first >= period.end;
  const days = Math.max(1, daysBetween(period.start, period.end));
  const target: DateRange = { start: addDays(last, 1 - days), end: addDays(last, 1) };
  return {
    kind: 'no_rows_in_period',
    text: `No data in ${periodWords(period, formats)}. ${outside ? `Last data: ${formats.day(last)}.` : ''}`.trim(),
    ...(outside
      ? { action: { label: `Go to ${periodWords(target, formats)}`, view: { period: formatPeriod(target) } } }
      : {}),
  };
}

function removeFilter(filter: Filter, context: EmptyContext): NonNullable<EmptyState['action']> {
  const dimension = context.catalog.dimensions.find((one) => one.name === filter.dimension);
  const label = dimensionLabel(dimension, filter.dimension);
  return {
    label: `Remove ${label} filter`,
    view: { filters: context.view.filters.filter((one) => one !== filter) },
  };
}
