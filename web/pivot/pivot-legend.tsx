import type { HeatScope } from '../../src/contract/dashboard.ts';
import { paletteStep, stepLabels } from '../charts/heat-scale.ts';

const SCOPES: readonly { value: HeatScope; label: string }[] = [
  { value: 'table', label: 'Whole table' },
  { value: 'column', label: 'Each column' },
  { value: 'row', label: 'Each row' },
  { value: 'off', label: 'Off' },
];

/** What the colours compare, and the breaks between them; of the row or column of the current cell where each has its own. */
export function PivotLegend(props: {
  scope: HeatScope;
  onScope: (scope: HeatScope) => void;
  breaks: readonly number[];
  /** The row or column whose breaks are printed. */
  of: string | null;
  text: (value: number) => string;
  /** Words for what is hatched and what is grey; null where nothing is. */
  hatched: string | null;
  small: string | null;
}) {
  const { scope, breaks } = props;
  const steps = breaks.length + 1;
  return (
    <div className="pivot-legend">
      <label className="pivot-choice">
        Colours
        <select className="field" value={scope} onChange={(event) => props.onScope(scopeOf(event.currentTarget.value))}>
          {SCOPES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <ul className="heat-legend" aria-label="Colour scale">
        {scope !== 'off' && props.of !== null && <li className="pivot-legend-of">{props.of}:</li>}
        {scope !== 'off' &&
          stepLabels(breaks, props.text).map((text, index) => (
            <li key={text}>
              <span className="heat-swatch" data-step={paletteStep(index + 1, steps)} aria-hidden="true" />
              {text}
            </li>
          ))}
        {props.hatched && (
          <li>
            <span className="heat-swatch" data-state="running" aria-hidden="true" />
            {props.hatched}
          </li>
        )}
        {props.small && <li>{props.small}</li>}
        <li>—, n/a: no data</li>
      </ul>
    </div>
  );
}

/** With one measure on the screen "measure" and "table" are the same choice. */
export function scopeOf(value: string): HeatScope {
  return SCOPES.find((one) => one.value === value)?.value ?? 'table';
}
