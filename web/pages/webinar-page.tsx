import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import { resolvePeriod } from '../../src/contract/period.ts';
import { addDays, weekdayOf } from '../../src/contract/plain-date.ts';
import type { ViewState } from '../../src/contract/url.ts';
import type { WebinarDetail } from '../../src/contract/webinars.ts';
import { fetchJson } from '../api/client.ts';
import { usePageResults } from '../api/page-results.ts';
import { useCatalog, useWorkspace } from '../api/queries.ts';
import { DashboardGrid } from '../dashboard/dashboard-grid.tsx';
import { parametersOnPage } from '../dashboard/page-metrics.ts';
import { buildPageQueries } from '../dashboard/page-queries.ts';
import { valueLabel } from '../filters/filter-words.ts';
import { ParameterPicker } from '../filters/parameter-picker.tsx';
import { viewDefaults } from '../filters/view-defaults.ts';
import { formatDay, formatWeekday } from '../format/index.ts';
import { AttendanceCurve } from '../webinar/attendance-curve.tsx';
import { PeopleList } from '../webinar/people-list.tsx';
import '../webinar/webinar.css';
import { PageError } from './page-error.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

/** Days before the start that are shown even if the first registration came later. */
const DAYS_BEFORE = 7;

/** The page of one webinar: what it is, its numbers, the room minute by minute, the people. */
export function WebinarPage() {
  const { id } = useParams({ from: '/webinars/$id' });
  const workspace = useWorkspace();
  const catalog = useCatalog();
  const detail = useQuery({
    queryKey: ['page', 'webinar', id],
    queryFn: ({ signal }) => fetchJson<WebinarDetail>(`/api/v1/webinars/${encodeURIComponent(id)}`, signal),
    placeholderData: keepPreviousData,
  });
  const dashboard = useSubjectDashboard(catalog.data);
  const failed = [detail, workspace, catalog, dashboard].find((query) => query.isError);
  if (failed?.error) return <PageError error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!detail.data || !workspace.data || !catalog.data || dashboard.data === undefined) return <PageSkeleton />;
  return (
    <OneWebinar
      key={id}
      detail={detail.data}
      dashboard={dashboard.data}
      workspace={workspace.data}
      catalog={catalog.data}
    />
  );
}

/** The dashboard of one value of the dimension whose values are webinars; null where nobody declares one. */
function useSubjectDashboard(catalog: Catalog | undefined) {
  const subjects = (catalog?.dimensions ?? []).filter(({ page }) => page === 'webinar').map(({ name }) => name);
  return useQuery({
    queryKey: ['dashboard', 'of', subjects],
    enabled: catalog !== undefined,
    queryFn: async ({ signal }) => {
      const list = await fetchJson<{ dashboards: { name: string; subject?: string }[] }>('/api/v1/dashboards', signal);
      const own = list.dashboards.find(({ subject }) => subject !== undefined && subjects.includes(subject));
      return own === undefined ? null : fetchJson<Dashboard>(`/api/v1/dashboards/${own.name}`, signal);
    },
  });
}

interface OneWebinarProps {
  detail: WebinarDetail;
  dashboard: Dashboard | null;
  workspace: WorkspaceInfo;
  catalog: Catalog;
}

function OneWebinar({ detail, dashboard, workspace, catalog }: OneWebinarProps) {
  useEffect(() => {
    document.title = `${detail.title} – Turnout`;
  }, [detail.title]);
  return (
    <>
      <WebinarHead detail={detail} workspace={workspace} catalog={catalog} />
      {dashboard && <WebinarNumbers detail={detail} dashboard={dashboard} workspace={workspace} catalog={catalog} />}
      <AttendanceCurve detail={detail} locale={workspace.locale} />
      <PeopleList
        webinar={detail.webinar}
        locale={workspace.locale}
        timeZone={workspace.time_zone}
        begun={detail.status !== 'scheduled' && detail.status !== 'cancelled'}
      />
    </>
  );
}

