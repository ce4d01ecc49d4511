import { useState } from 'react';
import type { TouchCount } from '../../src/contract/source-groups.ts';
import { formatValue } from '../format/index.ts';
import { touchWords } from './rule-words.ts';

interface UnassignedListProps {
  touches: readonly TouchCount[];
  /** All of them, also those that are not listed. */
  registrations: number;
  locale: string;
  onMakeRule(touch: TouchCount['touch']): void;
}

const FIRST_SHOWN = 10;

/** What no rule catches, the commonest first, each with a way to a rule. */
export function UnassignedList({ touches, registrations, locale, onMakeRule }: UnassignedListProps) {
  const [all, setAll] = useState(false);
  const count = (value: number) => formatValue(value, { locale }, 'table');
  const shown = all ? touches : touches.slice(0, FIRST_SHOWN);
  const told = touches.reduce((sum, touch) => sum + touch.registrations, 0);
  if (registrations === 0) return <p className="panel">Every registration has a group.</p>;
  return (
    <div className="panel unassigned-panel">
      <p>
        {count(registrations)} {registrations === 1 ? 'registration fits' : 'registrations fit'} no rule.
      </p>
      <ul className="plain-list">
        {shown.map(({ touch, registrations: some }) => (
          <li key={JSON.stringify(touch)}>
            <span className="unassigned-touch">{touchWords(touch)}</span>
            <span className="unassigned-count">{count(some)}</span>
            <button
              type="button"
              className="button"
              aria-label={`Make a rule from this: ${touchWords(touch)}`}
              onClick={() => onMakeRule(touch)}
            >
              Make a rule from this
            </button>
          </li>
        ))}
      </ul>
      {touches.length > shown.length && (
        <button type="button" className="button-text" onClick={() => setAll(true)}>
          Show {touches.length - shown.length} more
        </button>
      )}
      {told < registrations && <p className="faint">And {count(registrations - told)} that came in rarer ways.</p>}
    </div>
  );
}
