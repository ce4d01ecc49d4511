import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ViewState } from '../../src/contract/url.ts';
import { useKeys } from '../layout/keys.ts';
import type { DashboardState } from '../tile/dashboard-context.ts';
import { createFormats } from '../tile/formats.ts';
import { rebaseFilters } from './filter-selection.ts';
import { browserPage, TileQueue } from './tile-queue.ts';
import { TileSlot } from './tile-slot.tsx';
import './dashboard.css';

/** What the tiles share, without what the grid makes of it. `results` are by key of `buildPageQueries`, empty before the first answer. */
interface DashboardGridProps extends Omit<DashboardState, 'formats'> {
  /** A batch is under way; results, if any, are those of the batch before. */
  loading: boolean;
}

/** The page's tiles in rows of twelve columns, in source order on phones. `j` and `k` walk from tile to tile. */
export function DashboardGrid({ loading, ...shared }: DashboardGridProps) {
  const { dashboard, view, period, compare, workspace, catalog, results } = shared;
  const root = useRef<HTMLDivElement>(null);
  const formats = useMemo(() => createFormats(workspace), [workspace]);
  const latest = useRef(shared);
  useLayoutEffect(() => {
    latest.current = shared;
  });
  const state = useMemo((): DashboardState => {
    const onView = (patch: Partial<ViewState>): void => {
      const now = latest.current;
      const filters = patch.filters && rebaseFilters(patch.filters, view.filters, now.view.filters);
      now.onView(filters ? { ...patch, filters } : patch);
    };
    const onRetry = () => latest.current.onRetry();
    return { dashboard, view, period, compare, workspace, catalog, results, formats, onView, onRetry };
  }, [dashboard, view, period, compare, workspace, catalog, results, formats]);
  const [initial] = useState<DashboardState>({ ...state, results: new Map() });
  const [queue] = useState(() => new TileQueue(initial, browserPage));
  useLayoutEffect(() => queue.update(state, loading), [queue, state, loading]);

  useEffect(() => {
    const id = /(?:^#|&)tile=([\w-]+)/.exec(window.location.hash)?.[1];
    const tile = id ? document.getElementById(`tile-${id}`) : null;
    tile?.scrollIntoView({ block: 'start' });
    tile?.focus({ preventScroll: true });
  }, []);

  // Charts have a width in pixels: before printing the page takes the paper's, and they measure it again.
  useEffect(() => {
    const narrow = (): void => root.current?.style.setProperty('width', '700px');
    const widen = (): void => void root.current?.style.removeProperty('width');
    window.addEventListener('beforeprint', narrow, { capture: true });
    window.addEventListener('afterprint', widen, { capture: true });
    return () => {
      window.removeEventListener('beforeprint', narrow, { capture: true });
      window.removeEventListener('afterprint', widen, { capture: true });
    };
  }, []);

  const walk = (step: 1 | -1): void => {
    const tiles = [...(root.current?.querySelectorAll<HTMLElement>('.tile') ?? [])];
    const at = tiles.findIndex((tile) => tile.contains(document.activeElement));
    tiles[Math.min(tiles.length - 1, Math.max(0, at + step))]?.focus();
  };
  useKeys({ j: () => walk(1), k: () => walk(-1) });

  return (
    <div ref={root} className="dashboard">
      {dashboard.rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity besides their place
        <div key={index} className="dashboard-row">
          {row.title && <p className="dashboard-row-title">{row.title}</p>}
          {row.tiles.map((tile) => (
            <TileSlot key={tile.id} tile={tile} queue={queue} initial={initial} />
          ))}
        </div>
      ))}
    </div>
  );
}
