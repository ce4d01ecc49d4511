import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { WorkspaceInfo } from '../../src/contract/api.ts';
import {
  type DateRange,
  formatPeriod,
  type Period,
  type PeriodContext,
  stepPeriod,
} from '../../src/contract/period.ts';
import { describePeriod, describeRange } from '../../src/contract/period-compare.ts';
import { addDays } from '../../src/contract/plain-date.ts';
import type { ViewState } from '../../src/contract/url.ts';
import { Layer } from '../layout/layer.tsx';
import { PeriodPanel } from './period-panel.tsx';

interface PeriodPickerProps {
  view: ViewState;
  period: Period;
  compare: DateRange | null;
  context: PeriodContext;
  workspace: WorkspaceInfo;
  opened: boolean;
  onOpened(opened: boolean): void;
  onView(patch: Partial<ViewState>): void;
  /** Leaves the weekdays out. */
  narrow: boolean;
}

/** The period as a button with its panel, between the arrows that step it. */
export function PeriodPicker(props: PeriodPickerProps) {
  const { period, workspace, onView } = props;
  const dates = describeRange(period, workspace.locale);
  const shown = props.narrow ? shortRange(period, workspace.locale) : dates;
  const step = (direction: -1 | 1) => onView({ period: formatPeriod(stepPeriod(period, direction)) });
  return (
    <div className="period-picker">
      <button
        type="button"
        className="button-icon"
        aria-label="Previous period"
        title="Previous period ([)"
        onClick={() => step(-1)}
      >
        <IconChevronLeft aria-hidden size={18} />
      </button>
      <Layer
        label="Period"
        opened={props.opened}
        onChange={props.onOpened}
        buttonLabel={`Period: ${isNamed(period) ? `${period.label} ${dates}` : shown}`}
        className="layer-wide"
        button={
          <>
            <IconCalendar aria-hidden size={16} />
            <span className="period-name" title={describePeriod(period, props.compare, workspace.locale)}>
              {isNamed(period) ? period.label : shown}
            </span>{' '}
            {isNamed(period) && <span className="period-dates faint">{dates}</span>}
          </>
        }
      >
        <PeriodPanel {...props} onClose={() => props.onOpened(false)} />
      </Layer>
      <button
        type="button"
        className="button-icon"
        aria-label="Next period"
        title="Next period (])"
        onClick={() => step(1)}
      >
        <IconChevronRight aria-hidden size={18} />
      </button>
    </div>
  );
}

/** Presets have names; dates speak for themselves. */
function isNamed(period: Period): boolean {
  return !/^\d{4}-\d{2}-\d{2}/.test(period.id);
}

/** "Jan 1 – Nov 15, 2024". */
function shortRange({ start, end }: DateRange, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.formatRange(new Date(start), new Date(addDays(end, -1)));
}
