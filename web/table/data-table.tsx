import { IconArrowDown, IconArrowsSort, IconArrowUp, IconCopy, IconFlagFilled } from '@tabler/icons-react';
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo, useRef, useState } from 'react';
import type { ResultColumn } from '../../src/contract/result.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { Hint } from '../layout/hint.tsx';
import { showToast } from '../layout/messages.tsx';
import { useDashboard } from '../tile/dashboard-context.ts';
import { rowsTable, searchRows, sortAmount, type TableCell, type TableRow } from './table-rows.ts';
import { toTsv } from './table-view.ts';
import { useVirtualRows } from './use-virtual-rows.ts';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const helper = createColumnHelper<typeof features, TableRow>();
const compareText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const VIRTUAL_ABOVE = 200;
const ROW_HEIGHT = 33;

/** A leaderboard: sort by any heading, search, bars behind the first metric, changes, totals from the engine, copy as TSV. */
export function DataTable(props: {
  caption: string;
  headings: string[];
  columns: ResultColumn[];
  rows: TableRow[];
  totals: Record<string, TableCell> | null;
  search: boolean;
  sort: string | undefined;
  /** Keys of the rows that the page is filtered to. */
  selected: ReadonlySet<string>;
  onSelect: (row: TableRow, add: boolean) => void;
  height: number | null;
}) {
  const { caption, headings, columns, rows, totals, selected, onSelect } = props;
  const { formats } = useDashboard();
  const [typed, setTyped] = useState('');
  const [sorting, setSorting] = useState<SortingState>(() => initialSort(props.sort, columns));
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => searchRows(rows, typed), [rows, typed]);
  const definitions = useMemo(
    () =>
      helper.columns([
        ...headings.map((label, index) =>
          helper.accessor((row: TableRow) => row.labels[index] ?? '', {
            id: `label${index}`,
            header: label,
            sortDescFirst: false,
            sortFn: (a, b) => compareText.compare(a.original.labels[index] ?? '', b.original.labels[index] ?? ''),
          }),
        ),
        ...columns.map((column) =>
          helper.accessor((row: TableRow) => sortAmount(row, column.name), {
            id: column.name,
            header: column.label,
            sortDescFirst: true,
            sortUndefined: 'last' as const,
            sortFn: (a, b) => (sortAmount(a.original, column.name) ?? 0) - (sortAmount(b.original, column.name) ?? 0),
          }),
        ),
      ]),
    [headings, columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: found,
    getRowId: (row) => row.key,
    state: { sorting },
    onSortingChange: setSorting,
    enableSortingRemoval: false,
    enableMultiSort: false,
  });
  const sorted = table.getRowModel().rows.map((row) => row.original);
  const hasTrend = rows.some((row) => row.trend !== null);
  const largest = useMemo(
    () => Math.max(0, ...rows.map((row) => row.cells[columns[0]?.name ?? '']?.value.amount ?? 0)),
    [rows, columns],
  );

  // Cells without a change keep its place, so that the numbers stand under each other.
  const compared = useMemo(
    () => new Set(columns.map((column) => column.name).filter((name) => rows.some((row) => row.cells[name]?.change))),
    [rows, columns],
  );

  const virtual = sorted.length > VIRTUAL_ABOVE;
  const { shown, before, after } = useVirtualRows(sorted, {
    scroller,
    virtual,
    rowHeight: ROW_HEIGHT,
    overscan: 12,
  });
  const width = headings.length + columns.length + (hasTrend ? 1 : 0);

  const copy = (): void => {
    const text = toTsv(rowsTable(caption, headings, columns, sorted, totals));
    void navigator.clipboard.writeText(text).then(() => showToast('Table copied'));
  };
  const height = props.height ?? (virtual ? 480 : null);

  return (
    <div className="leaderboard">
      <div className="table-tools">
        {props.search && (
          <input
            type="search"
            aria-label={`Search ${caption}`}
            placeholder="Search"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <span className="table-count" role="status">
          {typed === '' ? `${rows.length} rows` : `${found.length} of ${rows.length} rows`}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label={`Copy ${caption}`}
          title="Copy (Ctrl C)"
          onClick={copy}
        >
          <IconCopy size={16} aria-hidden />
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a scroller must be focusable to be scrolled by keyboard */}
      <div
        ref={scroller}
        className="table-scroller"
        role="region"
        aria-label={`${caption}, table`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        style={height === null ? undefined : { maxHeight: height }}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === 'c' && String(window.getSelection()) === '') copy();
        }}
      >
        <table className="data-table" aria-rowcount={sorted.length + 1}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header, index) => {
                  const direction = header.column.getIsSorted();
                  return (
                    <th
                      key={header.id}
                      scope="col"
                      className={index >= headings.length ? 'numeric' : undefined}
                      aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none'}
                    >
                      <button type="button" className="sort-button" onClick={header.column.getToggleSortingHandler()}>
                        {String(header.column.columnDef.header)}
                        {direction === 'asc' ? (
                          <IconArrowUp size={14} aria-hidden />
                        ) : direction === 'desc' ? (
                          <IconArrowDown size={14} aria-hidden />
                        ) : (
                          <IconArrowsSort size={14} aria-hidden className="sort-idle" />
                        )}
                      </button>
                    </th>
                  );
                })}
                {hasTrend && (
                  <th scope="col" className="trend-column">
                    {columns[0]?.label} over time
                  </th>
                )}
              </tr>
            ))}
          </thead>
          <tbody>
            {before > 0 && <Spacer height={before} columns={width} />}
            {shown.map((row) => (
              <tr
                key={row.key}
                aria-selected={selected.has(row.key) || undefined}
                data-faded={(selected.size > 0 && !selected.has(row.key)) || undefined}
              >
                {row.labels.map((label, index) =>
                  index === 0 ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: dimensions have a fixed order
                    <th key={index} scope="row">
                      <button
                        type="button"
                        className="row-button"
                        title={`Filter page by ${label}`}
                        onClick={(event) => onSelect(row, event.ctrlKey || event.metaKey)}
                      >
                        {label}
                      </button>
                      {row.mark && (
                        <Hint label="Stands out" icon={<IconFlagFilled size={14} aria-hidden />}>
                          {row.mark.text}
                        </Hint>
                      )}
                    </th>
                  ) : (
                    // biome-ignore lint/suspicious/noArrayIndexKey: dimensions have a fixed order
                    <td key={index}>{label}</td>
                  ),
                )}
                {columns.map((column, index) => (
                  <MetricCell
                    key={column.name}
                    cell={row.cells[column.name]}
                    bar={index === 0 && largest > 0 ? largest : null}
                    compared={compared.has(column.name)}
                  />
                ))}
                {hasTrend && (
                  <td className="trend-column">
                    {row.trend && (
                      <Sparkline
                        label={trendLabel(row, columns[0], formats)}
                        values={row.trend}
                        partial={row.trend.map(() => false)}
                        compared={null}
                      />
                    )}
                  </td>
                )}
              </tr>
            ))}
            {after > 0 && <Spacer height={after} columns={width} />}
          </tbody>
          {totals && typed === '' && (
            <tfoot>
              <tr>
                <th scope="row">Total</th>
                {headings.slice(1).map((heading) => (
                  <td key={heading} />
                ))}
                {columns.map((column) => (
                  <MetricCell
                    key={column.name}
                    cell={totals[column.name]}
                    bar={null}
                    compared={compared.has(column.name)}
                  />
                ))}
                {hasTrend && <td className="trend-column" />}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </div>
  );
}

