import { memo, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Tile } from '../../src/contract/dashboard.ts';
import { DashboardProvider, type DashboardState } from '../tile/dashboard-context.ts';
import { DashboardTile, preloadTile } from '../tile/dashboard-tile.tsx';
import { TileBusyProvider } from '../tile/tile-busy.ts';
import type { TileQueue } from './tile-queue.ts';

interface TileSlotProps {
  tile: Tile;
  queue: TileQueue<DashboardState>;
  /** What it shows before the queue hands it anything. */
  initial: DashboardState;
}

/** The place of one tile. It is drawn when the queue says so, whatever else of the page is drawn anew. */
export const TileSlot = memo(function TileSlot({ tile, queue, initial }: TileSlotProps) {
  const cell = useRef<HTMLDivElement>(null);
  const [state, setState] = useState(initial);
  const [busy, setBusy] = useState(true);
  useLayoutEffect(() => {
    const place = cell.current;
    if (!place) return;
    return queue.add({
      place,
      show: (next) => flushSync(() => setState(next)),
      setBusy,
      load: () => preloadTile(tile),
    });
  }, [queue, tile]);
  return (
    <div ref={cell} className="dashboard-cell" data-width={tile.width}>
      <TileBusyProvider value={busy}>
        <DashboardProvider value={state}>
          <DashboardTile tile={tile} />
        </DashboardProvider>
      </TileBusyProvider>
    </div>
  );
});
