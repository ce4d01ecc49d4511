import type { SourceCondition, SourceGroups, SourceRule, Touch } from '../contract/source-groups.ts';
import { UNASSIGNED } from '../contract/words.ts';
import { checkExpression } from './check-expression.ts';

/** Gives the group of a touch; UNASSIGNED where no rule fits. */
export type Classify = (touch: Touch) => string;

/** A touch as rules see it: every field in lower case, absent where nothing is known. */
interface Said {
  fields: Touch;
  /** Of a source that is a host: the site behind its phone or language edition (`m.example.com` is `example.com`, too). */
  site: string | undefined;
}

type Test = (said: Said) => boolean;

/**
 * Compiles rules once for many touches. Pure. A rule whose list or expression cannot be used fits nothing; `checkSourceRules` tells.
 * @returns the classifier, and which rule decides: its index in `rules`, -1 for none
 */
export function compileSourceGroups({ rules, lists }: SourceGroups): {
  classify: Classify;
  ruleOf(touch: Touch): number;
} {
  const sets = new Map(Object.entries(lists).map(([name, values]) => [name, new Set(values.map(asSaid))]));
  const tests = rules.map((rule) => compileRule(rule, sets));
  const ruleOf = (touch: Touch): number => {
    const fields = normaliseTouch(touch);
    const said = { fields, site: siteOf(fields) };
    return tests.findIndex((test) => test(said));
  };
  return { ruleOf, classify: (touch) => rules[ruleOf(touch)]?.group ?? UNASSIGNED };
}

/**
 * Lower case, trimmed, without what is empty; of a referring address only the host. Where neither source nor medium is known the
 * referring host stands for the source, and the medium is `referral`.
 */
export function normaliseTouch(touch: Touch): Touch {
  const said: Record<string, string> = {};
  for (const [field, value] of Object.entries(touch)) {
    const text = field === 'referrer' ? hostOf(asSaid(value ?? '')) : asSaid(value ?? '');
    if (text !== '') said[field] = text;
  }
  const { source, medium, referrer } = said;
  if (source !== undefined || medium !== undefined || referrer === undefined) return said;
  return { ...said, source: referrer.replace(/^www\./, ''), medium: 'referral' };
}

/** Whether one condition holds for a text that is known of its field. Lists are not looked at. */
export function fitsText(condition: SourceCondition, text: string): boolean {
  return compileCondition(condition, new Map())({ fields: { [condition.field]: asSaid(text) }, site: undefined });
}

/** Lower case, trimmed. */
export const asSaid = (text: string): string => text.trim().toLowerCase();

/** Longer texts are looked at up to here: an expression must not take long on whatever stands in a link. */
const LONGEST_MATCHED = 200;

const hostOf = (address: string): string => address.replace(/^[a-z][a-z0-9+.-]*:\/\//, '').replace(/[/:?#].*$/s, '');

/** Editions of one site: for phones, behind link shims, by language or country. */
const EDITION = /^(?:www\d?|m|mobile|touch|amp|l|lm|old|new|out|web|[a-z]{2}(?:-[a-z]{2})?)\.(?=[^.]+\.[^.])/;

function siteOf({ source }: Touch): string | undefined {
  const site = source?.replace(EDITION, '');
  return site === source ? undefined : site;
}

function compileRule({ when }: SourceRule, sets: ReadonlyMap<string, ReadonlySet<string>>): Test {
  const tests = when.map((condition) => compileCondition(condition, sets));
  return (said) => tests.every((test) => test(said));
}

function compileCondition(condition: SourceCondition, sets: ReadonlyMap<string, ReadonlySet<string>>): Test {
  const { field } = condition;
  if (condition.empty !== undefined) return ({ fields }) => (fields[field] === undefined) === condition.empty;
  const test = compileText(condition, sets);
  return ({ fields, site }) => {
    const text = fields[field];
    if (text === undefined) return false;
    return test(text) || (field === 'source' && site !== undefined && test(site));
  };
}

function compileText(
  condition: SourceCondition,
  sets: ReadonlyMap<string, ReadonlySet<string>>,
): (text: string) => boolean {
  const { is, contains, starts, ends, matches } = condition;
  if (is !== undefined) return holds(is, (text, wanted) => text === wanted);
  if (condition.in !== undefined) return isOneOf(new Set(condition.in.map(asSaid)));
  if (condition.in_list !== undefined) return isOneOf(sets.get(condition.in_list) ?? new Set());
  if (contains !== undefined) return holds(contains, (text, wanted) => text.includes(wanted));
  if (starts !== undefined) return holds(starts, (text, wanted) => text.startsWith(wanted));
  if (ends !== undefined) return holds(ends, (text, wanted) => text.endsWith(wanted));
  const expression = matches === undefined ? undefined : readExpression(matches);
  return (text) => expression?.test(text.slice(0, LONGEST_MATCHED)) === true;
}

function holds(asWritten: string, compare: (text: string, wanted: string) => boolean): (text: string) => boolean {
  const wanted = asSaid(asWritten);
  return (text) => compare(text, wanted);
}

const isOneOf = (wanted: ReadonlySet<string>) => (text: string) => wanted.has(text);

/** Nothing where it must not run. */
function readExpression(text: string): RegExp | undefined {
  return checkExpression(text) === undefined ? new RegExp(text, 'iu') : undefined;
}
