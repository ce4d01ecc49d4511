import { useEffect, useMemo, useRef } from 'react';
import { useKeys } from '../layout/keys.ts';
import { DashboardProvider, type DashboardState } from '../tile/dashboard-context.ts';
import { DashboardTile } from '../tile/dashboard-tile.tsx';
import { createFormats } from '../tile/formats.ts';
import './dashboard.css';

/** What the tiles share, without what the grid makes of it. `results` are by key of `buildPageQueries`, empty before the first answer. */
export interface DashboardGridProps extends Omit<DashboardState, 'formats' | 'onRetry'> {
  /** Asks for the batch again; failed tiles offer it. */
  onRetry?: () => void;
}

/** The page's tiles in rows of twelve columns, in source order on phones. `j` and `k` walk from tile to tile. */
export function DashboardGrid(props: DashboardGridProps) {
  const { dashboard, view, period, compare, workspace, catalog, results, loading, onView, onRetry } = props;
  const root = useRef<HTMLDivElement>(null);
  const formats = useMemo(() => createFormats(workspace), [workspace]);
  const state = useMemo(
    () => ({
      dashboard,
      view,
      period,
      compare,
      workspace,
      catalog,
      results,
      loading,
      formats,
      onView,
      onRetry: onRetry ?? null,
    }),
    [dashboard, view, period, compare, workspace, catalog, results, loading, formats, onView, onRetry],
  );

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
    <DashboardProvider value={state}>
      <div ref={root} className="dashboard">
        {dashboard.rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity besides their place
          <div key={index} className="dashboard-row">
            {row.title && <p className="dashboard-row-title">{row.title}</p>}
            {row.tiles.map((tile) => (
              <div key={tile.id} className="dashboard-cell" data-width={tile.width}>
                <DashboardTile tile={tile} />
              </div>
            ))}
          </div>
        ))}
      </div>
    </DashboardProvider>
  );
}
