/** Pages that are no dashboards, as the breadcrumb, the palette and the keys name them. */
export const PLACES = [
  { path: '/sources', label: 'Sources', keys: 'g s', keywords: 'connectors webhooks syncs runs freshness' },
  { path: '/sources/new', label: 'Connect a source', keywords: 'new add database postgres sheet connector' },
  { path: '/import', label: 'Import a file', keys: 'g i', keywords: 'upload csv xlsx excel spreadsheet' },
  { path: '/ledger', label: 'Ledger', keys: 'g l', keywords: 'received counted duplicate per day' },
  { path: '/quarantine', label: 'Quarantine', keywords: 'rejected rows errors replay fix' },
  { path: '/source-groups', label: 'Source groups', keywords: 'traffic sources channels utm rules unassigned' },
  {
    path: '/rollups',
    label: 'Roll-ups and storage',
    keywords: 'rollups aggregates ready answers disk space size bytes journal facts',
  },
  { path: '/identity', label: 'People matching', keywords: 'identity match rate e-mail phone recognised' },
] as const satisfies readonly { path: string; label: string; keys?: string; keywords: string }[];

export type PlacePath = (typeof PLACES)[number]['path'];

/** Pages that stand under Sources in the menu. */
export const isUnderSources = (path: string): boolean =>
  /^\/(sources|import|ledger|quarantine|identity|source-groups|rollups)(\/|$)/.test(path);

/** The last word of the breadcrumb: the longest place that the path lies under. */
export function placeLabel(path: string): string | null {
  const exact = PLACES.find((place) => place.path === path);
  if (exact) return exact.label;
  if (path.startsWith('/webinars/')) return 'One webinar';
  const source = /^\/sources\/([^/]+)/.exec(path)?.[1];
  if (source !== undefined) return decodeURIComponent(source);
  return PLACES.find((place) => path.startsWith(`${place.path}/`))?.label ?? null;
}
