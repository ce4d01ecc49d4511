import { useMemo, useState } from 'react';
import type { Tile } from '../../src/contract/dashboard.ts';
import { usePageResults } from '../api/page-results.ts';
import { HeatMap } from '../charts/heat-map.tsx';
import { describeHeat, toHeatMatrix } from '../charts/heat-matrix.ts';
import { clockChanges } from '../charts/time-buckets.ts';
import { isSelected, selectedValues, toggleSelection } from '../dashboard/filter-selection.ts';
import { heatQueries, slotFree } from '../dashboard/page-queries.ts';
import { partKey } from '../dashboard/query-frame.ts';
import { heatSheet } from '../export/chart-sheets.ts';
import { heatTable } from '../table/table-view.ts';
import { useDashboard } from './dashboard-context.ts';
import { emptyState, hasNothing } from './empty-state.ts';
import { gatherResults, ignoredDimensions } from './tile-data.ts';
import { TileFrame } from './tile-frame.tsx';

type HeatTileSpec = Extract<Tile, { kind: 'heatmap' }>;

/** Weekday × hour. The page's batch brings the declared value (average or total); the other is fetched when it is asked for. */
export function HeatmapTile({ tile }: { tile: HeatTileSpec }) {
  const state = useDashboard();
  const { results, view, period, compare, workspace, catalog, formats, onView } = state;
  const [metric, setMetric] = useState(tile.metrics[0] ?? '');
  const [value, setValue] = useState(tile.value);
  const keys = {
    cells: partKey.heat(tile, metric, 'cells'),
    weekdays: partKey.heat(tile, metric, 'weekdays'),
    hours: partKey.heat(tile, metric, 'hours'),
  };
  const frame = {
    range: [period.start, period.end] as [string, string],
    filters: slotFree(view.filters),
    compare,
    parameters: view.parameters,
    matured: view.matured,
  };
  const other = value !== tile.value;
  const side = usePageResults(`${tile.id}/side`, other ? heatQueries(tile, metric, value, frame) : [], other);
  const data = gatherResults(other ? side.results : results, keys);

  const cells = data.kind === 'ready' ? data.results.cells : null;
  const byWeekday = data.kind === 'ready' ? data.results.weekdays : null;
  const byHour = data.kind === 'ready' ? data.results.hours : null;
  const matrix = useMemo(
    () =>
      cells
        ? toHeatMatrix({ cells, byWeekday, byHour, metric, weekStart: workspace.week_start, formats, value })
        : null,
    [cells, byWeekday, byHour, metric, workspace.week_start, formats, value],
  );

  if (data.kind === 'waiting') return <TileFrame tile={tile} content={{ state: 'waiting' }} />;
  if (data.kind === 'failed') return <TileFrame tile={tile} content={{ state: 'failed', error: data.error }} />;
  const { meta } = data.results.cells;
  if (!matrix || hasNothing(data.results.cells, [metric])) {
    const empty = emptyState(data.results.cells, [metric], state);
    return <TileFrame tile={tile} content={{ state: 'empty', meta, empty }} />;
  }

  const weekday = only(selectedValues(view.filters, 'weekday'));
  const hour = only(selectedValues(view.filters, 'hour_of_day'));
  const selected = weekday !== null && hour !== null ? { weekday, hour } : null;
  const changes = clockChanges(period.start, period.end, workspace.time_zone);
  const ignored = ignoredDimensions(
    [matrix.column],
    (name) => catalog.dimensions.find((one) => one.name === name)?.label ?? name,
  );
  const perDay = value === 'per_day';
  const notes = [
    matrix.column.label,
    perDay ? 'average per day' : 'total',
    `times in ${workspace.time_zone}`,
    ...(ignored.length > 0 ? [`ignores ${ignored.join(', ')}`] : []),
    ...(selected ? ['shows every slot; the page is filtered to one'] : []),
  ];
  return (
    <TileFrame
      tile={tile}
      content={{
        state: 'ready',
        meta,
        notes,
        table: () => heatTable(tile.title, matrix, formats),
        exports: () => ({ shown: heatSheet(matrix) }),
        controls: (
          <>
            {tile.metrics.length > 1 && (
              <Switch
                label="Metric"
                options={tile.metrics.map((name) => ({
                  value: name,
                  label: catalog.metrics.find((candidate) => candidate.name === name)?.label ?? name,
                }))}
                value={metric}
                onChange={setMetric}
              />
            )}
            <Switch
              label="Value"
              options={[
                { value: 'per_day', label: 'Average per day' },
                { value: 'total', label: 'Total' },
              ]}
              value={value}
              onChange={(next) => setValue(next === 'total' ? 'total' : 'per_day')}
            />
          </>
        ),
        body: () => (
          <>
            <p className="heat-sentence">{describeHeat(matrix, formats)}</p>
            <HeatMap
              title={tile.title}
              matrix={matrix}
              totalLabel={perDay ? 'Day' : 'Total'}
              selected={selected}
              onSelect={(slot) => {
                const slots = [
                  { dimension: 'weekday', value: slot.weekday },
                  { dimension: 'hour_of_day', value: slot.hour },
                ];
                const again = isSelected(view.filters, slots);
                onView({ filters: again ? slotFree(view.filters) : toggleSelection(slotFree(view.filters), slots) });
              }}
            />
            {changes.length > 0 && (
              <p className="tile-note">
                Clocks change on {changes.map(({ date }) => formats.day(date)).join(' and ')}: an hour is missing or
                occurs twice that day. Averages count local hours.
              </p>
            )}
          </>
        ),
      }}
    />
  );
}

function only(values: ReadonlySet<string>): number | null {
  const [first, ...more] = values;
  return first !== undefined && more.length === 0 ? Number(first) : null;
}

function Switch(props: {
  label: string;
  options: { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <fieldset className="switch">
      <legend className="visually-hidden">{props.label}</legend>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
