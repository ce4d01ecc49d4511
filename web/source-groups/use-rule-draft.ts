import { useEffect, useMemo, useReducer, useRef } from 'react';
import type { SourceRule } from '../../src/contract/source-groups.ts';
import { type DraftStep, finishedRules, type RuleDraft, startDraft, stepDraft } from './rule-draft.ts';

/** The draft of rules on the page. Rules that come anew from the server replace it as long as nothing was changed. */
export function useRuleDraft(inForce: readonly SourceRule[]): {
  draft: RuleDraft;
  step(step: DraftStep): void;
  rules: SourceRule[];
  ids: number[];
  /** Some rule is not finished. */
  unfinished: number;
  changed: boolean;
} {
  const [draft, step] = useReducer(stepDraft, inForce, startDraft);
  const { rules, ids } = useMemo(() => finishedRules(draft.rules), [draft.rules]);
  const base = JSON.stringify(inForce);
  const unfinished = draft.rules.length - rules.length;
  const changed = unfinished > 0 || JSON.stringify(rules) !== base;

  const known = useRef(base);
  useEffect(() => {
    if (known.current === base) return;
    const wasChanged = JSON.stringify(rules) !== known.current;
    known.current = base;
    if (!wasChanged) step({ type: 'start', rules: JSON.parse(base) as SourceRule[] });
  }, [base, rules]);
  return { draft, step, rules, ids, unfinished, changed };
}
