import type { Catalog, ParameterInfo } from '../../src/contract/api.ts';
import type { Dashboard, Tile } from '../../src/contract/dashboard.ts';

/** Names of the metrics that a dashboard's tiles show; some stand several times. */
export function metricsOnPage(dashboard: Dashboard): string[] {
  return dashboard.rows.flatMap((row) => row.tiles.flatMap(metricsOf));
}

function metricsOf(tile: Tile): string[] {
  return [...('metrics' in tile ? tile.metrics : []), ...('metric' in tile ? [tile.metric] : [])];
}

/** The numbers that the reader can move on this page: those that its metrics and funnels depend on. */
export function parametersOnPage(dashboard: Dashboard, catalog: Catalog): ParameterInfo[] {
  const metrics = new Set(metricsOnPage(dashboard));
  const funnels = new Set(
    dashboard.rows.flatMap((row) => row.tiles.flatMap((tile) => (tile.kind === 'funnel' ? [tile.funnel] : []))),
  );
  const used = new Set(
    [
      ...catalog.metrics.filter(({ name }) => metrics.has(name)),
      ...catalog.funnels.filter(({ name }) => funnels.has(name)),
    ].flatMap(({ parameters }) => parameters ?? []),
  );
  return catalog.parameters.filter(({ name }) => used.has(name));
}

/** Whether anything on the page has cohorts whose numbers still move for a while. */
export function maturesOnPage(dashboard: Dashboard, catalog: Catalog): boolean {
  const metrics = new Set(metricsOnPage(dashboard));
  return catalog.metrics.some(({ name, matures }) => matures !== undefined && metrics.has(name));
}
