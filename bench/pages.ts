import type { Catalog } from '../src/contract/api.ts';
import type { Dashboard, Tile } from '../src/contract/dashboard.ts';
import { type PeriodContext, resolvePeriod } from '../src/contract/period.ts';
import { resolveCompare } from '../src/contract/period-compare.ts';
import { addDays } from '../src/contract/plain-date.ts';
import type { Filter } from '../src/contract/query.ts';
import { viewPeriodContext } from '../src/contract/url.ts';
import { describeModel } from '../src/model/catalog.ts';
import { buildPageQueries, buildTileQueries } from '../web/dashboard/page-queries.ts';
import type { PageQuery, PageQueryInput } from '../web/dashboard/query-frame.ts';
import { buildValueQueries } from '../web/filters/filter-values.ts';
import { viewDefaults } from '../web/filters/view-defaults.ts';
import type { BenchStore } from './store/open-store.ts';
import { WEBINAR_COURSES } from './store/webinar-rows.ts';

export interface BenchTile {
  title: string;
  kind: Tile['kind'];
  queries: PageQuery[];
}

/** A dashboard as a reader opens it. */
export interface BenchPage {
  dashboard: string;
  /** `91d`, `320 days` … */
  period: string;
  /** What is filtered, in words; '' where nothing is. */
  filter: string;
  /** `overview 91d, channel = whatsapp` */
  name: string;
  tiles: BenchTile[];
  /** Everything that the browser asks for in one request, the values of the filters too. */
  batch: PageQuery[];
}

interface Chosen {
  period?: string;
  filter?: Filter;
}

const only = (dimension: string, value: string): Filter => ({ dimension, op: 'in', values: [value] });

/** Every dashboard of both packs: with its own period, and those of messages with all days too; whole and filtered. */
export function listPages({ files, calendar }: BenchStore): BenchPage[] {
  const { model, dashboards, workspace } = files.loaded;
  const catalog = describeModel(model);
  const context: PeriodContext = {
    today: addDays(calendar.last, 1),
    weekStart: workspace.week_start,
    data: { first: calendar.first, last: calendar.last },
  };
  const all = `${calendar.first}..${calendar.last}`;
  return dashboards.flatMap((dashboard) => {
    const open = (chosen: Chosen): BenchPage => openPage(dashboard, chosen, context, catalog);
    if (dashboard.subject !== undefined) return [open({ period: 'all', filter: only(dashboard.subject, 'bench-16') })];
    const knows = (dimension: string) => dashboard.filters.some((filter) => filter.dimension === dimension);
    const filters: (Filter | undefined)[] = [undefined];
    if (knows('channel')) filters.push(only('channel', 'whatsapp'), only('category', 'marketing'));
    if (knows('course')) filters.push(only('course', WEBINAR_COURSES[1] ?? ''), only('region', 'Bali'));
    const periods = knows('channel') ? [undefined, all] : [undefined];
    return periods.flatMap((period) =>
      filters.map((filter) =>
        open({ ...(period === undefined ? {} : { period }), ...(filter === undefined ? {} : { filter }) }),
      ),
    );
  });
}

/** One dashboard as a reader opens it, with its own period where none is chosen. */
export function openPage(
  dashboard: Dashboard,
  { period: asked, filter }: Chosen,
  context: PeriodContext,
  catalog: Catalog,
): BenchPage {
  const standard = viewDefaults(dashboard);
  const view = { ...standard, filters: filter === undefined ? standard.filters : [...standard.filters, filter] };
  const period = resolvePeriod(asked ?? view.period, viewPeriodContext(view, context));
  if (!period.ok) throw new Error(period.message);
  const compare = resolveCompare(view.compare, period, {
    matchWeekday: view.matchWeekday,
    elapsedThrough: addDays(context.today, 1),
  });
  const input: PageQueryInput = { dashboard, view, period, compare, catalog };
  const chips = dashboard.filters.filter(({ hidden }) => !hidden).map(({ dimension }) => dimension);
  const shownPeriod = asked === undefined ? view.period : asked === 'all' ? 'all' : '320 days';
  const shownFilter = filter === undefined ? '' : `${filter.dimension} = ${filter.values.join(', ')}`;
  return {
    dashboard: dashboard.name,
    period: shownPeriod,
    filter: shownFilter,
    name: `${dashboard.name} ${shownPeriod}${shownFilter === '' ? '' : `, ${shownFilter}`}`,
    tiles: dashboard.rows.flatMap(({ tiles }) =>
      tiles.map((tile) => ({
        title: tile.title || tile.kind,
        kind: tile.kind,
        queries: buildTileQueries(tile, input),
      })),
    ),
    batch: [...buildPageQueries(input), ...buildValueQueries(chips, view.filters, period, dashboard, catalog)],
  };
}
