import type { Problem } from '../contract/errors.ts';
import {
  type SourceCondition,
  type SourceGroups,
  type SourceRule,
  sourceGroupsFile,
} from '../contract/source-groups.ts';
import { didYouMean } from '../contract/suggest.ts';
import { SOURCE_FIELDS, UNASSIGNED } from '../contract/words.ts';
import { checkExpression } from './check-expression.ts';
import { parseDocument } from './parse-document.ts';
import { type Pointer, problemAt, type SourceDocument } from './source-document.ts';
import { asSaid, fitsText } from './source-groups.ts';

export interface CheckedSourceGroups {
  sourceGroups: SourceGroups;
  /** Where the rules in force stand, and what they would be without the workspace's own. */
  sourceRules: { file: string; own: boolean; standard: readonly SourceRule[] };
}

/** The workspace's file of source groups, relative to it; a pack's has the same name. */
export const SOURCE_GROUPS_FILE = 'source_groups.yaml';

/**
 * Merges `source_groups.yaml` of the packs in their order with the workspace's own: lists by name over, rules of the packs one after
 * the other, or the workspace's instead. A file with a mistake brings nothing.
 */
export function checkSourceGroups(
  fromPacks: readonly SourceDocument[],
  own: readonly SourceDocument[],
): CheckedSourceGroups & { problems: Problem[] } {
  const problems: Problem[] = [];
  const read = (source: SourceDocument) => {
    const parsed = parseDocument(source, sourceGroupsFile);
    if (!parsed.ok) problems.push(...parsed.problems);
    return parsed.ok ? [{ source, ...parsed.value }] : [];
  };
  const packs = fromPacks.flatMap(read);
  const [first, ...more] = own;
  if (first !== undefined && more.length > 0)
    problems.push(problemAt(first, [], 'invalid_value', `${first.path} must be one document: it has ${own.length}.`));
  const mine = first === undefined ? undefined : read(first)[0];

  const lists = Object.assign({}, ...[...packs, ...(mine === undefined ? [] : [mine])].map((file) => file.lists));
  const inForce = mine?.rules === undefined ? packs : [mine];
  for (const { source, rules = [] } of inForce)
    problems.push(
      ...checkSourceRules({ rules, lists }, (pointer, ...said) => problemAt(source, ['rules', ...pointer], ...said)),
    );
  const standard = packs.flatMap(({ rules = [] }) => rules);
  return {
    sourceGroups: { lists, rules: mine?.rules ?? standard },
    sourceRules: {
      file: inForce.find(({ rules }) => rules !== undefined)?.source.path ?? SOURCE_GROUPS_FILE,
      own: mine?.rules !== undefined,
      standard,
    },
    problems,
  };
}

type ProblemMaker = (pointer: Pointer, code: string, message: string, hint?: string) => Problem;

/**
 * Mistakes of rules: unknown lists, expressions that cannot be used, rules that an earlier one takes everything from, groups whose
 * names differ in case only. Pure.
 * @param problemOf makes the problem at a pointer into the rules, e.g. [3, 'when', 0, 'matches']
 */
export function checkSourceRules({ rules, lists }: SourceGroups, problemOf: ProblemMaker): Problem[] {
  return rules.flatMap((rule, index) => [
    ...checkGroup(rules, index, problemOf),
    ...rule.when.flatMap((condition, place) =>
      checkCondition(condition, Object.keys(lists), (key, ...said) => problemOf([index, 'when', place, key], ...said)),
    ),
    ...checkReach(rules, index, problemOf),
  ]);
}

const TEXT_KEYS = ['is', 'contains', 'starts', 'ends', 'matches'] as const;