function MetricCell({ cell, bar, compared }: { cell: TableCell | undefined; bar: number | null; compared: boolean }) {
  if (!cell) return <td className="numeric" />;
  const { value, change, interval } = cell;
  const share = bar !== null && value.amount !== null ? Math.max(0, value.amount / bar) : 0;
  return (
    <td className="numeric" data-small={value.small || undefined} title={value.reason ?? undefined}>
      {share > 0 && <span className="cell-bar" style={{ width: `${share * 100}%` }} aria-hidden="true" />}
      <span className="cell-value">{value.text}</span>
      {value.small && <span className="visually-hidden">, small sample, n = {value.sample}</span>}
      {interval && (
        <span className="cell-interval">
          <span className="visually-hidden">, 95 % interval </span>
          {interval.text}
        </span>
      )}
      {compared && !change && <span className="change" />}
      {change && (
        <span className={`change change-${change.tone}`} title={change.longText}>
          <span aria-hidden="true">
            {change.glyph} {change.text}
          </span>
          <span className="visually-hidden">{change.words}</span>
        </span>
      )}
    </td>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="spacer">
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

function initialSort(sort: string | undefined, columns: readonly ResultColumn[]): SortingState {
  const id = sort?.replace(/^-/, '') ?? columns[0]?.name;
  return id === undefined ? [] : [{ id, desc: sort === undefined || sort.startsWith('-') }];
}

function trendLabel(
  row: TableRow,
  column: ResultColumn | undefined,
  formats: ReturnType<typeof useDashboard>['formats'],
): string {
  const known = (row.trend ?? []).filter((value): value is number => value !== null);
  if (!column || known.length === 0) return `${row.labels[0]}: no data`;
  const say = (value: number): string => formats.value(value, column, 'table');
  return `${row.labels[0]}, ${column.label}: between ${say(Math.min(...known))} and ${say(Math.max(...known))}`;
}
