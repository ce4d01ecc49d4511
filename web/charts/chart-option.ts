import type { FormatColumn, Formats } from '../tile/formats.ts';
import type { AxisTicks } from './axis-ticks.ts';

/** What a chart hands to ECharts; built by pure functions, read only by chart.tsx. */
export type ChartOption = Record<string, unknown>;

/** Colours are custom properties of web/theme/tokens.css: the theme switch and print change them without a redraw. */
export function paletteColor(index: number): string {
  return index >= 1 && index <= 6 ? `var(--color-cat-${index})` : 'var(--color-cat-other)';
}

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const AXIS_TEXT = { color: 'var(--color-muted)', fontSize: 12, fontFamily: FONT } as const;
export const GRID_LINE = { color: 'var(--color-grid)', width: 1 } as const;

/** A tick's words; the currency stands at the top only. */
export function tickText(value: number, axis: AxisTicks, column: FormatColumn, formats: Formats): string {
  return formats.value(value, column, value === axis.max && column.format === 'currency' ? 'card' : 'axis');
}
