import { formatPeriod } from '../../src/contract/period.ts';
import type { ViewState } from '../../src/contract/url.ts';
import type { TooltipContent } from '../charts/chart-tooltip.tsx';
import { bucketEnd } from '../charts/time-buckets.ts';
import { isSelected, type Selection, toggleSelection } from '../dashboard/filter-selection.ts';
import { formatInterval, shareInterval } from '../format/interval.ts';
import type { MenuItem } from '../layout/cell-menu.tsx';
import { showToast } from '../layout/messages.tsx';
import type { Formats } from '../tile/formats.ts';
import type { Heading } from './pivot-columns.ts';
import { grainOf } from './pivot-layout.ts';
import { headingWords, nodesDownTo } from './pivot-sheet.ts';
import type { PivotNode, PivotTable } from './pivot-table.ts';

/** What a cell is of: its row's values and its column, as filters and a period. */
interface CellParts {
  filters: Selection[];
  period: string | null;
  words: string;
}

function partsOf(names: readonly string[], headings: readonly Heading[]): CellParts {
  const filters: Selection[] = [];
  let period: string | null = null;
  headings.forEach(({ value }, index) => {
    const name = names[index] ?? '';
    const grain = grainOf(name);
    const text = String(value ?? '');
    if (grain === null) filters.push({ dimension: name, value: typeof value === 'number' ? value : text });
    else if (text !== '') {
      period = formatPeriod({ start: text.slice(0, 10), end: dayEnd(bucketEnd(text, grain)) });
    }
  });
  return { filters, period, words: headings.map(({ label }) => label).join(' › ') };
}

/** The first day that is not part of it; an hour is shown with its day. */
function dayEnd(end: string): string {
  return end.endsWith('T00:00:00') ? end.slice(0, 10) : bucketEnd(end.slice(0, 10), 'day').slice(0, 10);
}

/** What the menu of a cell offers. */
export function cellActions(input: {
  table: PivotTable;
  node: PivotNode;
  column: number | null;
  view: Pick<ViewState, 'filters'>;
  onView: (patch: Partial<ViewState>) => void;
}): MenuItem[] {
  const { table, node, column, view, onView } = input;
  const heading = column === null ? undefined : table.columns[column];
  const row = partsOf(table.layout.rows, nodesDownTo(table, node));
  const columnParts = heading ? partsOf([table.layout.column], [heading]) : null;
  const value = column === null ? node.total : node.cells[column];
  const items: MenuItem[] = [];
  const offer = (parts: CellParts): void => {
    const already = isSelected(view.filters, parts.filters);
    const filters = already ? view.filters : toggleSelection(view.filters, parts.filters);
    if (already && parts.period === null) return;
    items.push({
      label: `Filter page to ${parts.words}`,
      run: () =>
        onView({
          ...(parts.filters.length > 0 ? { filters } : {}),
          ...(parts.period === null ? {} : { period: parts.period }),
        }),
    });
  };
  const isRow = node.path.length > 0;
  if (isRow && columnParts) {
    offer({
      filters: [...row.filters, ...columnParts.filters],
      period: columnParts.period ?? row.period,
      words: `${row.words}, ${columnParts.words}`,
    });
  }
  if (isRow) offer(row);
  if (columnParts) offer(columnParts);
  if (value) {
    items.push({
      label: `Copy ${value.text}`,
      run: () => void navigator.clipboard.writeText(value.text).then(() => showToast('Value copied')),
    });
  }
  return items;
}

/** What a cell says when it is pointed at or focused. */
export function cellTooltip(input: {
  table: PivotTable;
  node: PivotNode;
  column: number | null;
  formats: Formats;
}): TooltipContent {
  const { table, node, column, formats } = input;
  const heading = column === null ? undefined : table.columns[column];
  const value = column === null ? node.total : node.cells[column];
  const path = node.path.length === 0 ? ['Total'] : nodesDownTo(table, node).map(headingWords);
  const interval = value ? shareInterval(value.amount, value.sample, table.metric) : null;
  const count = (amount: number): string => formats.value(amount, { format: 'integer' }, 'table');
  const open = [node, heading].find((one) => one && one.state !== 'settled');
  const note = [
    ...(value?.sample != null && value.amount !== null ? [`n = ${count(value.sample)}`] : []),
    ...(interval ? [`95 % interval ${formatInterval(interval, { ...table.metric, locale: formats.locale })}`] : []),
    ...(value?.reason ? [value.reason] : []),
    ...(open ? [open.state === 'running' ? `running, ${open.stateWords}` : 'still maturing'] : []),
  ].join('. ');
  return {
    heading: [path.join(' › '), ...(heading ? [headingWords(heading)] : [])].join(', '),
    rows: [
      {
        key: 'value',
        label: table.metric.label,
        color: null,
        value: value?.text ?? '',
        change: column === null ? null : changeBefore(table, node, column, formats),
      },
    ],
    ...(note ? { note } : {}),
  };
}

/** Against the column before, where both are settled. */
function changeBefore(table: PivotTable, node: PivotNode, column: number, formats: Formats) {
  const settled = [column - 1, column].every((index) => table.columns[index]?.state === 'settled');
  if (!settled || grainOf(table.layout.column) === null || node.state !== 'settled') return null;
  const [before, now] = [node.cells[column - 1], node.cells[column]];
  if (!before || !now || before.small || now.small) return null;
  return formats.change(now.amount, before.amount, table.metric);
}
