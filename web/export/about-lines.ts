import type { Tile } from '../../src/contract/dashboard.ts';
import { describePeriod } from '../../src/contract/period-compare.ts';
import { addDays } from '../../src/contract/plain-date.ts';
import type { ResultMeta } from '../../src/contract/result.ts';
import { filterSentence } from '../filters/filter-words.ts';
import type { DashboardState } from '../tile/dashboard-context.ts';

type PageParts = Pick<
  DashboardState,
  'dashboard' | 'view' | 'period' | 'compare' | 'workspace' | 'catalog' | 'formats'
>;

/** What a file must say of itself once it has left the page: tile, period, filters, thresholds, as of when. */
export function aboutLines(
  tile: Pick<Tile, 'title'>,
  notes: readonly string[],
  meta: ResultMeta,
  page: PageParts,
): string[] {
  const { dashboard, view, period, compare, workspace, catalog, formats } = page;
  const moved = catalog.parameters.filter(({ name }) => meta.parameters?.[name] !== undefined);
  return [
    `${tile.title} – ${dashboard.title} – ${workspace.name}`,
    `Period: ${describePeriod(period, compare, workspace.locale)}`,
    `Filters: ${filterSentence(view.filters, catalog.dimensions, workspace.locale)}`,
    ...moved.map(({ name, label, unit }) => {
      const value = meta.parameters?.[name] ?? 0;
      return `${label}: ${value}${unit === 'number' ? '' : ` ${value === 1 ? unit : `${unit}s`}`}`;
    }),
    `As of ${formats.instant(meta.as_of)}; complete to ${formats.instant(meta.complete_through)} (${meta.timezone})`,
    ...[...notes, ...meta.notes].map((note) => `Note: ${note}`),
  ];
}

/** `region-by-week_2026-08-31_2026-11-22.csv`: the tile and the first and last day. */
export function exportFileName(title: string, period: { start: string; end: string }, extension: string): string {
  const words = title
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${words || 'table'}_${period.start}_${addDays(period.end, -1)}.${extension}`;
}
