import { createContext, use } from 'react';
import type { Catalog, DimensionInfo, WorkspaceInfo } from '../../src/contract/api.ts';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import type { DateRange } from '../../src/contract/period.ts';
import type { BatchItem } from '../../src/contract/result.ts';
import type { ViewState } from '../../src/contract/url.ts';
import type { Formats } from './formats.ts';

/** What every tile of a page shares. */
export interface DashboardState {
  dashboard: Dashboard;
  view: ViewState;
  period: DateRange;
  compare: DateRange | null;
  workspace: WorkspaceInfo;
  catalog: Catalog;
  results: ReadonlyMap<string, BatchItem>;
  formats: Formats;
  onView(patch: Partial<ViewState>): void;
  onRetry(): void;
}

const Context = createContext<DashboardState | null>(null);
export const DashboardProvider = Context.Provider;

export function useDashboard(): DashboardState {
  const state = use(Context);
  if (!state) throw new Error('a tile needs a DashboardProvider around it');
  return state;
}

export function useDimension(name: string | undefined): DimensionInfo | undefined {
  const { catalog } = useDashboard();
  return name === undefined ? undefined : catalog.dimensions.find((dimension) => dimension.name === name);
}
