import { type FormEvent, useId, useState } from 'react';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import {
  type DateRange,
  formatPeriod,
  PERIOD_PRESETS,
  type Period,
  type PeriodContext,
  PRESET_GROUPS,
  type PresetGroup,
  resolvePeriod,
} from '../../src/contract/period.ts';
import { describePeriod } from '../../src/contract/period-compare.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { useMediaQuery } from '../layout/use-media-query.ts';
import { RangeCalendar } from './range-calendar.tsx';

interface PeriodPanelProps {
  view: ViewState;
  period: Period;
  compare: DateRange | null;
  context: PeriodContext;
  workspace: WorkspaceInfo;
  onView(patch: Partial<ViewState>): void;
  onClose(): void;
}

/** Presets at the left, months at the right, and the sentence that says what was chosen. */
export function PeriodPanel(props: PeriodPanelProps) {
  const { view, period, compare, context, workspace, onView, onClose } = props;
  const roomy = useMediaQuery('(min-width: 62em)');
  const choose = (id: string) => {
    onView({ period: id });
    onClose();
  };
  return (
    <div className="period-panel">
      <div className="presets">
        {(Object.keys(PRESET_GROUPS) as PresetGroup[]).map((group) => (
          <fieldset key={group} className="preset-group" aria-label={PRESET_GROUPS[group]}>
            {PERIOD_PRESETS.filter((preset) => preset.group === group).map((preset) => (
              <button
                key={preset.id}
                type="button"
                className="preset"
                aria-pressed={period.id === preset.id}
                onClick={() => choose(preset.id)}
              >
                {preset.label}
                {'key' in preset && (
                  <span aria-hidden="true" className="preset-key">
                    {preset.key.replace('Shift ', '⇧').toUpperCase()}
                  </span>
                )}
              </button>
            ))}
          </fieldset>
        ))}
      </div>
      <div className="period-side">
        <TypedPeriod context={context} locale={workspace.locale} onChoose={choose} />
        <RangeCalendar
          key={`${period.start} ${period.end} ${roomy}`}
          range={period}
          onPick={(range) => choose(formatPeriod(range))}
          months={roomy ? 2 : 1}
          weekStart={workspace.week_start}
          locale={workspace.locale}
          today={workspace.today}
          data={workspace.data}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={view.to !== 'complete'}
            onChange={(event) => onView({ to: event.currentTarget.checked ? 'now' : 'complete' })}
          />
          Include today (partial)
        </label>
        <p className="period-sentence">{describePeriod(period, compare, workspace.locale)}</p>
        <p className="faint">Times in {workspace.time_zone}</p>
      </div>
    </div>
  );
}

/** `16.11-22.11`, `W47`, `last 3 weeks`: understood while it is typed. */
function TypedPeriod({
  context,
  locale,
  onChoose,
}: {
  context: PeriodContext;
  locale: string;
  onChoose(id: string): void;
}) {
  const [text, setText] = useState('');
  const id = useId();
  const read = text.trim() === '' ? null : resolvePeriod(text, context);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (read?.ok) onChoose(read.id);
  };
  return (
    <form className="typed-period" onSubmit={submit}>
      <label htmlFor={id}>Or type it</label>
      <input
        id={id}
        className="field"
        value={text}
        placeholder="16.11-22.11, W47, last 3 weeks"
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-read`}
        aria-invalid={read?.ok === false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <span id={`${id}-read`} className="faint" role="status">
        {read === null ? '' : read.ok ? describePeriod(read, null, locale) : 'Not a period yet'}
      </span>
    </form>
  );
}
