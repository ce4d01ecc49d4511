import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

interface VirtualRowsOptions {
  scroller: RefObject<HTMLElement | null>;
  /** Otherwise all rows are shown. */
  virtual: boolean;
  /** Pixels. */
  rowHeight: number;
  /** Rows kept in the page on either side of those in sight. */
  overscan: number;
}

interface VirtualRows<Row> {
  shown: readonly Row[];
  /** Place of the first shown row among all. */
  first: number;
  /** Pixels of the rows that are left out, above and below. */
  before: number;
  after: number;
  scrollTo(row: number): void;
}

/** The rows of a long table that are in sight. */
export function useVirtualRows<Row>(
  rows: readonly Row[],
  { scroller, virtual, rowHeight, overscan }: VirtualRowsOptions,
): VirtualRows<Row> {
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: virtual,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
  });
  if (!virtual) return { shown: rows, first: 0, before: 0, after: 0, scrollTo: () => {} };
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  return {
    shown: rows.slice(first, (items.at(-1)?.index ?? -1) + 1),
    first,
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    scrollTo: (row) => virtualizer.scrollToIndex(row),
  };
}
