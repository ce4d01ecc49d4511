import { type KeyboardEvent, type MouseEvent, Suspense, useMemo, useState } from 'react';
import type { ResultColumn } from '../../src/contract/result.ts';
import { announce } from '../layout/messages.tsx';
import { useDashboard } from '../tile/dashboard-context.ts';
import { arrowMove } from './arrow-keys.ts';
import { type Bar, barChart, describeBars, intervalWords } from './bar-options.ts';
import { BarWhiskers } from './bar-whiskers.tsx';
import { Chart } from './chart-part.ts';
import { ChartTooltip, type TooltipContent, tooltipText } from './chart-tooltip.tsx';
import { bandAtY, bandY, plotHeight } from './plot-area.ts';
import { useSize } from './use-size.ts';

/** Horizontal bars. Click or Enter selects a bar, which filters the page; arrows, Home, End move; Esc leaves. */
export function BarPlot(props: {
  title: string;
  bars: Bar[];
  column: ResultColumn;
  height: number;
  /** Of the whole, for the shares; null where parts do not add up to it. */
  total: number | null;
  selected: ReadonlySet<string>;
  onSelect: (bar: Bar, add: boolean) => void;
}) {
  const { title, bars, column, height, total, selected, onSelect } = props;
  const { formats } = useDashboard();
  const [ref, { width }] = useSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const chart = useMemo(
    () => (width > 0 ? barChart(bars, column, { width, height }, formats, selected) : null),
    [bars, column, width, height, formats, selected],
  );
  const label = useMemo(() => describeBars(title, bars, column, formats), [title, bars, column, formats]);

  const noteOf = (bar: Bar): string | undefined => {
    const notes = [
      ...(bar.interval ? [`95 % interval ${intervalWords(bar.interval, column, formats)}`] : []),
      ...(bar.sample === null ? [] : [`n = ${formats.value(bar.sample, { format: 'integer' }, 'table')}`]),
      ...(bar.small ? ['small sample'] : []),
      ...(total && bar.amount !== null
        ? [`${formats.value(bar.amount / total, { format: 'percent' }, 'card')} of all`]
        : []),
    ];
    return notes.length === 0 ? undefined : notes.join(', ');
  };
  const contentOf = (bar: Bar): TooltipContent => ({
    heading: bar.label,
    rows: [
      {
        key: bar.value,
        label: column.label,
        color: bar.color,
        value: bar.notApplicable ? 'n/a' : formats.value(bar.amount, column, 'table'),
        before: bar.compared === null ? undefined : formats.value(bar.compared, column, 'table'),
        change: formats.change(bar.amount, bar.compared, column),
      },
    ],
    note: noteOf(bar),
  });
  const moveTo = (index: number): void => {
    const clamped = Math.min(bars.length - 1, Math.max(0, index));
    const bar = bars[clamped];
    setCursor(clamped);
    if (bar) announce(tooltipText(contentOf(bar)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.altKey) return;
    const bar = cursor === null ? undefined : bars[cursor];
    const key = { ArrowLeft: 'ArrowUp', ArrowRight: 'ArrowDown' }[event.key] ?? event.key;
    const end = { Home: 0, End: bars.length - 1 }[key];
    const move = arrowMove(key, cursor === null ? null : { column: 0, row: cursor }, { columns: 1, rows: bars.length });
    if (move) moveTo(end ?? move.row);
    else if (key === 'Enter' && bar) onSelect(bar, event.ctrlKey);
    else if (key === 'Escape' && cursor !== null) setCursor(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const bandOf = (event: MouseEvent<HTMLElement>): number | null => {
    if (!chart) return null;
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
    return y > height - chart.area.bottom ? null : bandAtY(chart.area, y, bars.length);
  };
  const active = cursor === null ? undefined : bars[cursor];

  return (
    <div ref={ref} className="plot" style={{ height }}>
      {chart && (
        <>
          <div
            className="plot-picture plot-clickable"
            role="img"
            aria-label={label}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the bars one by one
            tabIndex={0}
            style={{ height }}
            onKeyDown={onKeyDown}
            onPointerMove={(event) => setCursor(bandOf(event))}
            onPointerLeave={() => setCursor(null)}
            onBlur={() => setCursor(null)}
            onClick={(event) => {
              const bar = bars[bandOf(event) ?? -1];
              if (bar) onSelect(bar, event.ctrlKey || event.metaKey);
            }}
          >
            {cursor !== null && (
              <span
                className="plot-band"
                aria-hidden="true"
                style={{
                  top: chart.area.top + (plotHeight(chart.area) / bars.length) * cursor,
                  height: plotHeight(chart.area) / bars.length,
                }}
              />
            )}
            <Suspense fallback={null}>
              <Chart option={chart.option} width={width} height={height} />
            </Suspense>
            <BarWhiskers bars={bars} column={column} area={chart.area} axis={chart.axis} selected={selected} />
          </div>
          {active && cursor !== null && (
            <ChartTooltip
              content={contentOf(active)}
              x={width * 0.5 + 1}
              y={bandY(chart.area, cursor, bars.length) + 44}
              width={width}
              pinned={false}
            />
          )}
        </>
      )}
    </div>
  );
}
