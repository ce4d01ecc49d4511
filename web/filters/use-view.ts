import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef } from 'react';
import type { Dashboard } from '../../src/contract/dashboard.ts';
import { formatView, parseView, type ViewState } from '../../src/contract/url.ts';
import { viewDefaults } from './view-defaults.ts';

export interface PageView {
  view: ViewState;
  defaults: ViewState;
  /** Parts of the address that were not understood; they stay in it. */
  unknown: string[];
  /** Something differs from the dashboard's defaults. */
  changed: boolean;
  /** Every change is one entry of the browser's history. */
  change(patch: Partial<ViewState>): void;
  reset(): void;
  /** Takes the last change of filters back; false when there is none. */
  undo(): boolean;
}

/** The page's state: the address and nothing else. */
export function usePageView(dashboard: Dashboard): PageView {
  const search = useSearch({ from: '/d/$name' }).text;
  const navigate = useNavigate();
  const defaults = useMemo(() => viewDefaults(dashboard), [dashboard]);
  const { view, unknown } = useMemo(() => parseView(search, defaults), [search, defaults]);
  const earlier = useRef<string[]>([]);

  const go = useCallback(
    (text: string) =>
      void navigate({
        to: '/d/$name',
        params: { name: dashboard.name },
        search: { text },
        hash: true,
        resetScroll: false,
      }),
    [navigate, dashboard.name],
  );

  const change = useCallback(
    (patch: Partial<ViewState>) => {
      const next = formatView({ ...view, ...patch }, defaults);
      const now = formatView(view, defaults);
      if (next === now) return;
      if (patch.filters) earlier.current.push(now);
      go(next);
    },
    [view, defaults, go],
  );

  const reset = useCallback(() => {
    earlier.current.push(formatView(view, defaults));
    go(formatView({ ...defaults, extra: view.extra }, defaults));
  }, [view, defaults, go]);

  const undo = useCallback(() => {
    const text = earlier.current.pop();
    if (text === undefined) return false;
    const before = parseView(text, defaults).view;
    go(formatView({ ...view, filters: before.filters }, defaults));
    return true;
  }, [view, defaults, go]);

  const changed = formatView({ ...view, extra: [] }, defaults) !== '';
  return { view, defaults, unknown, changed, change, reset, undo };
}
