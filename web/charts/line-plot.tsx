import { type KeyboardEvent, type MouseEvent, Suspense, useMemo, useState } from 'react';
import { announce } from '../layout/messages.tsx';
import { useDashboard } from '../tile/dashboard-context.ts';
import { arrowMove } from './arrow-keys.ts';
import { paletteColor } from './chart-option.ts';
import { Chart } from './chart-part.ts';
import { ChartTooltip, tooltipText } from './chart-tooltip.tsx';
import { describeSeries } from './describe-series.ts';
import { DIRECT_LABELS, lineChart } from './line-options.ts';
import { lineTooltip, nearestLine } from './line-tooltip.ts';
import { indexAtX, plotHeight, pointX, valueY } from './plot-area.ts';
import type { SeriesSet } from './series.ts';
import { isWeekend } from './time-buckets.ts';
import { useSize } from './use-size.ts';

const LEGEND_HEIGHT = 36;

interface Cursor {
  index: number;
  line: string | null;
  pinned: boolean;
}

/** Lines over time with labels at their ends or a legend, a tooltip, and a keyboard: arrows, Home, End, Enter, Esc. */
export function LinePlot({
  title,
  set,
  height,
  onSelect,
}: {
  title: string;
  set: SeriesSet;
  height: number;
  /** Filters the page by a line's value; absent where the lines are metrics. */
  onSelect?: (value: string, label: string) => void;
}) {
  const { formats } = useDashboard();
  const [ref, { width }] = useSize<HTMLDivElement>();
  const [shown, setShown] = useState<ReadonlySet<string> | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const direct = set.series.length <= DIRECT_LABELS && width >= 420;
  const legend = width > 0 && !direct && set.series.length > 1;
  const inner = height - (legend ? LEGEND_HEIGHT : 0);
  const chart = useMemo(
    () => (width > 0 ? lineChart(set, { width, height: inner }, formats, shown) : null),
    [set, width, inner, formats, shown],
  );
  const label = useMemo(() => describeSeries(title, set, formats), [title, set, formats]);

  const isolate = (key: string, add: boolean): void => {
    const next = new Set(add ? shown : []);
    if (add && next.has(key)) next.delete(key);
    else next.add(key);
    const only = !add && shown?.size === 1 && shown.has(key);
    setShown(only || next.size === 0 || next.size === set.series.length ? null : next);
  };
  const moveTo = (index: number, line: string | null): void => {
    setCursor({ index, line, pinned: cursor?.pinned ?? false });
    announce(tooltipText(lineTooltip(set, index, line === null ? shown : new Set([line]), line, formats)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const visible = set.series.filter((line) => shown === null || shown.has(line.key)).map((line) => line.key);
    const row = Math.max(0, visible.indexOf(cursor?.line ?? ''));
    const move = arrowMove(event.key, cursor && { column: cursor.index, row }, {
      columns: set.times.length,
      rows: visible.length,
    });
    if (move) moveTo(move.column, visible[move.row] ?? null);
    else if (event.key === 'Enter' && cursor) setCursor({ ...cursor, pinned: !cursor.pinned });
    else if (event.key === 'Escape' && cursor) setCursor(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointer = (event: MouseEvent<HTMLElement>, pin: boolean): void => {
    if (!chart || set.times.length === 0 || (cursor?.pinned && !pin)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const index = indexAtX(chart.area, event.clientX - box.left, set.times.length);
    const share = 1 - (event.clientY - box.top - chart.area.top) / plotHeight(chart.area);
    const value = chart.axis.min + share * (chart.axis.max - chart.axis.min);
    const line = nearestLine(set, index, value, shown);
    const same = cursor?.pinned === true && cursor.index === index;
    setCursor(pin && same ? null : { index, line, pinned: pin });
  };

  const content = cursor ? lineTooltip(set, cursor.index, shown, cursor.line, formats) : null;
  const x = chart && cursor ? pointX(chart.area, cursor.index, set.times.length) : 0;
  const selected = cursor?.pinned ? set.series.find((line) => line.key === cursor.line) : undefined;

  return (
    <div ref={ref} className="plot" style={{ height }}>
      {chart && (
        <>
          {legend && <Legend set={set} shown={shown} onToggle={isolate} />}
          <div
            className="plot-picture"
            role="img"
            aria-label={label}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the points one by one
            tabIndex={0}
            style={{ height: inner }}
            onKeyDown={onKeyDown}
            onPointerMove={(event) => event.pointerType !== 'touch' && onPointer(event, false)}
            onPointerLeave={() => cursor && !cursor.pinned && setCursor(null)}
            onClick={(event) => onPointer(event, true)}
            onBlur={() => cursor && !cursor.pinned && setCursor(null)}
          >
            <WeekendShade set={set} chart={chart} />
            <MaturingHatch set={set} chart={chart} />
            <Suspense fallback={null}>
              <Chart option={chart.option} width={width} height={inner} />
            </Suspense>
            {cursor && (
              <span
                className="plot-cursor"
                style={{ left: x, top: chart.area.top, height: plotHeight(chart.area) }}
                aria-hidden="true"
              />
            )}
            {cursor &&
              set.series.map((line) => {
                const value = line.values[cursor.index];
                if (value === null || value === undefined || (shown !== null && !shown.has(line.key))) return null;
                return (
                  <span
                    key={line.key}
                    className="plot-dot"
                    aria-hidden="true"
                    style={{
                      left: x,
                      top: valueY(chart.area, value, chart.axis.min, chart.axis.max),
                      background: paletteColor(line.color),
                    }}
                  />
                );
              })}
          </div>
          {set.series.length > 1 &&
            chart.labels.map((end) => (
              <button
                key={end.key}
                type="button"
                className="end-label"
                aria-pressed={shown?.has(end.key) ?? false}
                title={`Show only ${end.label}`}
                style={{ left: width - chart.area.right + 4, top: end.y - 12 }}
                onClick={(event) => isolate(end.key, event.shiftKey)}
              >
                <span className="swatch" style={{ background: paletteColor(end.color) }} aria-hidden="true" />
                <span className="end-label-text">{end.label}</span>
              </button>
            ))}
          {direct && shown !== null && (
            <button type="button" className="tile-button plot-reset" onClick={() => setShown(null)}>
              Show all lines
            </button>
          )}
          {cursor && content && (
            <ChartTooltip content={content} x={x} y={chart.area.top + 40} width={width} pinned={cursor.pinned}>
              {onSelect && selected && selected.value !== null && (
                <button
                  type="button"
                  className="tile-button"
                  onClick={() => {
                    setCursor(null);
                    onSelect(selected.value ?? '', selected.label);
                  }}
                >
                  Filter page by {selected.label}
                </button>
              )}
            </ChartTooltip>
          )}
        </>
      )}
    </div>
  );
}

/** Above the plot, in value order. Click isolates, Shift-click adds. */
function Legend({
  set,
  shown,
  onToggle,
}: {
  set: SeriesSet;
  shown: ReadonlySet<string> | null;
  onToggle: (key: string, add: boolean) => void;
}) {
  return (
    <ul className="legend">
      {set.series.map((line) => (
        <li key={line.key}>
          <button
            type="button"
            aria-pressed={shown?.has(line.key) ?? false}
            data-faded={(shown !== null && !shown.has(line.key)) || undefined}
            onClick={(event) => onToggle(line.key, event.shiftKey)}
          >
            <span className="swatch" style={{ background: paletteColor(line.color) }} aria-hidden="true" />
            {line.label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Over the buckets whose numbers can still change. */
function MaturingHatch({ set, chart }: { set: SeriesSet; chart: NonNullable<ReturnType<typeof lineChart>> }) {
  const first = set.maturing.indexOf(true);
  if (first < 0) return null;
  const count = set.times.length;
  const half = count < 2 ? 0 : (pointX(chart.area, 1, count) - pointX(chart.area, 0, count)) / 2;
  const from = Math.max(chart.area.left, pointX(chart.area, first, count) - half);
  const to = Math.min(
    chart.area.width - chart.area.right,
    pointX(chart.area, set.maturing.lastIndexOf(true), count) + half,
  );
  return (
    <span
      className="plot-maturing"
      aria-hidden="true"
      style={{ left: from, width: to - from, top: chart.area.top, height: plotHeight(chart.area) }}
    />
  );
}

/** Saturdays and Sundays at daily grain. */
function WeekendShade({ set, chart }: { set: SeriesSet; chart: NonNullable<ReturnType<typeof lineChart>> }) {
  if (set.grain !== 'day' || set.times.length < 3 || set.times.length > 120) return null;
  const step = pointX(chart.area, 1, set.times.length) - pointX(chart.area, 0, set.times.length);
  return set.times.map((time, index) => {
    if (!isWeekend(time)) return null;
    const from = Math.max(chart.area.left, pointX(chart.area, index, set.times.length) - step / 2);
    const to = Math.min(chart.area.width - chart.area.right, from + step);
    return (
      <span
        key={time}
        className="plot-weekend"
        aria-hidden="true"
        style={{ left: from, width: to - from, top: chart.area.top, height: plotHeight(chart.area) }}
      />
    );
  });
}
