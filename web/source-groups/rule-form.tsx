import { useEffect, useId, useRef } from 'react';
import { SOURCE_FIELDS, type SourceField } from '../../src/contract/words.ts';

import {
  COMPARISONS,
  type Comparison,
  type DraftCondition,
  type DraftRule,
  type DraftStep,
  finishCondition,
} from './rule-draft.ts';
import { COMPARISON_WORDS, FIELD_WORDS } from './rule-words.ts';

interface RuleFormProps {
  rule: DraftRule;
  /** Its number, from 1. */
  place: number;
  rules: readonly DraftRule[];
  lists: readonly string[];
  step(step: DraftStep): void;
  onClose(): void;
}

const MOST_CONDITIONS = 8;

/** One rule, open for changes; what it does is shown beside it at every change. */
export function RuleForm({ rule, place, rules, lists, step, onClose }: RuleFormProps) {
  const id = useId();
  const group = useRef<HTMLInputElement>(null);
  useEffect(() => {
    group.current?.focus();
  }, []);
  const groups = [...new Set(rules.filter((one) => one.id !== rule.id).map((one) => one.group.trim()))].filter(Boolean);
  return (
    <form
      className="rule-form"
      aria-label={`Rule ${place}`}
      onSubmit={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onClose();
      }}
    >
      <div className="rule-form-line">
        <label htmlFor={`${id}group`}>Group</label>
        <input
          ref={group}
          id={`${id}group`}
          className="field"
          list={`${id}groups`}
          maxLength={60}
          value={rule.group}
          placeholder="Partners"
          onChange={(event) => step({ type: 'group', id: rule.id, group: event.currentTarget.value })}
        />
        <datalist id={`${id}groups`}>
          {groups.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
      {rule.when.map((condition, index) => (
        <ConditionLine
          key={condition.id}
          condition={condition}
          first={index === 0}
          alone={rule.when.length === 1}
          lists={lists}
          onChange={(patch) => step({ type: 'condition', id: rule.id, condition: condition.id, patch })}
          onRemove={() => step({ type: 'remove-condition', id: rule.id, condition: condition.id })}
        />
      ))}
      <div className="rule-form-line">
        {rule.when.length < MOST_CONDITIONS && (
          <button type="button" className="button" onClick={() => step({ type: 'add-condition', id: rule.id })}>
            Add a condition
          </button>
        )}
        <button type="submit" className="button">
          Done
        </button>
        <span className="faint">All conditions must hold. Upper and lower case make no difference.</span>
      </div>
    </form>
  );
}

interface ConditionLineProps {
  condition: DraftCondition;
  first: boolean;
  alone: boolean;
  lists: readonly string[];
  onChange(patch: Partial<Omit<DraftCondition, 'id'>>): void;
  onRemove(): void;
}

function ConditionLine({ condition, first, alone, lists, onChange, onRemove }: ConditionLineProps) {
  const { field, how, value } = condition;
  const id = useId();
  const isList = how === 'in_list';
  const missing = finishCondition(condition) === null;
  return (
    <fieldset className="rule-form-line rule-condition">
      <legend className="visually-hidden">Condition</legend>
      <span className="faint" aria-hidden="true">
        {first ? 'When' : 'and'}
      </span>
      <select
        className="field"
        aria-label="Field"
        value={field}
        onChange={(event) => onChange({ field: event.currentTarget.value as SourceField })}
      >
        {SOURCE_FIELDS.map((name) => (
          <option key={name} value={name}>
            {FIELD_WORDS[name]}
          </option>
        ))}
      </select>
      <select
        className="field"
        aria-label="Comparison"
        value={how}
        onChange={(event) => {
          const next = event.currentTarget.value as Comparison;
          onChange({ how: next, ...(next === 'in_list' ? { value: lists[0] ?? '' } : isList ? { value: '' } : {}) });
        }}
      >
        {COMPARISONS.filter((name) => name !== 'in_list' || isList || lists.length > 0).map((name) => (
          <option key={name} value={name}>
            {COMPARISON_WORDS[name]}
          </option>
        ))}
      </select>
      {isList ? (
        <select
          className="field"
          aria-label="List"
          value={value}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        >
          {[...new Set([...lists, value])].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        how !== 'empty' &&
        how !== 'known' && (
          <input
            className="field rule-value"
            aria-label={how === 'in' ? 'Values, by commas' : 'Value'}
            aria-describedby={missing ? `${id}missing` : undefined}
            maxLength={how === 'in' ? undefined : 200}
            spellCheck={false}
            autoCapitalize="off"
            value={value}
            placeholder={how === 'in' ? 'first, second, third' : 'newsletter'}
            onChange={(event) => onChange({ value: event.currentTarget.value })}
          />
        )
      )}
      {!alone && (
        <button type="button" className="button-icon" aria-label="Remove this condition" onClick={onRemove}>
          ×
        </button>
      )}
      {missing && (
        <span id={`${id}missing`} className="rule-missing">
          Say what to look for.
        </span>
      )}
    </fieldset>
  );
}
