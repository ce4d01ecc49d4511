import {
  type SourceCondition,
  type SourceGroups,
  type SourceRule,
  type Touch,
  UNASSIGNED,
} from '../contract/source-groups.ts';

/** Gives the group of a touch; UNASSIGNED where no rule fits. */
export type Classify = (touch: Touch) => string;

type Test = (touch: Touch) => boolean;

/**
 * Compiles rules once for many touches. Pure. A rule whose list or expression cannot be used fits nothing; `checkSourceGroups` tells.
 * @returns the classifier, and how many rules from the top decided (for the count per rule): index into `rules`, -1 for none
 */
export function compileSourceGroups({ rules, lists }: SourceGroups): {
  classify: Classify;
  ruleOf(touch: Touch): number;
} {
  const sets = new Map(
    Object.entries(lists).map(([name, values]) => [name, new Set(values.map((value) => value.trim().toLowerCase()))]),
  );
  const tests = rules.map((rule) => compileRule(rule, sets));
  const ruleOf = (touch: Touch): number => {
    const said = normaliseTouch(touch);
    return tests.findIndex((test) => test(said));
  };
  return { ruleOf, classify: (touch) => rules[ruleOf(touch)]?.group ?? UNASSIGNED };
}

/** Lower case, trimmed, without what is empty. Where neither source nor medium is known the referring host stands for the source. */
export function normaliseTouch(touch: Touch): Touch {
  const said: Record<string, string> = {};
  for (const [field, value] of Object.entries(touch)) {
    const text = value?.trim().toLowerCase() ?? '';
    if (text !== '') said[field] = text;
  }
  const { source, medium, referrer } = said;
  if (source !== undefined || medium !== undefined || referrer === undefined) return said;
  return { ...said, source: referrer.replace(/^www\./, ''), medium: 'referral' };
}

function compileRule({ when }: SourceRule, sets: ReadonlyMap<string, ReadonlySet<string>>): Test {
  const tests = when.map((condition) => compileCondition(condition, sets));
  return (touch) => tests.every((test) => test(touch));
}

function compileCondition(condition: SourceCondition, sets: ReadonlyMap<string, ReadonlySet<string>>): Test {
  const { field } = condition;
  const lower = (text: string | undefined) => text?.trim().toLowerCase() ?? '';
  const on =
    (test: (text: string) => boolean): Test =>
    (touch) => {
      const text = touch[field];
      return text !== undefined && test(text);
    };
  if (condition.is !== undefined) {
    const wanted = lower(condition.is);
    return on((text) => text === wanted);
  }
  if (condition.in !== undefined) {
    const wanted = new Set(condition.in.map(lower));
    return on((text) => wanted.has(text));
  }
  if (condition.in_list !== undefined) {
    const wanted = sets.get(condition.in_list);
    return on((text) => wanted?.has(text) === true);
  }
  if (condition.contains !== undefined) {
    const wanted = lower(condition.contains);
    return on((text) => text.includes(wanted));
  }
  if (condition.starts !== undefined) {
    const wanted = lower(condition.starts);
    return on((text) => text.startsWith(wanted));
  }
  if (condition.ends !== undefined) {
    const wanted = lower(condition.ends);
    return on((text) => text.endsWith(wanted));
  }
  if (condition.matches !== undefined) {
    const expression = readExpression(condition.matches);
    return on((text) => expression?.test(text) === true);
  }
  const wantsEmpty = condition.empty !== false;
  return (touch) => (touch[field] === undefined) === wantsEmpty;
}

function readExpression(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'iu');
  } catch {
    return undefined;
  }
}
