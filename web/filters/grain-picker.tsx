import { useId } from 'react';
import type { DateRange } from '../../src/contract/period.ts';
import { daysBetween } from '../../src/contract/plain-date.ts';
import type { Grain } from '../../src/contract/words.ts';

const LABELS: Record<Grain, string> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
};

/** Longest period in days that a grain is offered for, and the shortest. */
const SPAN: Record<Grain, [number, number]> = {
  hour: [0, 31],
  day: [2, 740],
  week: [14, 5_000],
  month: [59, 20_000],
  quarter: [181, 40_000],
  year: [732, 40_000],
};

export function offeredGrains(period: DateRange): Grain[] {
  const days = daysBetween(period.start, period.end);
  return (Object.keys(SPAN) as Grain[]).filter((grain) => days >= SPAN[grain][0] && days <= SPAN[grain][1]);
}

interface GrainPickerProps {
  grain: Grain | null;
  period: DateRange;
  onGrain(grain: Grain | null): void;
}

export function GrainPicker({ grain, period, onGrain }: GrainPickerProps) {
  const name = useId();
  const choices: (Grain | null)[] = [null, ...offeredGrains(period)];
  if (grain !== null && !choices.includes(grain)) choices.push(grain);
  return (
    <fieldset className="segments" aria-label="Grain of the time axis">
      {choices.map((choice) => (
        <label key={choice ?? 'auto'}>
          <input type="radio" name={name} checked={choice === grain} onChange={() => onGrain(choice)} />
          <span>{choice === null ? 'Auto' : LABELS[choice]}</span>
        </label>
      ))}
    </fieldset>
  );
}
