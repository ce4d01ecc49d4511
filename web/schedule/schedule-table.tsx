import { IconAlertTriangle, IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ResultColumn } from '../../src/contract/result.ts';
import { formatWeekday } from '../format/index.ts';
import { useDashboard } from '../tile/dashboard-context.ts';
import type { ScheduleCell, ScheduleRow, ScheduleSort, ScheduleTileSpec } from './schedule-rows.ts';

export interface ScheduleGroup {
  /** null: the rows are not grouped. */
  label: string | null;
  /** Those that are listed. */
  rows: ScheduleRow[];
  /** All that it has. */
  count: number;
  /** Re-aggregated by the engine; null where there are none. */
  cells: Record<string, ScheduleCell> | null;
}

export interface ScheduleDetail {
  name: string;
  label: string;
}

export interface ScheduleTableProps {
  tile: ScheduleTileSpec;
  groups: readonly ScheduleGroup[];
  columns: readonly ResultColumn[];
  /** Details that have a column. */
  details: readonly ScheduleDetail[];
  /** Details that stand under the name. */
  under: readonly ScheduleDetail[];
  totals: Record<string, ScheduleCell> | null;
  sort: ScheduleSort;
  onSort(sort: ScheduleSort): void;
  /** The rows have a page each. */
  linked: boolean;
}

/** Events as a table: when, what, who came. */
export function ScheduleTable(props: ScheduleTableProps) {
  const { tile, groups, columns, details, under, totals, sort, onSort, linked } = props;
  const versus = new Set(
    columns
      .map(({ name }) => name)
      .filter((name) => groups.some(({ rows }) => rows.some((row) => row.cells[name]?.versus))),
  );
  const width = 2 + details.length + columns.length;
  const heading = (by: string, label: string, numeric: boolean) => (
    <SortHeading key={by} by={by} label={label} numeric={numeric} sort={sort} onSort={onSort} />
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a scroller must be focusable to be scrolled by keyboard
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div className="table-scroller schedule-scroller" role="region" aria-label={`${tile.title}, table`} tabIndex={0}>
      <table className="data-table schedule-table">
        <caption className="visually-hidden">{tile.title}</caption>
        <thead>
          <tr>
            {heading('starts', 'Date and time', false)}
            {heading('name', 'Title', false)}
            {details.map(({ name, label }) => heading(name, label, false))}
            {columns.map(({ name, label }) => heading(name, label, true))}
          </tr>
        </thead>
        {groups.map(({ label, rows, count, cells }) => (
          <tbody key={label ?? ''}>
            {label !== null && (
              <tr className="schedule-group">
                <th scope="rowgroup" colSpan={cells === null ? width : width - columns.length}>
                  {label} <span className="faint">({count})</span>
                </th>
                {cells !== null &&
                  columns.map((column) => (
                    <MetricCell key={column.name} cell={cells[column.name]} versus={versus.has(column.name)} />
                  ))}
              </tr>
            )}
            {rows.map((row) => (
              <tr key={row.id} data-marked={row.mark !== null || undefined} data-status={row.values['status']}>
                <th scope="row">
                  <Starts row={row} />
                </th>
                <td className="schedule-name">
                  <Name row={row} linked={linked} />
                  <Under row={row} details={under} />
                  {row.mark && <MarkLine text={row.mark.text} />}
                </td>
                {details.map(({ name }) => (
                  <td key={name}>{row.values[name] === '' ? '' : row.labels[name]}</td>
                ))}
                {columns.map((column) => (
                  <MetricCell
                    key={column.name}
                    cell={row.cells[column.name]}
                    versus={versus.has(column.name)}
                    marked={row.mark?.metrics.find(({ metric }) => metric === column.name)?.direction}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        ))}
        {totals && (
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td colSpan={1 + details.length} />
              {columns.map((column) => (
                <MetricCell key={column.name} cell={totals[column.name]} versus={versus.has(column.name)} />
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function SortHeading(props: {
  by: string;
  label: string;
  numeric: boolean;
  sort: ScheduleSort;
  onSort(sort: ScheduleSort): void;
}) {
  const { by, label, numeric, sort, onSort } = props;
  const chosen = sort.by === by;
  // Numbers and dates are first wanted from the top, names from A.
  const first = numeric || by === 'starts';
  return (
    <th
      scope="col"
      className={numeric ? 'numeric' : undefined}
      aria-sort={!chosen ? 'none' : sort.descending ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        className="sort-button"
        onClick={() => onSort({ by, descending: chosen ? !sort.descending : first })}
      >
        {label}
        {!chosen ? (
          <IconArrowsSort size={14} aria-hidden className="sort-idle" />
        ) : sort.descending ? (
          <IconArrowDown size={14} aria-hidden />
        ) : (
          <IconArrowUp size={14} aria-hidden />
        )}
      </button>
    </th>
  );
}

export function Starts({ row }: { row: ScheduleRow }) {
  const { formats } = useDashboard();
  if (row.date === '') return <span className="faint">unknown</span>;
  return (
    <time dateTime={`${row.date}T${row.time}`} className="schedule-starts">
      {formatWeekday(row.weekday, formats.locale)} {formats.bucket(row.date, 'day', 'axis')}
      <strong>{row.time}</strong>
    </time>
  );
}

export function Name({ row, linked }: { row: ScheduleRow; linked: boolean }): ReactNode {
  if (!linked) return row.name;
  return (
    <Link to="/webinars/$id" params={{ id: row.id }} className="schedule-link">
      {row.name}
    </Link>
  );
}

function Under({ row, details }: { row: ScheduleRow; details: readonly ScheduleDetail[] }) {
  const said = details.filter(({ name }) => row.values[name] !== '');
  if (said.length === 0) return null;
  return (
    <p className="schedule-under" title={said.map(({ label }) => label).join(', ')}>
      {said.map(({ name }) => row.labels[name]).join(' · ')}
    </p>
  );
}

/** Why a row stands out. */
export function MarkLine({ text }: { text: string }) {
  return (
    <p className="schedule-mark">
      <IconAlertTriangle size={14} aria-hidden /> <span className="visually-hidden">Stands out: </span>
      {text}
    </p>
  );
}

function MetricCell(props: { cell: ScheduleCell | undefined; versus: boolean; marked?: 'high' | 'low' | undefined }) {
  const { cell, versus, marked } = props;
  if (cell === undefined) return <td className="numeric" />;
  const { value, versus: change, maturing } = cell;
  const title = maturing ? 'Still maturing: this number will move.' : (value.reason ?? undefined);
  return (
    <td
      className="numeric"
      data-small={value.small || undefined}
      data-maturing={(maturing && value.amount !== null) || undefined}
      data-marked={marked}
      title={title}
    >
      <span className="cell-value">{value.text}</span>
      {maturing && value.amount !== null && <span className="visually-hidden"> so far, still maturing</span>}
      {versus && !change && <span className="change" />}
      {change && (
        <span className="change change-neutral" title={`${change.longText} against the median of its series`}>
          <span aria-hidden="true">{change.text}</span>
          <span className="visually-hidden">{change.words} than usual in its series</span>
        </span>
      )}
    </td>
  );
}
