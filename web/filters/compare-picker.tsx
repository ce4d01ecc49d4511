import { type FormEvent, useId, useState } from 'react';
import type { DateRange, Period } from '../../src/contract/period.ts';
import { describePeriod, describeRange } from '../../src/contract/period-compare.ts';
import { addDays } from '../../src/contract/plain-date.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { Layer } from '../layout/layer.tsx';

const CHOICES = [
  { value: 'prev', label: 'Previous period', short: 'vs previous period' },
  { value: 'prev_year', label: 'Previous year', short: 'vs previous year' },
  { value: 'off', label: 'No comparison', short: 'No comparison' },
] as const;

interface ComparePickerProps {
  view: ViewState;
  period: Period;
  compare: DateRange | null;
  locale: string;
  opened: boolean;
  onOpened(opened: boolean): void;
  onView(patch: Partial<ViewState>): void;
}

export function ComparePicker({ view, period, compare, locale, opened, onOpened, onView }: ComparePickerProps) {
  const name = useId();
  const chosen = CHOICES.find((choice) => choice.value === view.compare);
  const text = compare ? (chosen?.short ?? `vs ${describeRange(compare, locale)}`) : 'No comparison';
  return (
    <Layer label="Comparison" opened={opened} onChange={onOpened} button={text} buttonLabel={`Comparison: ${text}`}>
      <fieldset className="choices">
        <legend className="layer-title">Compare with</legend>
        {CHOICES.map(({ value, label }) => (
          <label key={value} className="check">
            <input
              type="radio"
              name={name}
              checked={view.compare === value}
              onChange={() => onView({ compare: value })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <CustomRange view={view} compare={compare} period={period} onView={onView} />
      <label className="check">
        <input
          type="checkbox"
          checked={view.matchWeekday}
          onChange={(event) => onView({ matchWeekday: event.currentTarget.checked })}
        />
        Match weekdays
      </label>
      <p className="period-sentence">{describePeriod(period, compare, locale)}</p>
      {!period.comparable && <p className="faint">All time has nothing before it to compare with.</p>}
    </Layer>
  );
}

/** Native date fields: every browser and screen reader knows them. */
function CustomRange({
  view,
  compare,
  period,
  onView,
}: Pick<ComparePickerProps, 'view' | 'compare' | 'period' | 'onView'>) {
  const [from, setFrom] = useState(compare?.start ?? addDays(period.start, -7));
  const [to, setTo] = useState(compare ? addDays(compare.end, -1) : addDays(period.start, -1));
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (from !== '' && to !== '' && from <= to) onView({ compare: from === to ? from : `${from}..${to}` });
  };
  const custom = /^\d/.test(view.compare);
  return (
    <form className="custom-range" onSubmit={apply} data-on={custom || undefined}>
      <label>
        From
        <input
          type="date"
          className="field"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          required
        />
      </label>
      <label>
        To
        <input
          type="date"
          className="field"
          value={to}
          min={from}
          onChange={(event) => setTo(event.currentTarget.value)}
          required
        />
      </label>
      <button type="submit" className="button">
        Compare
      </button>
    </form>
  );
}
