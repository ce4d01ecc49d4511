import { useId, useMemo, useState } from 'react';
import { usePageResults } from '../api/page-results.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { groupQuery } from '../dashboard/schedule-queries.ts';
import { dimensionLabel, valueLabel } from '../filters/filter-words.ts';
import { useMediaQuery } from '../layout/use-media-query.ts';
import '../schedule/schedule.css';
import { ScheduleCalendar } from '../schedule/schedule-calendar.tsx';
import { ScheduleCards } from '../schedule/schedule-cards.tsx';
import {
  type ScheduleCell,
  type ScheduleInput,
  type ScheduleRow,
  type ScheduleSort,
  type ScheduleTileSpec,
  sortSchedule,
  toScheduleRows,
} from '../schedule/schedule-rows.ts';
import { type ScheduleGroup, ScheduleTable } from '../schedule/schedule-table.tsx';
import { UpcomingList } from '../schedule/upcoming-list.tsx';
import { foldText, metricColumns } from '../table/table-rows.ts';
import type { TableView } from '../table/table-view.ts';
import { cellValue } from './cell-value.ts';
import { useDashboard } from './dashboard-context.ts';
import { emptyState } from './empty-state.ts';
import { gatherResults } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

const VIEWS = { list: 'List', week: 'Week', month: 'Month' } as const;
type ViewName = keyof typeof VIEWS;

/** So many details have a column; the others stand under the name. */
const DETAIL_COLUMNS = 3;
/** So many rows are listed until the reader asks for all: each has some twenty cells. */
const MOST_LISTED = 100;

export function ScheduleTile({ tile }: { tile: ScheduleTileSpec }) {
  const state = useDashboard();
  const data = gatherResults<string>(state.results, {
    rows: partKey.rows(tile),
    ...(tile.series === undefined ? {} : { peers: partKey.series(tile) }),
  });
  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  const { rows: result, peers } = data.results;
  if (!result) return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (result.rows.length === 0) {
    const empty = emptyState(result, tile.metrics, state);
    return <TileFrame tile={tile} content={{ state: 'empty', meta: result.meta, empty }} />;
  }
  return <Schedule tile={tile} result={result} peers={peers ?? null} />;
}

type ScheduleProps = { tile: ScheduleTileSpec } & Pick<ScheduleInput, 'result' | 'peers'>;

function Schedule({ tile, result, peers }: ScheduleProps) {
  const { catalog, formats, view: page } = useDashboard();
  const [view, setView] = useState<ViewName>('list');
  const [group, setGroup] = useState('');
  const [typed, setTyped] = useState('');
  const [all, setAll] = useState(false);
  const [sort, setSort] = useState<ScheduleSort>({ by: 'starts', descending: true });
  const narrow = useMediaQuery('(max-width: 47.99em)');
  const columns = useMemo(() => metricColumns(result, tile.metrics), [result, tile.metrics]);
  const rows = useMemo(
    () => toScheduleRows({ tile, result, peers, dimensions: catalog.dimensions, filters: page.filters, formats }),
    [tile, result, peers, catalog, page.filters, formats],
  );
  const labelOf = (name: string): string =>
    dimensionLabel(
      catalog.dimensions.find((one) => one.name === name),
      name,
    );
  const details = tile.details.map((name) => ({ name, label: labelOf(name) }));
  const linked = catalog.dimensions.find(({ name }) => name === tile.entity)?.page !== undefined;
  const found = useMemo(() => sortSchedule(searchSchedule(rows, typed), sort), [rows, typed, sort]);
  const subtotals = useSubtotals(tile, group, columns);
  const groups = groupRows(found, group, typed === '' ? subtotals : new Map());
  const listed = all ? groups : firstRows(groups, MOST_LISTED);
  const marked = rows.filter((row) => row.mark !== null).length;
  const totals = result.totals && typed === '' ? plainCells(result.totals) : null;

  function plainCells(row: NonNullable<typeof result.totals>): Record<string, ScheduleCell> {
    return Object.fromEntries(
      columns.map((column) => {
        const value = cellValue(row, column, result.meta, page.filters, formats);
        return [column.name, { value, versus: null, maturing: false }];
      }),
    );
  }

  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta: result.meta,
        notes: [marked === 0 ? 'Nothing stands out' : `${marked} ${marked === 1 ? 'stands' : 'stand'} out`],
        controls: (
          <ScheduleControls
            tile={tile}
            view={view}
            onView={setView}
            group={group}
            onGroup={setGroup}
            typed={typed}
            onTyped={setTyped}
            details={details}
            count={typed === '' ? `${rows.length} rows` : `${found.length} of ${rows.length} rows`}
          />
        ),
        table: () => scheduleView(tile, found, columns, details),
        body: () => (
          <div className="schedule">
            {linked && view === 'list' && <UpcomingList typed={typed} />}
            {found.length === 0 ? (
              <p className="tile-note">Nothing in this period has “{typed}”.</p>
            ) : view !== 'list' ? (
              <ScheduleCalendar rows={found} column={columns[0]} dense={view === 'month'} linked={linked} />
            ) : narrow ? (
              <ScheduleCards groups={listed} columns={columns} details={details} linked={linked} />
            ) : (
              <ScheduleTable
                tile={tile}
                groups={listed}
                columns={columns}
                details={details.slice(0, DETAIL_COLUMNS)}
                under={details.slice(DETAIL_COLUMNS)}
                totals={totals}
                sort={sort}
                onSort={setSort}
                linked={linked}
              />
            )}
            {view === 'list' && !all && found.length > MOST_LISTED && (
              <p>
                <button type="button" className="button" onClick={() => setAll(true)}>
                  Show all {formats.value(found.length, { format: 'integer' }, 'table')} rows
                </button>
              </p>
            )}
          </div>
        ),
      }}
    />
  );
}

