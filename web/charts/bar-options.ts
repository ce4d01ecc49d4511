import type { DimensionInfo } from '../../src/contract/api.ts';
import type { Interval } from '../../src/contract/intervals.ts';
import type { QueryResult, ResultColumn } from '../../src/contract/result.ts';
import { formatInterval, shareInterval } from '../format/interval.ts';
import type { Formats } from '../tile/formats.ts';
import { type AxisTicks, axisTicks } from './axis-ticks.ts';
import { AXIS_TEXT, type ChartOption, FONT, GRID_LINE, paletteColor, tickText } from './chart-option.ts';
import { type PlotArea, textWidth } from './plot-area.ts';
import { colorOf, labelOf, numberOf } from './series.ts';

export interface Bar {
  /** The dimension's value, for filters. */
  value: string;
  label: string;
  amount: number | null;
  compared: number | null;
  /** The metric has no meaning for this value. */
  notApplicable: boolean;
  /** Of a share, where intervals are asked for: where it lies, and of how many things it is one. */
  interval: Interval | null;
  sample: number | null;
  /** Of too few things to be believed. */
  small: boolean;
  color: number;
}

export interface BarChart {
  option: ChartOption;
  area: PlotArea;
  axis: AxisTicks;
}

/** Bars in the result's order. Without fixed colours every bar has the first colour: length alone tells them apart. */
export function toBars(
  result: QueryResult,
  metric: string,
  dimension: DimensionInfo | undefined,
  by: string,
  intervals = false,
): Bar[] {
  const column = result.columns.find((candidate) => candidate.name === metric);
  const missing = new Set(column?.not_applicable?.dimension === by ? column.not_applicable.values : []);
  const fixed = Object.keys(dimension?.colors ?? {}).length > 0;
  return result.rows.map((row, index) => {
    const value = String(row[by] ?? '');
    const amount = numberOf(row[metric]);
    const sample = intervals ? numberOf(row[`${metric}__n`]) : null;
    const small = sample !== null && sample < (column?.min_sample ?? 0);
    return {
      value,
      label: labelOf(dimension, row[by]),
      amount,
      compared: small ? null : numberOf(result.compare?.rows[index]?.[metric]),
      notApplicable: missing.has(value),
      interval: column ? shareInterval(amount, sample, column) : null,
      sample,
      small,
      color: small ? 0 : fixed ? colorOf(dimension, value, 6) : 1,
    };
  });
}

/** Height in pixels that gives every bar room to be read and touched. */
export function barChartHeight(count: number, compared: boolean): number {
  return Math.max(120, count * (compared ? 44 : 36) + 34);
}

/** The number at the end of a bar. */
export function barText(bar: Bar, column: ResultColumn, formats: Formats): string {
  if (bar.notApplicable) return 'n/a';
  const amount = formats.value(bar.amount, column, 'card');
  if (!bar.small || bar.sample === null) return amount;
  return `${amount} with n = ${formats.value(bar.sample, { format: 'integer' }, 'card')}`;
}

/** Bars with intervals show the comparison as a dot, and their numbers beyond the whiskers. */
export function hasWhiskers(bars: readonly Bar[]): boolean {
  return bars.some((bar) => bar.interval !== null);
}

/** Narrower plots leave it to the tooltip how many there were. */
export const showsSamples = ({ width }: { width: number }): boolean => width >= 420;

/** The farthest mark of a bar: its end, its whisker's or the comparison's. */
export function barReach(bar: Bar): number {
  return Math.max(bar.amount ?? 0, bar.interval?.high ?? 0, bar.compared ?? 0);
}

