import type { SourceCondition, SourceRule, Touch } from '../../src/contract/source-groups.ts';
import type { SourceField } from '../../src/contract/words.ts';

/** Rules while somebody works on them: conditions may be incomplete, and every step can be undone. Pure. */

export const COMPARISONS = ['is', 'in', 'in_list', 'contains', 'starts', 'ends', 'matches', 'empty', 'known'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface DraftCondition {
  id: number;
  field: SourceField;
  how: Comparison;
  /** As it is typed; several values of `in` by commas. Nothing for `empty` and `known`. */
  value: string;
}

export interface DraftRule {
  id: number;
  group: string;
  when: DraftCondition[];
}

export interface RuleDraft {
  rules: readonly DraftRule[];
  /** What it was before each step, the last one last. */
  past: readonly (readonly DraftRule[])[];
  /** Typing into one field is one step. */
  field: string | null;
  nextId: number;
}

export function startDraft(rules: readonly SourceRule[]): RuleDraft {
  const { drafted, nextId } = draftRules(rules, 1);
  return { rules: drafted, past: [], field: null, nextId };
}

export type DraftStep =
  | { type: 'start'; rules: readonly SourceRule[] }
  | { type: 'replace'; rules: readonly SourceRule[] }
  /** At the top, where nothing can take from it; what was left over goes to the end, where it takes from nobody. */
  | { type: 'add'; rule: SourceRule; at: 'top' | 'end' }
  | { type: 'remove'; id: number }
  | { type: 'move'; id: number; by: -1 | 1 }
  | { type: 'group'; id: number; group: string }
  | { type: 'add-condition'; id: number }
  | { type: 'remove-condition'; id: number; condition: number }
  | { type: 'condition'; id: number; condition: number; patch: Partial<Omit<DraftCondition, 'id'>> }
  | { type: 'undo' };

export function stepDraft(draft: RuleDraft, step: DraftStep): RuleDraft {
  const { rules, nextId } = draft;
  const after = (next: readonly DraftRule[], field: string | null = null, ids = 0): RuleDraft => ({
    rules: next,
    past: field !== null && field === draft.field ? draft.past : [...draft.past, rules],
    field,
    nextId: nextId + ids,
  });
  const changeRule = (id: number, change: (rule: DraftRule) => DraftRule) =>
    rules.map((rule) => (rule.id === id ? change(rule) : rule));

  switch (step.type) {
    case 'start':
      return startDraft(step.rules);
    case 'replace': {
      const replaced = draftRules(step.rules, nextId);
      return after(replaced.drafted, null, replaced.nextId - nextId);
    }
    case 'add': {
      const { drafted, nextId: next } = draftRules([step.rule], nextId);
      return after(step.at === 'top' ? [...drafted, ...rules] : [...rules, ...drafted], null, next - nextId);
    }
    case 'remove':
      return after(rules.filter(({ id }) => id !== step.id));
    case 'move': {
      const from = rules.findIndex(({ id }) => id === step.id);
      const to = from + step.by;
      const moved = rules[from];
      if (moved === undefined || to < 0 || to >= rules.length) return draft;
      return after(rules.toSpliced(from, 1).toSpliced(to, 0, moved));
    }
    case 'group':
      return after(
        changeRule(step.id, (rule) => ({ ...rule, group: step.group })),
        `group ${step.id}`,
      );
    case 'add-condition':
      return after(
        changeRule(step.id, (rule) => ({
          ...rule,
          when: [...rule.when, { id: nextId, field: 'source', how: 'is', value: '' }],
        })),
        null,
        1,
      );
    case 'remove-condition':
      return after(
        changeRule(step.id, (rule) => ({ ...rule, when: rule.when.filter(({ id }) => id !== step.condition) })),
      );
    case 'condition':
      return after(
        changeRule(step.id, (rule) => ({
          ...rule,
          when: rule.when.map((one) => (one.id === step.condition ? { ...one, ...step.patch } : one)),
        })),
        step.patch.value === undefined ? null : `value ${step.condition}`,
      );
    case 'undo': {
      const before = draft.past.at(-1);
      return before === undefined ? draft : { ...draft, rules: before, past: draft.past.slice(0, -1), field: null };
    }
  }
}

/** The rules that can be used as they are, with their places in the draft. */
export function finishedRules(rules: readonly DraftRule[]): { rules: SourceRule[]; ids: number[] } {
  const finished = rules.flatMap((rule) => {
    const when = rule.when.map(finishCondition).filter((condition) => condition !== null);
    const group = rule.group.trim();
    const whole = group !== '' && when.length === rule.when.length && when.length > 0;
    return whole ? [{ id: rule.id, rule: { group, when } }] : [];
  });
  return { rules: finished.map(({ rule }) => rule), ids: finished.map(({ id }) => id) };
}

/** null while something is missing. */
export function finishCondition({ field, how, value }: DraftCondition): SourceCondition | null {
  if (how === 'empty') return { field, empty: true };
  if (how === 'known') return { field, empty: false };
  if (how === 'in') {
    const values = splitList(value);
    return values.length === 0 ? null : { field, in: values };
  }
  const text = value.trim();
  return text === '' ? null : { field, [how]: text };
}

/** A rule for registrations that came so. */
export function ruleOfTouch({ source, medium, campaign, referrer }: Touch): SourceRule {
  const is = (field: SourceField, text: string | undefined): SourceCondition[] =>
    text === undefined ? [] : [{ field, is: text }];
  const known = [...is('source', source), ...is('medium', medium)];
  const instead = campaign === undefined ? is('referrer', referrer) : is('campaign', campaign);
  return {
    group: '',
    when: known.length > 0 ? known : instead.length > 0 ? instead : [{ field: 'source', empty: true }],
  };
}

function draftRules(rules: readonly SourceRule[], firstId: number): { drafted: DraftRule[]; nextId: number } {
  let nextId = firstId;
  const drafted = rules.map(({ group, when }) => ({
    id: nextId++,
    group,
    when: when.map((condition) => ({ id: nextId++, field: condition.field, ...asTyped(condition) })),
  }));
  return { drafted, nextId };
}

function asTyped(condition: SourceCondition): Pick<DraftCondition, 'how' | 'value'> {
  if (condition.empty !== undefined) return { how: condition.empty ? 'empty' : 'known', value: '' };
  if (condition.in !== undefined) return { how: 'in', value: joinList(condition.in) };
  const how = (['is', 'in_list', 'contains', 'starts', 'ends', 'matches'] as const).find(
    (key) => condition[key] !== undefined,
  );
  return how === undefined ? { how: 'is', value: '' } : { how, value: condition[how] ?? '' };
}

/** Values by commas; one that has a comma itself stands in quotes. */
export function joinList(values: readonly string[]): string {
  return values.map((value) => (value.includes(',') ? `"${value}"` : value)).join(', ');
}

export function splitList(text: string): string[] {
  const found = text.match(/\s*"[^"]*"|[^,\n]+/g) ?? [];
  return found
    .map((value) =>
      value
        .trim()
        .replace(/^"(.*)"$/s, '$1')
        .trim(),
    )
    .filter((value) => value !== '');
}
