import { BarChart, LineChart } from 'echarts/charts';
import { GridSimpleComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { ChartOption } from './chart-option.ts';

use([LineChart, BarChart, GridSimpleComponent, SVGRenderer]);

/**
 * The only file that knows ECharts: marks, axes and grid lines. Tooltips, legends, labels, keyboard and names are our own HTML
 * around it. SVG, so that custom properties colour it and print is sharp.
 */
export function Chart({ option, width, height }: { option: ChartOption; width: number; height: number }) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    chart.current ??= init(element, null, { renderer: 'svg', width, height });
    const instance = chart.current;
    if (instance.getWidth() !== width || instance.getHeight() !== height) instance.resize({ width, height });
    instance.setOption(option, { notMerge: true, silent: true });
  }, [option, width, height]);

  useEffect(
    () => () => {
      chart.current?.dispose();
      chart.current = null;
    },
    [],
  );

  return <div ref={holder} className="chart-marks" aria-hidden="true" style={{ width, height }} />;
}
