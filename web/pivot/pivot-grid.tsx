import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import {
  type CSSProperties,
  Fragment,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { arrowMove } from '../charts/arrow-keys.ts';
import { ChartTooltip, type TooltipContent } from '../charts/chart-tooltip.tsx';
import { CellMenu, type MenuItem } from '../layout/cell-menu.tsx';
import { showToast } from '../layout/messages.tsx';
import { type TableView, toTsv } from '../table/table-view.ts';
import { useVirtualRows } from '../table/use-virtual-rows.ts';
import type { PivotHeat } from './pivot-heat.ts';
import { PivotRow } from './pivot-row.tsx';
import { type PivotSort, parentKey, type VisibleRow } from './pivot-rows.ts';
import { boxOf, type Place, type Selection, selectedView, slotsOf } from './pivot-selection.ts';
import type { PivotNode, PivotTable } from './pivot-table.ts';

const ROW_HEIGHT = 33;
/** Above so many cells only the rows in sight are in the page. */
const MOST_CELLS = 2_000;

export interface PivotGridProps {
  title: string;
  table: PivotTable;
  rows: readonly VisibleRow[];
  heat: PivotHeat;
  rowLabels: readonly string[];
  sort: PivotSort | null;
  onSort: (by: PivotSort['by']) => void;
  onToggle: (row: VisibleRow, open: boolean, whole: boolean) => void;
  /** What the menu of a cell offers; `node` is the total's or a row's, `column` is null beside the columns. */
  menuItems: (node: PivotNode, column: number | null) => MenuItem[];
  tooltip: (node: PivotNode, column: number | null) => TooltipContent;
  /** The place of the current cell: rows and columns of the table, or null. */
  onPlace: (row: number | null, column: number | null) => void;
}

/**
 * Rows within rows as a treegrid: arrows move from cell to cell, on a name right and left open and close it (with Shift its whole
 * level), Shift and arrows select, Enter opens a cell's menu or sorts by a heading, Ctrl C copies the selection or everything.
 */
export function PivotGrid(props: PivotGridProps) {
  const { title, table, rows, heat, rowLabels } = props;
  const slots = useMemo(() => slotsOf(table), [table]);
  const wrapper = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const [wanted, setAt] = useState<Place>({ row: 1, column: 0 });
  const [selection, setSelection] = useState<Selection | null>(null);
  const [menu, setMenu] = useState<{ anchor: HTMLElement; at: Place } | null>(null);
  const [tip, setTip] = useState<{ at: Place; x: number; y: number } | null>(null);
  const goTo = useRef<Place | null>(null);
  const drawnFrom = useRef<Place | null>(null);
  const lastRow = rows.length + 1;
  const at: Place = { row: Math.min(wanted.row, lastRow), column: Math.min(wanted.column, slots.length - 1) };
  const box = selection ? boxOf(selection) : null;

  const isPrinting = usePrinting();
  const virtual = rows.length * slots.length > MOST_CELLS && !isPrinting;
  const { shown, first, before, after, scrollTo } = useVirtualRows(rows, {
    scroller,
    virtual,
    rowHeight: ROW_HEIGHT,
    overscan: 10,
  });

  // A row that was out of sight comes first and is focused then.
  useEffect(() => {
    const place = goTo.current;
    const cell = place && cellElement(grid.current, place);
    if (!cell) return;
    goTo.current = null;
    cell.focus();
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  // Of many times the latest come first; phones begin at the names.
  const timed = table.total.trend !== null;
  const count = table.columns.length;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (timed && count > 0 && element && window.matchMedia('(min-width: 641px)').matches) {
      element.scrollLeft = element.scrollWidth;
    }
  }, [timed, count]);
  const move = (place: Place): void => {
    goTo.current = place;
    setAt(place);
    props.onPlace(...tablePlace(place));
    if (place.row > 0 && place.row < lastRow) scrollTo(place.row - 1);
  };

  /** Rows and columns of the table instead of the grid's. */
  const tablePlace = (place: Place): [row: number | null, column: number | null] => {
    const slot = slots[place.column];
    return [place.row > 0 && place.row < lastRow ? place.row - 1 : null, slot?.kind === 'column' ? slot.index : null];
  };
  const nodeAt = (place: Place): PivotNode | null =>
    place.row === lastRow ? table.total : (rows[place.row - 1]?.node ?? null);
  const columnAt = (place: Place): number | null => tablePlace(place)[1];
  const isValue = (place: Place): boolean => place.row > 0 && place.column > 0;

  const copy = (): void => {
    const nodes = rows.map(({ node }) => node);
    const all: Selection = { from: { row: 1, column: 1 }, to: { row: lastRow, column: slots.length - 1 } };
    const view: TableView = selectedView(table, nodes, rowLabels, selection ?? all);
    void navigator.clipboard
      .writeText(toTsv(view))
      .then(() => showToast(selection ? 'Selection copied' : 'Table copied'));
  };
  const openMenu = (anchor: HTMLElement, place: Place): void => {
    setTip(null);
    setMenu({ anchor, at: place });
  };
  const act = (anchor: HTMLElement, place: Place): void => {
    const slot = slots[place.column];
    if (place.row === 0) {
      if (slot) sortBy(slot);
    } else if (nodeAt(place)) openMenu(anchor, place);
  };
  const sortBy = (slot: (typeof slots)[number]): void => {
    if (slot.kind === 'trend') return;
    const column = slot.kind === 'column' ? table.columns[slot.index] : undefined;
    if (slot.kind !== 'column') props.onSort(slot.kind);
    else if (column) props.onSort({ column: column.key });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const found = placeOf(event.target);
    if (!found || event.altKey) return;
    const { element, place } = found;
    const row = rows[place.row - 1];
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key === 'c') copy();
    else if (isCommand && (event.key === 'Home' || event.key === 'End')) {
      move(event.key === 'Home' ? { row: 0, column: 0 } : { row: lastRow, column: slots.length - 1 });
    } else if (isCommand) return;
    else if (event.key === 'Escape' && (selection || tip)) {
      setSelection(null);
      setTip(null);
    } else if (place.column === 0 && row && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      turn(row, place, event.key === 'ArrowRight', event.shiftKey);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (event.key === ' ' && place.column === 0 && row && row.expanded !== null) {
        props.onToggle(row, !row.expanded, event.shiftKey);
      } else act(element, place);
    } else {
      const next =
        event.key === 'PageDown' || event.key === 'PageUp'
          ? { ...place, row: clamp(place.row + (event.key === 'PageDown' ? 10 : -10), 0, lastRow) }
          : arrowMove(event.key, place, { columns: slots.length, rows: lastRow + 1 });
      if (!next) return;
      if (event.shiftKey && isValue(place)) {
        if (isValue(next)) setSelection({ from: selection?.from ?? place, to: next });
        else {
          event.preventDefault();
          return;
        }
      } else setSelection(null);
      move(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  /** Right opens a closed name and then moves into the row; left closes an open one and then moves to the row around it. */
  const turn = (row: VisibleRow, place: Place, right: boolean, whole: boolean): void => {
    if (row.expanded !== null && (whole || row.expanded !== right)) props.onToggle(row, right, whole);
    else if (right) move({ ...place, column: 1 });
    else {
      const parent = rows.findIndex(({ node }) => node.key === parentKey(row.node));
      if (parent >= 0) move({ row: parent + 1, column: 0 });
    }
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    const found = placeOf(event.target);
    drawnFrom.current = null;
    if (!found || event.button !== 0 || event.pointerType === 'touch' || !isValue(found.place)) return;
    if (event.shiftKey) {
      event.preventDefault();
      setSelection({ from: selection?.from ?? at, to: found.place });
    } else {
      setSelection(null);
      drawnFrom.current = found.place;
    }
  };
  const onPointerOver = (event: PointerEvent<HTMLElement>): void => {
    const found = placeOf(event.target);
    if (!found) return;
    const from = drawnFrom.current;
    const { row, column } = found.place;
    if (event.buttons === 1 && from && isValue(found.place) && (from.row !== row || from.column !== column)) {
      setSelection({ from, to: found.place });
      setTip(null);
    } else if (event.buttons === 0 && event.pointerType !== 'touch') showTip(found.element, found.place);
  };
  const onClick = (event: React.MouseEvent<HTMLElement>): void => {
    const found = placeOf(event.target);
    if (!found || event.shiftKey || selection) return;
    const row = rows[found.place.row - 1];
    if (found.place.column === 0 && row && row.expanded !== null) {
      props.onToggle(row, !row.expanded, event.shiftKey);
    } else act(found.element, found.place);
  };
  const showTip = (element: HTMLElement, place: Place): void => {
    const node = nodeAt(place);
    const kind = slots[place.column]?.kind;
    const around = wrapper.current?.getBoundingClientRect();
    if (!node || !around || menu || (kind !== 'column' && kind !== 'total')) {
      setTip(null);
      return;
    }
    const own = element.getBoundingClientRect();
    setTip({ at: place, x: own.left - around.left + own.width / 2, y: own.bottom - around.top + 34 });
  };

  const tipNode = tip ? nodeAt(tip.at) : null;
  const menuNode = menu ? nodeAt(menu.at) : null;
  const rowProps = (index: number) => ({
    index,
    slots,
    columns: table.columns,
    active: at.row === index ? at.column : -1,
    selected: box && index >= box.top && index <= box.bottom ? `${box.left}:${box.right}` : null,
  });
  return (
    <div ref={wrapper} className="pivot-wrapper">
      {/* biome-ignore lint/a11y/useSemanticElements: a scroller must be focusable to be scrolled by keyboard */}
      <div
        ref={scroller}
        className="table-scroller pivot-scroller"
        role="region"
        aria-label={`${title}, table`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onPointerLeave={() => setTip(null)}
      >
        <table
          ref={grid}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are moved through by arrow keys
          role="treegrid"
          className="pivot-table"
          style={{ '--pivot-columns': table.columns.length } as CSSProperties}
          aria-label={title}
          aria-multiselectable="true"
          aria-rowcount={lastRow + 1}
          onKeyDown={onKeyDown}
          onPointerDown={onPointerDown}
          onPointerOver={onPointerOver}
          onClick={onClick}
          onFocus={(event) => {
            const found = placeOf(event.target);
            if (!found) return;
            setAt(found.place);
            props.onPlace(...tablePlace(found.place));
            if (event.target.matches(':focus-visible')) showTip(found.element, found.place);
          }}
          onBlur={() => setTip(null)}
        >
          <thead>
            <tr aria-rowindex={1}>
              {slots.map((slot, column) => {
                const heading = slot.kind === 'column' ? table.columns[slot.index] : undefined;
                const by = slot.kind === 'column' ? { column: heading?.key ?? '' } : slot.kind;
                const isSorted = props.sort !== null && JSON.stringify(props.sort.by) === JSON.stringify(by);
                const descending = props.sort?.descending === true;
                return (
                  <th
                    // biome-ignore lint/suspicious/noArrayIndexKey: slots have a fixed order
                    key={column}
                    scope="col"
                    className={`pivot-head pivot-head-${slot.kind}`}
                    data-row={0}
                    data-column={column}
                    data-state={heading && heading.state !== 'settled' ? heading.state : undefined}
                    tabIndex={at.row === 0 && at.column === column ? 0 : -1}
                    aria-sort={
                      slot.kind === 'trend' ? undefined : isSorted ? (descending ? 'descending' : 'ascending') : 'none'
                    }
                  >
                    <span className="pivot-head-name">
                      {slot.kind === 'label' && rowLabels.join(' › ')}
                      {slot.kind === 'trend' && 'Trend'}
                      {slot.kind === 'total' && 'Total'}
                      {slot.kind === 'change' && 'Change'}
                      {heading?.label}
                      {heading && heading.state !== 'settled' && <span aria-hidden="true">*</span>}
                      {isSorted &&
                        (descending ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
                    </span>
                    {heading?.detail && <HeadDetail text={heading.detail} />}
                    {heading?.stateWords && <span className="pivot-head-detail">{heading.stateWords}</span>}
                    {slot.kind === 'change' && table.compared && (
                      <span className="pivot-head-detail">
                        {table.compared[1].label} vs {table.compared[0].label}
                      </span>
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {before > 0 && <Spacer height={before} columns={slots.length} />}
            {shown.map((row, index) => (
              <PivotRow
                key={row.node.key}
                node={row.node}
                shown={row}
                steps={table.columns.map((_, column) => heat.step(first + index, column) ?? '').join()}
                trendLabel={trendWords(row.node)}
                {...rowProps(first + index + 1)}
              />
            ))}
            {after > 0 && <Spacer height={after} columns={slots.length} />}
          </tbody>
          <tfoot>
            <PivotRow
              node={table.total}
              shown={null}
              steps=""
              trendLabel={trendWords(table.total)}
              {...rowProps(lastRow)}
            />
          </tfoot>
        </table>
      </div>
      {menu && menuNode && (
        <CellMenu
          label={`${menuNode.label}, actions`}
          anchor={menu.anchor}
          items={props.menuItems(menuNode, columnAt(menu.at))}
          onClose={() => {
            setMenu(null);
            menu.anchor.focus({ preventScroll: true });
          }}
        />
      )}
      {tip && tipNode && !menu && (
        <ChartTooltip
          content={props.tooltip(tipNode, columnAt(tip.at))}
          x={tip.x}
          y={tip.y}
          width={wrapper.current?.clientWidth ?? 0}
          pinned={false}
        />
      )}
    </div>
  );
}

/** "Sep 30 –" and "Oct 6", "Sep" and "16–22": where it is narrow it breaks between these only. */
function HeadDetail({ text }: { text: string }) {
  const parts = text.includes(' – ') ? text.replace(' – ', ' –\n').split('\n') : text.split(' ');
  return (
    <span className="pivot-head-detail">
      {parts.map((part) => (
        <Fragment key={part}>
          <span className="pivot-day">{part}</span>{' '}
        </Fragment>
      ))}
    </span>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr>
      <td className="pivot-spacer" colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

/** The words of a trend's picture: where it starts and ends. */
function trendWords(node: PivotNode): string {
  const known = node.cells.filter((cell, index) => node.trend?.[index] != null && cell.amount !== null);
  const [from, to] = [known[0], known.at(-1)];
  return from && to && known.length > 1 ? `${node.label}: from ${from.text} to ${to.text}` : `${node.label}: no trend`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function placeOf(target: EventTarget): { element: HTMLElement; place: Place } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-row][data-column]') : null;
  if (!element) return null;
  return { element, place: { row: Number(element.dataset['row']), column: Number(element.dataset['column']) } };
}

function cellElement(grid: HTMLElement | null, { row, column }: Place): HTMLElement | null {
  return grid?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`) ?? null;
}

/** On paper every row is in the page. */
function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const begin = (): void => flushSync(() => setPrinting(true));
    const end = (): void => setPrinting(false);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}
