import type { ResultColumn } from '../../src/contract/result.ts';
import { useDashboard } from '../tile/dashboard-context.ts';
import type { AxisTicks } from './axis-ticks.ts';
import { type Bar, barReach, barText, hasWhiskers, showsSamples } from './bar-options.ts';
import { bandY, type PlotArea, plotWidth } from './plot-area.ts';

/** Over the bars: the interval of each as a whisker, the comparison as a dot, the number beyond both. The plot's name says all of it. */
export function BarWhiskers(props: {
  bars: readonly Bar[];
  column: ResultColumn;
  area: PlotArea;
  axis: AxisTicks;
  selected: ReadonlySet<string>;
}) {
  const { bars, column, area, axis, selected } = props;
  const { formats } = useDashboard();
  if (!hasWhiskers(bars)) return null;
  const x = (value: number): number => area.left + ((value - axis.min) / (axis.max - axis.min)) * plotWidth(area);
  return (
    <div className="bar-whiskers" aria-hidden="true">
      {bars.map((bar, index) => {
        const top = bandY(area, index, bars.length);
        return (
          <div key={bar.value} data-faded={(selected.size > 0 && !selected.has(bar.value)) || undefined}>
            {bar.interval && (
              <span
                className="bar-whisker"
                style={{ top, left: x(bar.interval.low), width: x(bar.interval.high) - x(bar.interval.low) }}
              />
            )}
            {bar.compared !== null && <span className="bar-before" style={{ top, left: x(bar.compared) }} />}
            <span className="bar-number" data-small={bar.small || undefined} style={{ top, left: x(barReach(bar)) }}>
              {barText(bar, column, formats)}
              {bar.sample !== null && !bar.small && showsSamples(area) && (
                <span className="bar-sample">n {formats.value(bar.sample, { format: 'integer' }, 'table')}</span>
              )}
            </span>
          </div>
        );
      })}
    </div>
  );
}