/** The dashboard that is declared for one webinar, filtered to this one. */
function WebinarNumbers({ detail, dashboard, workspace, catalog }: OneWebinarProps & { dashboard: Dashboard }) {
  const date = detail.starts_at.slice(0, 10);
  const subject = dashboard.subject ?? '';
  const [view, setView] = useState<ViewState>(() => ({
    ...viewDefaults(dashboard),
    compare: 'off',
    filters: [{ dimension: subject, op: 'in', values: [detail.webinar] }],
  }));
  const [opened, setOpened] = useState(false);
  const period = useMemo(() => {
    const first = [detail.first_registered_at?.slice(0, 10) ?? date, addDays(date, -DAYS_BEFORE)].sort()[0];
    const read = resolvePeriod(`${first}..${addDays(date, 1)}`, {
      today: workspace.today,
      weekStart: workspace.week_start,
      data: workspace.data,
      includeToday: true,
    });
    if (!read.ok) throw new Error(read.message);
    return read;
  }, [date, detail.first_registered_at, workspace]);
  const queries = useMemo(
    () => buildPageQueries({ dashboard, view, period, compare: null, catalog }),
    [dashboard, view, period, catalog],
  );
  const { results, loading, retry } = usePageResults(`webinar ${detail.webinar}`, queries, true);
  const parameters = parametersOnPage(dashboard, catalog);
  return (
    <>
      {parameters.length > 0 && (
        <section className="filter-bar" aria-label="Thresholds">
          <ParameterPicker
            parameters={parameters}
            values={view.parameters}
            opened={opened}
            onOpened={setOpened}
            onValues={(values) => setView({ ...view, parameters: values })}
          />
        </section>
      )}
      <DashboardGrid
        dashboard={dashboard}
        view={view}
        period={period}
        compare={null}
        workspace={workspace}
        catalog={catalog}
        results={results}
        loading={loading}
        onView={(patch) =>
          setView((old) => ({ ...old, ...patch, filters: withSubject(patch.filters ?? old.filters, old, subject) }))
        }
        onRetry={retry}
      />
    </>
  );
}

/** The page stays about its webinar whatever is clicked. */
function withSubject(filters: ViewState['filters'], old: ViewState, subject: string): ViewState['filters'] {
  const own = old.filters.filter(({ dimension }) => dimension === subject);
  return [...own, ...filters.filter(({ dimension }) => dimension !== subject)];
}

function WebinarHead({ detail, workspace, catalog }: Omit<OneWebinarProps, 'dashboard'>) {
  const { locale, time_zone: zone } = workspace;
  const date = detail.starts_at.slice(0, 10);
  const label = (name: string, value: string): string =>
    valueLabel(
      catalog.dimensions.find((one) => one.name === name),
      name,
      value,
      locale,
    );
  const facts = (['status', 'format', 'region', 'course', 'language', 'host', 'series'] as const).flatMap((name) =>
    detail[name] === '' ? [] : [{ name, text: label(name, detail[name]) }],
  );
  const ends = detail.ends_at === null ? '' : `–${detail.ends_at.slice(11, 16)}`;
  return (
    <>
      <div className="page-head">
        <h1>{detail.title || detail.webinar}</h1>
        <p className="faint">
          {formatWeekday(weekdayOf(date), locale)} {formatDay(date, locale).replace(/^\S+ /, '')},{' '}
          <strong>{detail.starts_at.slice(11, 16)}</strong>
          {ends} ({zone})
        </p>
      </div>
      <ul className="webinar-facts" aria-label="What it is">
        {facts.map(({ name, text }) => (
          <li key={name} data-status={name === 'status' ? detail.status : undefined}>
            {text}
          </li>
        ))}
      </ul>
      {detail.others.length > 0 && (
        <nav className="webinar-others" aria-label="Others of the series">
          <span className="faint">Others of {detail.series}:</span>
          {detail.others.slice(0, 5).map((other) => (
            <Link key={other.webinar} to="/webinars/$id" params={{ id: other.webinar }}>
              {formatDay(other.starts_at.slice(0, 10), locale)}
            </Link>
          ))}
        </nav>
      )}
    </>
  );
}
