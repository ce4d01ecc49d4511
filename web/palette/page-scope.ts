import { useEffect, useSyncExternalStore } from 'react';
import type { Catalog, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import type { Period, PeriodContext } from '../../src/contract/period.ts';
import type { BatchItem } from '../../src/contract/result.ts';
import type { PageView } from '../filters/use-view.ts';

/** What the dashboard on screen lets the palette, which lives outside of it, see and change. */
export interface PageScope {
  page: PageView;
  dashboard: Dashboard;
  workspace: WorkspaceInfo;
  catalog: Catalog;
  period: Period;
  context: PeriodContext;
  results: ReadonlyMap<string, BatchItem>;
}

let current: PageScope | null = null;
const listeners = new Set<() => void>();

function publish(scope: PageScope | null): void {
  current = scope;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Offers the page while the component is shown. */
export function useOfferedScope(scope: PageScope): void {
  useEffect(() => publish(scope));
  useEffect(() => () => publish(null), []);
}

/** The page on screen; null where it is no dashboard. */
export function usePageScope(): PageScope | null {
  return useSyncExternalStore(subscribe, () => current);
}
