import type { ReactNode } from 'react';
import { paletteColor } from './chart-option.ts';

export interface TooltipRow {
  key: string;
  label: string;
  color: number | null;
  value: string;
  /** The comparison's value, shown behind "was". */
  before?: string | undefined;
  change?: { glyph: string; text: string; tone: string; words: string } | null;
  strong?: boolean;
}

export interface TooltipContent {
  heading: string;
  /** The comparison has its own date. */
  comparedHeading?: string | undefined;
  rows: TooltipRow[];
  note?: string | undefined;
}

/** The tooltip as one sentence, for the live region. */
export function tooltipText(content: TooltipContent): string {
  const rows = content.rows.map((row) => `${row.label} ${row.value}${row.change ? `, ${row.change.words}` : ''}`);
  return [content.heading, ...rows, content.note].filter(Boolean).join('. ');
}

/**
 * Beside the point, never over it: on the side of the plot that has more room. `x`, `y` and `width` are pixels of the box around it.
 */
export function ChartTooltip(props: {
  content: TooltipContent;
  x: number;
  y: number;
  width: number;
  pinned: boolean;
  children?: ReactNode;
}) {
  const { content, x, y, width, pinned } = props;
  const side = x > width / 2 ? { right: Math.max(0, width - x + 14) } : { left: x + 14 };
  return (
    <div className="chart-tooltip" data-pinned={pinned || undefined} style={{ ...side, top: Math.max(0, y - 30) }}>
      <p className="chart-tooltip-heading">{content.heading}</p>
      {content.comparedHeading && <p className="chart-tooltip-compared">against {content.comparedHeading}</p>}
      <dl>
        {content.rows.map((row) => (
          <div key={row.key} className={row.strong ? 'chart-tooltip-strong' : undefined}>
            <dt>
              {row.color !== null && (
                <span className="swatch" style={{ background: paletteColor(row.color) }} aria-hidden="true" />
              )}
              {row.label}
            </dt>
            <dd>
              {row.value}
              {row.before !== undefined && <span className="chart-tooltip-before"> was {row.before}</span>}
              {row.change && (
                <span className={`change change-${row.change.tone}`}>
                  {' '}
                  {row.change.glyph} {row.change.text}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {content.note && <p className="chart-tooltip-note">{content.note}</p>}
      {props.children}
    </div>
  );
}