/** Horizontal bars from zero, the value at each end, the comparison as a thin grey bar beneath. Selected values stay strong, others fade. */
export function barChart(
  bars: readonly Bar[],
  column: ResultColumn,
  size: { width: number; height: number },
  formats: Formats,
  selected: ReadonlySet<string> = new Set(),
): BarChart {
  const whiskers = hasWhiskers(bars);
  const hasCompared = !whiskers && bars.some((bar) => bar.compared !== null);
  const axis = axisTicks(
    bars.flatMap((bar) => [bar.amount, bar.compared, bar.interval?.high ?? null]),
    { zero: true, integers: column.format === 'integer' },
  );
  const texts = bars.map((bar) => barText(bar, column, formats));
  const area: PlotArea = {
    ...size,
    left: Math.min(size.width * 0.4, Math.max(...bars.map((bar) => textWidth(bar.label, 13)), 24) + 16),
    right: Math.max(...texts.map((text) => textWidth(text, 14)), 24) + (whiskers && showsSamples(size) ? 64 : 8),
    top: 4,
    bottom: 26,
  };
  const ends: Record<string, unknown>[] = bars.map((bar, index) => ({
    value: bar.amount ?? 0,
    itemStyle: {
      color: paletteColor(bar.color),
      opacity: selected.size === 0 || selected.has(bar.value) ? 1 : 0.3,
      borderRadius: [0, 2, 2, 0],
    },
    label: { formatter: texts[index] ?? '' },
  }));
  const series: Record<string, unknown>[] = [
    {
      type: 'bar',
      name: column.label,
      data: ends,
      barMaxWidth: whiskers ? 20 : 30,
      barGap: '12%',
      silent: true,
      animation: false,
      emphasis: { disabled: true },
      label: {
        show: !whiskers,
        position: 'right',
        color: 'var(--color-ink)',
        fontSize: 13,
        fontWeight: 600,
        fontFamily: FONT,
        formatter: '',
      },
    },
  ];
  if (hasCompared) {
    series.push({
      type: 'bar',
      name: 'before',
      data: bars.map((bar) => bar.compared ?? 0),
      barMaxWidth: 6,
      itemStyle: { color: 'var(--color-compare)', borderRadius: [0, 2, 2, 0] },
      silent: true,
      animation: false,
      emphasis: { disabled: true },
    });
  }
  return {
    area,
    axis,
    option: {
      animation: false,
      grid: { left: area.left, right: area.right, top: area.top, bottom: area.bottom },
      xAxis: {
        type: 'value',
        min: axis.min,
        max: axis.max,
        interval: (axis.ticks[1] ?? axis.max) - (axis.ticks[0] ?? axis.min),
        axisLabel: {
          ...AXIS_TEXT,
          hideOverlap: true,
          formatter: (value: number) => tickText(value, axis, column, formats),
        },
        splitLine: { lineStyle: GRID_LINE },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: bars.map((bar) => bar.label),
        axisLabel: {
          ...AXIS_TEXT,
          color: 'var(--color-ink)',
          fontSize: 13,
          width: area.left - 10,
          overflow: 'truncate',
          interval: 0,
        },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: 'var(--color-axis)', width: 1 } },
      },
      series,
    },
  };
}

export function intervalWords(interval: Interval, { format }: ResultColumn, { locale }: Formats): string {
  return formatInterval(interval, { ...(format === undefined ? {} : { format }), locale });
}

/** The accessible name of the bars: how many, the largest, the smallest, the share of the largest. */
export function describeBars(title: string, bars: readonly Bar[], column: ResultColumn, formats: Formats): string {
  const known = bars.filter((bar) => bar.amount !== null && !bar.notApplicable);
  const [first] = known.toSorted((a, b) => (b.amount ?? 0) - (a.amount ?? 0));
  if (!first) return `${title}: no data.`;
  const list = bars.map((bar) => {
    const now = bar.notApplicable ? 'n/a' : formats.value(bar.amount, column, 'table');
    const change = formats.change(bar.amount, bar.compared, column);
    const between = bar.interval ? `, 95 % interval ${intervalWords(bar.interval, column, formats)}` : '';
    return `${bar.label} ${now}${between}${change ? `, ${change.words}` : ''}`;
  });
  return `${title}, bar chart with ${bars.length} ${bars.length === 1 ? 'bar' : 'bars'}, most for ${first.label}. ${list.slice(0, 8).join('; ')}.`;
}
