import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import { type Period, type PeriodContext, resolvePeriod } from '../../src/contract/period.ts';
import { describePeriod, resolveCompare } from '../../src/contract/period-compare.ts';
import { addDays } from '../../src/contract/plain-date.ts';
import { type ViewState, viewPeriodContext } from '../../src/contract/url.ts';
import { usePageResults } from '../api/page-results.ts';
import { useCatalog, useDashboard, useFreshness, useWorkspace } from '../api/queries.ts';
import { DashboardGrid } from '../dashboard/dashboard-grid.tsx';
import { buildPageQueries } from '../dashboard/page-queries.ts';
import { chipNames, FilterBar } from '../filters/filter-bar.tsx';
import { buildValueQueries } from '../filters/filter-values.ts';
import { filterSentence } from '../filters/filter-words.ts';
import { type PageView, usePageView } from '../filters/use-view.ts';
import { formatInstant } from '../format/index.ts';
import { announce, showToast } from '../layout/messages.tsx';
import { useOfferedScope } from '../palette/page-scope.ts';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

export function DashboardPage() {
  const { name } = useParams({ from: '/d/$name' });
  const workspace = useWorkspace();
  const catalog = useCatalog();
  const dashboard = useDashboard(name);
  const failed = [dashboard, workspace, catalog].find((query) => query.isError);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!workspace.data || !catalog.data || !dashboard.data) return <PageSkeleton />;
  return <LoadedDashboard key={name} dashboard={dashboard.data} workspace={workspace.data} catalog={catalog.data} />;
}

interface LoadedProps {
  dashboard: Dashboard;
  workspace: WorkspaceInfo;
  catalog: Catalog;
}

function LoadedDashboard({ dashboard, workspace, catalog }: LoadedProps) {
  const page = usePageView(dashboard);
  const { defaults } = page;
  const { view, unknown } = useMemo(() => withKnownFilters(page, catalog), [page, catalog]);
  const [added, setAdded] = useState<readonly string[]>([]);
  const freshness = useFreshness().data;
  const { today, week_start: weekStart, data, locale } = workspace;

  const context: PeriodContext = useMemo(
    () => viewPeriodContext({ to: view.to }, { today, weekStart, data }),
    [view.to, today, weekStart, data],
  );
  const { period, problem } = useMemo(
    () => readPeriod(view.period, defaults.period, context),
    [view.period, defaults.period, context],
  );
  const compare = useMemo(
    () => resolveCompare(view.compare, period, { matchWeekday: view.matchWeekday, elapsedThrough: addDays(today, 1) }),
    [view.compare, view.matchWeekday, period, today],
  );

  const chips = chipNames(dashboard, view.filters, []).join(' ');
  const queries = useMemo(
    () => [
      ...buildPageQueries({ dashboard, view, period, compare, catalog }),
      ...buildValueQueries(chips.split(' ').filter(Boolean), view.filters, period, dashboard, catalog),
    ],
    [dashboard, view, period, compare, catalog, chips],
  );
  const { results: shown, loading, retry } = usePageResults(dashboard.name, queries, true);
  // A chip that was just added needs its values before it changes anything on the page.
  const extraQueries = useMemo(
    () => buildValueQueries(added, view.filters, period, dashboard, catalog),
    [added, view.filters, period, dashboard, catalog],
  );
  const extra = usePageResults(`${dashboard.name} values`, extraQueries, true).results;
  const results = useMemo(() => (added.length === 0 ? shown : new Map([...extra, ...shown])), [added, extra, shown]);

  useEffect(() => {
    document.title = `${dashboard.title} – Turnout`;
  }, [dashboard.title]);
  useOfferedScope({ page, dashboard, workspace, catalog, period, context, results });
  const notes = problemNotes(unknown, problem, view.compare);
  useEffect(() => {
    if (notes) showToast(notes);
  }, [notes]);

  const sentence = `${describePeriod(period, compare, locale)}. ${filterSentence(view.filters, catalog.dimensions, locale)}.`;
  useEffect(() => {
    if (!loading) announce(`${dashboard.title}: ${sentence}`);
  }, [loading, sentence, dashboard.title]);

  return (
    <>
      <div className="page-head">
        <h1>{dashboard.title}</h1>
        {dashboard.description && <p className="faint">{dashboard.description}</p>}
      </div>
      <p className="print-only">
        {sentence}
        {freshness && ` As of ${formatInstant(freshness.as_of, locale, workspace.time_zone)}, ${workspace.time_zone}.`}
      </p>
      <FilterBar
        page={page}
        period={period}
        compare={compare}
        context={context}
        dashboard={dashboard}
        workspace={workspace}
        catalog={catalog}
        results={results}
        added={added}
        onAdded={setAdded}
      />
      <DashboardGrid
        dashboard={dashboard}
        view={view}
        period={period}
        compare={compare}
        workspace={workspace}
        catalog={catalog}
        results={results}
        loading={loading}
        onView={page.change}
        onRetry={retry}
      />
    </>
  );
}

/** A filter on a dimension that no longer exists stays in the address, is told, and asks for nothing. */
function withKnownFilters(page: PageView, catalog: Catalog): { view: ViewState; unknown: string[] } {
  const names = new Set(catalog.dimensions.map(({ name }) => name));
  const gone = page.view.filters.filter(({ dimension }) => !names.has(dimension));
  if (gone.length === 0) return page;
  return {
    view: { ...page.view, filters: page.view.filters.filter(({ dimension }) => names.has(dimension)) },
    unknown: [...page.unknown, ...gone.map(({ dimension }) => `f=${dimension}`)],
  };
}

/** The address's period, or the dashboard's own with the sentence that says why. */
function readPeriod(
  text: string,
  standard: string,
  context: PeriodContext,
): { period: Period; problem: string | null } {
  const asked = resolvePeriod(text, context);
  if (asked.ok) return { period: asked, problem: null };
  const own = resolvePeriod(standard, context);
  const period = own.ok ? own : resolvePeriod('28d', context);
  if (!period.ok) throw new Error(period.message);
  return { period, problem: asked.message };
}

function problemNotes(unknown: readonly string[], period: string | null, compare: string): string {
  const notes: string[] = [];
  if (period) notes.push(`${period} The dashboard’s own period is shown.`);
  if (unknown.length > 0)
    notes.push(`This link has a part that is not known here and was left aside: ${unknown.join(', ')}.`);
  if (compare === 'avg4' || compare === 'target')
    notes.push(`The comparison "${compare}" is not available; none is shown.`);
  return notes.join(' ');
}
