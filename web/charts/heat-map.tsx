import { type KeyboardEvent, useRef, useState } from 'react';
import { useDashboard } from '../tile/dashboard-context.ts';
import { arrowMove } from './arrow-keys.ts';
import { ChartTooltip, type TooltipContent } from './chart-tooltip.tsx';
import { type HeatCell, type HeatMatrix, hourSpan } from './heat-matrix.ts';
import { heatStep, paletteStep, quantileBreaks, stepLabels } from './heat-scale.ts';
import { useSize } from './use-size.ts';

/** Narrower boxes show hours down and days across. */
const TRANSPOSE_BELOW = 640;
const NUMBERS_FROM = 38;

interface Slot {
  weekday: number;
  hour: number;
}

/**
 * Weekday × hour as a table. Arrow keys move, Enter filters the page to the slot, `t` shows the values, hover and focus show the
 * tooltip. Totals stand outside the colour scale.
 */
export function HeatMap(props: {
  title: string;
  matrix: HeatMatrix;
  /** What a total is called: `day average` or `total`. */
  totalLabel: string;
  selected: Slot | null;
  onSelect: (slot: Slot) => void;
}) {
  const { title, matrix, totalLabel, selected, onSelect } = props;
  const { formats } = useDashboard();
  const [ref, { width }] = useSize<HTMLDivElement>();
  const table = useRef<HTMLTableElement>(null);
  const [showAll, setShowAll] = useState(false);
  const [at, setAt] = useState({ column: 0, row: 0 });
  const [tip, setTip] = useState<{ cell: HeatCell; x: number; y: number } | null>(null);

  const transposed = width > 0 && width < TRANSPOSE_BELOW;
  const cellWidth = transposed ? (width - 116) / 7 : (width - 128) / 24;
  const numbers = showAll || cellWidth >= NUMBERS_FROM;
  const breaks = quantileBreaks(matrix.values);
  const steps = breaks.length + 1;
  const value = (amount: number | null): string => formats.value(amount, matrix.column, 'card');
  // Under a narrow column there is room for three digits.
  const dayTotal = (amount: number | null): string =>
    amount !== null && amount >= 10 && cellWidth < NUMBERS_FROM
      ? formats.value(amount < 1000 ? Math.round(amount) : Number(amount.toPrecision(2)), { format: 'compact' }, 'card')
      : value(amount);
  const exact = (amount: number | null): string => formats.value(amount, matrix.column, 'table');
  const hourLabel = (hour: number): string => formats.hour(hour).replace(':00', '').replace(/\s/, '');
  const average = mean(matrix.values);

  const columns = transposed ? 7 : 24;
  const rows = transposed ? 24 : 7;
  const cellAt = (row: number, column: number): HeatCell | undefined =>
    transposed ? matrix.days[column]?.cells[row] : matrix.days[row]?.cells[column];
  const dayOf = (weekday: number) => matrix.days.find((day) => day.weekday === weekday);

  const tooltip = (cell: HeatCell): TooltipContent => ({
    heading: `${formats.weekday(cell.weekday, 'long')}, ${hourSpan(cell.hour)}`,
    rows: [
      {
        key: 'value',
        label: matrix.column.label,
        color: null,
        value: exact(cell.value),
        before: cell.compared === null ? undefined : exact(cell.compared),
        change: formats.change(cell.value, cell.compared, matrix.column),
      },
    ],
    note:
      cell.value !== null && average > 0
        ? `${(cell.value / average).toFixed(1)}× the average slot`
        : cell.value === null
          ? 'no data'
          : undefined,
  });
  const showTip = (cell: HeatCell, element: HTMLElement): void => {
    const box = ref.current?.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    if (box) setTip({ cell, x: own.left - box.left + own.width / 2, y: own.bottom - box.top + 34 });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = arrowMove(event.key, at, { columns, rows });
    const cell = cellAt(at.row, at.column);
    if (move) {
      setAt(move);
      table.current?.querySelector<HTMLElement>(`[data-at="${move.row}:${move.column}"]`)?.focus();
    } else if ((event.key === 'Enter' || event.key === ' ') && cell) onSelect(cell);
    else if (event.key === 't') setShowAll(!showAll);
    else if (event.key === 'Escape' && tip) setTip(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const cellElement = (row: number, column: number) => {
    const cell = cellAt(row, column);
    if (!cell) return null;
    const step = cell.value === null ? null : paletteStep(heatStep(cell.value, breaks), steps);
    const isSelected = selected?.weekday === cell.weekday && selected.hour === cell.hour;
    const isFaded = selected !== null && !isSelected;
    return (
      <td
        key={`${cell.weekday}:${cell.hour}`}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the cell of a table that arrow keys move through
        role="gridcell"
        data-at={`${row}:${column}`}
        data-step={step ?? 'none'}
        data-rank={cell.rank ?? undefined}
        data-faded={isFaded || undefined}
        data-weekend={(transposed && dayOf(cell.weekday)?.weekend) || undefined}
        aria-selected={isSelected}
        tabIndex={at.row === row && at.column === column ? 0 : -1}
        onClick={() => onSelect(cell)}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          setAt({ column, row });
          showTip(cell, event.currentTarget);
        }}
        onBlur={() => setTip(null)}
        onPointerEnter={(event) => showTip(cell, event.currentTarget)}
        onPointerLeave={() => setTip(null)}
      >
        <span className="visually-hidden">
          {formats.weekday(cell.weekday, 'long')} {hourSpan(cell.hour)}:{' '}
          {cell.value === null ? 'no data' : exact(cell.value)}
        </span>
        <span aria-hidden="true" className={cell.value === null ? 'heat-none' : undefined}>
          {cell.value === null ? '·' : numbers && cell.value !== 0 && !isFaded ? value(cell.value) : ''}
        </span>
      </td>
    );
  };

  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return (
    <div ref={ref} className="heat" data-numbers={numbers || undefined}>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are moved through by arrow keys
        role="grid"
        className="heat-table"
        aria-label={title}
        data-transposed={transposed || undefined}
      >
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{transposed ? 'Hour' : 'Day'}</span>
            </th>
            {transposed
              ? matrix.days.map((day) => (
                  <th key={day.weekday} scope="col" data-weekend={day.weekend || undefined}>
                    {day.label}
                  </th>
                ))
              : hours.map((hour) => (
                  <th key={hour} scope="col" aria-label={hourSpan(hour)}>
                    {cellWidth >= 28 || hour % 3 === 0 ? hourLabel(hour) : ''}
                  </th>
                ))}
            <th scope="col" className="heat-total">
              {transposed ? 'All' : totalLabel}
            </th>
          </tr>
        </thead>
        <tbody>
          {transposed
            ? hours.map((hour) => (
                <tr key={hour}>
                  <th scope="row">{hourLabel(hour)}</th>
                  {matrix.days.map((_, column) => cellElement(hour, column))}
                  <TotalCell
                    text={value(matrix.hourTotals[hour] ?? null)}
                    exact={exact(matrix.hourTotals[hour] ?? null)}
                  />
                </tr>
              ))
            : matrix.days.map((day, row) => (
                <tr key={day.weekday} data-weekend={day.weekend || undefined}>
                  <th scope="row">{day.label}</th>
                  {hours.map((hour) => cellElement(row, hour))}
                  <TotalCell text={value(day.total)} exact={exact(day.total)} />
                </tr>
              ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            {transposed
              ? matrix.days.map((day) => (
                  <TotalCell key={day.weekday} text={dayTotal(day.total)} exact={exact(day.total)} />
                ))
              : hours.map((hour) => (
                  <TotalCell
                    key={hour}
                    text={cellWidth >= NUMBERS_FROM || showAll ? value(matrix.hourTotals[hour] ?? null) : ''}
                    exact={exact(matrix.hourTotals[hour] ?? null)}
                  />
                ))}
            <TotalCell text={value(matrix.total)} exact={exact(matrix.total)} />
          </tr>
        </tfoot>
      </table>
      <ul className="heat-legend" aria-label="Colour scale">
        <li>
          <span className="heat-swatch" data-step={0} aria-hidden="true" />0
        </li>
        {stepLabels(breaks, (limit) => formats.value(limit, { format: 'decimal' }, 'card')).map((text, index) => (
          <li key={text}>
            <span className="heat-swatch" data-step={paletteStep(index + 1, steps)} aria-hidden="true" />
            {text}
          </li>
        ))}
        <li>
          <span className="heat-swatch heat-swatch-none" aria-hidden="true">
            ·
          </span>
          no data
        </li>
      </ul>
      {tip && <ChartTooltip content={tooltip(tip.cell)} x={tip.x} y={tip.y} width={width} pinned={false} />}
    </div>
  );
}

function TotalCell({ text, exact }: { text: string; exact: string }) {
  return (
    <td className="heat-total" title={exact}>
      <span className="visually-hidden">{exact}</span>
      <span aria-hidden="true">{text}</span>
    </td>
  );
}

function mean(values: readonly (number | null)[]): number {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}
