import { weekdayOf } from '../../src/contract/plain-date.ts';
import type { Formats } from '../tile/formats.ts';
import { type AxisTicks, axisTicks } from './axis-ticks.ts';
import { AXIS_TEXT, type ChartOption, GRID_LINE, paletteColor, tickText } from './chart-option.ts';
import { type PlotArea, plotWidth, spreadLabels, textWidth, valueY } from './plot-area.ts';
import { type Series, type SeriesSet, unsettledBuckets } from './series.ts';

/** More lines than this have a legend instead of labels at their ends. */
export const DIRECT_LABELS = 5;
/** The comparison is drawn for a line that stands alone; for several it is in the tooltip and the table. */
const COMPARED_LINES = 1;
const DASHES: (string | number[])[] = ['solid', 'solid', [8, 3], [3, 2], [10, 3, 2, 3], [2, 4]];

export interface EndLabel {
  key: string;
  label: string;
  color: number;
  /** Centre in pixels from the top of the plot. */
  y: number;
}

export interface LineChart {
  option: ChartOption;
  area: PlotArea;
  axis: AxisTicks;
  labels: EndLabel[];
}

function lastValue(line: Series): number | null {
  for (let index = line.values.length - 1; index >= 0; index--) {
    const value = line.values[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** Short bucket names for an axis: the weekday too under three weeks, the date at midnight between hours. */
export function axisLabel(time: string, grain: string, count: number, formats: Formats): string {
  if (grain === 'day' && count <= 21)
    return `${formats.weekday(weekdayOf(time), 'short')} ${Number(time.slice(8, 10))}`;
  if (grain === 'hour' && time.slice(11, 13) === '00') return formats.bucket(time.slice(0, 10), 'day', 'axis');
  return formats.bucket(time, grain, 'axis');
}

/** The axis's labels; over several years the first label of each says its year. */
export function axisLabels(
  times: readonly string[],
  grain: string,
  labelled: readonly boolean[],
  formats: Formats,
): string[] {
  const severalYears = spansYears(times);
  let said = '';
  return times.map((time, index) => {
    const label = axisLabel(time, grain, times.length, formats);
    if (!labelled[index] || !severalYears || grain === 'hour') return label;
    const year = time.slice(0, 4);
    const first = year !== said;
    said = year;
    return first && !label.includes(year) ? `${label} ${year}` : label;
  });
}

function spansYears(times: readonly string[]): boolean {
  return times[0]?.slice(0, 4) !== times.at(-1)?.slice(0, 4);
}

/** Which buckets carry a label: month starts on long daily and weekly axes, else every n-th so that labels keep apart. */
export function labelledBuckets(times: readonly string[], grain: string, width: number): boolean[] {
  const withYears = (grain === 'day' || grain === 'week') && spansYears(times);
  const room = Math.max(2, Math.floor(width / (withYears ? 88 : 64)));
  const long = (grain === 'day' || grain === 'week') && times.length > 45 * (grain === 'day' ? 1 : 1 / 3);
  if (long) {
    const starts = times.map((time, index) => index > 0 && time.slice(0, 7) !== times[index - 1]?.slice(0, 7));
    const months = starts.filter(Boolean).length;
    const every = Math.max(1, Math.ceil(months / room));
    if (months >= 2) {
      let seen = -1;
      return starts.map((start) => {
        if (start) seen++;
        return start && seen % every === 0;
      });
    }
  }
  const every = Math.max(1, Math.ceil(times.length / room));
  return times.map((_, index) => index % every === 0);
}

/** Solid where complete; the parts that touch a partial bucket are drawn dashed. */
export function splitPartial(
  values: readonly (number | null)[],
  partial: readonly boolean[],
): { solid: (number | null)[]; dashed: (number | null)[] | null } {
  if (!partial.some((isPartial, index) => isPartial && values[index] !== null)) {
    return { solid: [...values], dashed: null };
  }
  return {
    solid: values.map((value, index) => (partial[index] ? null : value)),
    dashed: values.map((value, index) => (partial[index] || partial[index - 1] || partial[index + 1] ? value : null)),
  };
}

/** Lines of `set` as ECharts draws them into a box of `size`; `shown` are the keys of the lines that are not faded or hidden. */
export function lineChart(
  set: SeriesSet,
  size: { width: number; height: number },
  formats: Formats,
  shown: ReadonlySet<string> | null = null,
): LineChart {
  const visible = set.series.filter((line) => shown === null || shown.has(line.key));
  const withCompared = visible.length <= COMPARED_LINES;
  const values = visible.flatMap((line) => [...line.values, ...(withCompared ? (line.compared ?? []) : [])]);
  const format = visible[0]?.column.format;
  const axis = axisTicks(values, { zero: false, integers: format === 'integer' || format === 'compact' });
  const column = visible[0]?.column ?? {};
  const axisTexts = axis.ticks.map((tick) => tickText(tick, axis, column, formats));
  const direct = set.series.length <= DIRECT_LABELS && size.width >= 420;
  const labelRoom =
    direct && set.series.length > 1
      ? Math.min(180, Math.max(...set.series.map((line) => textWidth(line.label)), 0) + 30)
      : 12;
  const area: PlotArea = {
    ...size,
    left: Math.max(...axisTexts.map((text) => textWidth(text)), 16) + 10,
    right: labelRoom,
    top: 12,
    bottom: 26,
  };
  const labelled = labelledBuckets(set.times, set.grain, plotWidth(area));

  const series: Record<string, unknown>[] = [];
  const line = (name: string, data: (number | null)[], style: Record<string, unknown>, z: number): void => {
    series.push({
      type: 'line',
      name,
      data: data.map((value, index) =>
        // A value between two gaps has no line and needs a dot.
        value !== null && data[index - 1] == null && data[index + 1] == null
          ? { value, symbol: 'circle', symbolSize: 5 }
          : value,
      ),
      z,
      lineStyle: style,
      itemStyle: { color: style['color'] },
      symbol: 'none',
      silent: true,
      animation: false,
      emphasis: { disabled: true },
    });
  };
  visible.forEach((entry) => {
    const place = set.series.indexOf(entry);
    const color = paletteColor(entry.color);
    if (withCompared && entry.compared) {
      line(`${entry.label} before`, entry.compared, { color: 'var(--color-compare)', width: 1.5, type: [4, 4] }, 1);
    }
    const { solid, dashed } = splitPartial(entry.values, unsettledBuckets(set));
    const type = set.series.length > DIRECT_LABELS ? (DASHES[place] ?? 'solid') : 'solid';
    line(entry.label, solid, { color, width: 2, type }, 3);
    if (dashed) line(`${entry.label} so far`, dashed, { color, width: 2, type: [3, 3] }, 2);
  });

  const ends = visible.map((entry) => valueY(area, lastValue(entry) ?? axis.min, axis.min, axis.max));
  const placed = spreadLabels(ends, 24, area.top + 6, size.height - area.bottom - 6);
  return {
    area,
    axis,
    labels: direct
      ? visible.map((entry, index) => ({
          key: entry.key,
          label: entry.label,
          color: entry.color,
          y: placed[index] ?? area.top,
        }))
      : [],
    option: {
      animation: false,
      grid: { left: area.left, right: area.right, top: area.top, bottom: area.bottom },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: axisLabels(set.times, set.grain, labelled, formats),
        axisLabel: { ...AXIS_TEXT, interval: (index: number) => labelled[index] === true, hideOverlap: true },
        axisTick: { show: true, interval: (index: number) => labelled[index] === true, lineStyle: GRID_LINE },
        axisLine: { lineStyle: { color: 'var(--color-axis)', width: 1 } },
      },
      yAxis: {
        type: 'value',
        min: axis.min,
        max: axis.max,
        interval: (axis.ticks[1] ?? axis.max) - (axis.ticks[0] ?? axis.min),
        axisLabel: {
          ...AXIS_TEXT,
          formatter: (value: number) => formats.value(value, column, value === axis.max ? 'card' : 'axis'),
        },
        splitLine: { lineStyle: GRID_LINE },
      },
      series,
    },
  };
}