function ScheduleControls(props: {
  tile: ScheduleTileSpec;
  view: ViewName;
  onView(view: ViewName): void;
  group: string;
  onGroup(group: string): void;
  typed: string;
  onTyped(typed: string): void;
  details: readonly { name: string; label: string }[];
  count: string;
}) {
  const { tile, view, group, details } = props;
  const name = useId();
  return (
    <div className="schedule-controls">
      <fieldset className="segments" aria-label={`${tile.title}: view`}>
        {(Object.keys(VIEWS) as ViewName[]).map((one) => (
          <label key={one}>
            <input type="radio" name={name} checked={one === view} onChange={() => props.onView(one)} />
            <span>{VIEWS[one]}</span>
          </label>
        ))}
      </fieldset>
      {view === 'list' && (
        <label className="schedule-grouping">
          Group by
          <select className="field" value={group} onChange={(event) => props.onGroup(event.currentTarget.value)}>
            <option value="">nothing</option>
            {details.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
      )}
      <input
        type="search"
        className="field"
        aria-label={`Search ${tile.title}`}
        placeholder="Search"
        value={props.typed}
        onChange={(event) => props.onTyped(event.currentTarget.value)}
      />
      <span className="table-count" role="status">
        {props.count}
      </span>
    </div>
  );
}

/** Totals of each group, by its raw value. */
function useSubtotals(
  tile: ScheduleTileSpec,
  group: string,
  columns: ReturnType<typeof metricColumns>,
): ReadonlyMap<string, Record<string, ScheduleCell>> {
  const { view, period, formats } = useDashboard();
  const frame = {
    range: [period.start, period.end] as [string, string],
    filters: view.filters,
    compare: null,
    parameters: view.parameters,
    matured: false,
  };
  const query = groupQuery(tile, group, frame);
  const item = usePageResults(`${tile.id}/group/${group}`, [query], group !== '').results.get(query.key);
  if (item === undefined || 'error' in item || group === '') return new Map();
  return new Map(
    item.rows.map((row) => [
      String(row[group] ?? ''),
      Object.fromEntries(
        columns.map((column) => {
          const value = cellValue(row, column, item.meta, view.filters, formats);
          return [column.name, { value, versus: null, maturing: false }];
        }),
      ),
    ]),
  );
}

function groupRows(
  rows: readonly ScheduleRow[],
  group: string,
  subtotals: ReadonlyMap<string, Record<string, ScheduleCell>>,
): ScheduleGroup[] {
  if (group === '') return [{ label: null, rows: [...rows], count: rows.length, cells: null }];
  return [...Map.groupBy(rows, (row) => row.values[group] ?? '')]
    .map(([value, list]) => ({
      label: value === '' ? valueLabel(undefined, group, null, 'en') : (list[0]?.labels[group] ?? value),
      rows: list,
      count: list.length,
      cells: subtotals.get(value) ?? null,
    }))
    .sort((a, b) => b.rows.length - a.rows.length);
}

/** The first rows over all groups. */
function firstRows(groups: readonly ScheduleGroup[], most: number): ScheduleGroup[] {
  let left = most;
  return groups.flatMap((group) => {
    const rows = group.rows.slice(0, left);
    left -= rows.length;
    return rows.length === 0 ? [] : [{ ...group, rows }];
  });
}

function searchSchedule(rows: readonly ScheduleRow[], typed: string): ScheduleRow[] {
  const words = foldText(typed).split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = foldText([row.name, row.date, row.time, ...Object.values(row.labels)].join(' '));
    return words.every((word) => text.includes(word));
  });
}

function scheduleView(
  tile: ScheduleTileSpec,
  rows: readonly ScheduleRow[],
  columns: ReturnType<typeof metricColumns>,
  details: readonly { name: string; label: string }[],
): TableView {
  return {
    caption: tile.title,
    columns: [
      { label: 'Date', numeric: false },
      { label: 'Time', numeric: false },
      { label: 'Title', numeric: false },
      ...details.map(({ label }) => ({ label, numeric: false })),
      ...columns.map(({ label }) => ({ label, numeric: true })),
      { label: 'Stands out', numeric: false },
    ],
    rows: rows.map((row) => [
      row.date,
      row.time,
      row.name,
      ...details.map(({ name }) => (row.values[name] === '' ? '' : (row.labels[name] ?? ''))),
      ...columns.map(({ name }) => row.cells[name]?.value.text ?? ''),
      row.mark?.text ?? '',
    ]),
  };
}