function checkGroup(rules: readonly SourceRule[], index: number, problemOf: ProblemMaker): Problem[] {
  const group = rules[index]?.group ?? '';
  const pointer = [index, 'group'];
  if (asSaid(group) === asSaid(UNASSIGNED))
    return [
      problemOf(
        pointer,
        'reserved_name',
        `"${group}" is what no rule catches, so no rule can lead there.`,
        'Choose another name for the group.',
      ),
    ];
  const other = rules.slice(0, index).find((rule) => rule.group !== group && asSaid(rule.group) === asSaid(group));
  if (other === undefined) return [];
  const message = `The groups "${group}" and "${other.group}" differ in upper and lower case only.`;
  return [problemOf(pointer, 'duplicate_name', message, `Write "${other.group}" in both.`)];
}

function checkCondition(
  condition: SourceCondition,
  lists: readonly string[],
  problemOf: (key: string, code: string, message: string, hint?: string) => Problem,
): Problem[] {
  const { in_list: list, matches } = condition;
  if (list !== undefined && !lists.includes(list)) {
    const known = lists.length === 0 ? 'There are no lists yet.' : `Lists: ${lists.join(', ')}.`;
    return [problemOf('in_list', 'unknown_list', `There is no list "${list}".`, didYouMean(list, lists) ?? known)];
  }
  const blank = TEXT_KEYS.find((key) => condition[key]?.trim() === '');
  if (blank !== undefined)
    return [
      problemOf(
        blank,
        'empty_value',
        `"${blank}" says nothing to look for.`,
        'For "nothing is known" write empty: true.',
      ),
    ];
  if (matches === undefined) return [];
  const message = checkExpression(matches);
  return message === undefined ? [] : [problemOf('matches', 'invalid_expression', message)];
}

function checkReach(rules: readonly SourceRule[], index: number, problemOf: ProblemMaker): Problem[] {
  const rule = rules[index];
  const before = rules.slice(0, index).findIndex((earlier) => rule !== undefined && takesAll(earlier, rule));
  const earlier = rules[before];
  if (rule === undefined || earlier === undefined) return [];
  const message = `Rule ${index + 1} (${rule.group}) can never be reached: rule ${before + 1} (${earlier.group}) catches all of it.`;
  const hint =
    rule.group === earlier.group ? `Remove rule ${index + 1}.` : `Remove it, or put it before rule ${before + 1}.`;
  return [problemOf([index], 'unreachable_rule', message, hint)];
}

/** Whether whatever fits the later rule fits the earlier one, as far as the rules alone tell: lists may change under them. */
function takesAll(earlier: SourceRule, later: SourceRule): boolean {
  return earlier.when.every((wide) => later.when.some((narrow) => implies(narrow, wide)));
}

function implies(narrow: SourceCondition, wide: SourceCondition): boolean {
  if (narrow.field !== wide.field) return false;
  if (narrow.empty === true || wide.empty === true) return narrow.empty === wide.empty;
  if (wide.empty === false) return true;
  if (narrow.empty === false) return false;
  if (wide.in_list !== undefined || narrow.in_list !== undefined) return narrow.in_list === wide.in_list;
  const values = narrow.is === undefined ? narrow.in : [narrow.is];
  if (values !== undefined) return values.every((value) => asSaid(value) !== '' && fitsText(wide, value));
  if (narrow.matches !== undefined || wide.matches !== undefined) return narrow.matches === wide.matches;
  const part = asSaid(narrow.starts ?? narrow.ends ?? narrow.contains ?? '');
  if (wide.starts !== undefined) return narrow.starts !== undefined && part.startsWith(asSaid(wide.starts));
  if (wide.ends !== undefined) return narrow.ends !== undefined && part.endsWith(asSaid(wide.ends));
  return wide.contains !== undefined && part.includes(asSaid(wide.contains));
}

/** The fields that rules ask for. */
export function fieldsOfRules(rules: readonly SourceRule[]): (typeof SOURCE_FIELDS)[number][] {
  const asked = new Set(rules.flatMap(({ when }) => when.map(({ field }) => field)));
  return SOURCE_FIELDS.filter((field) => asked.has(field));
}
