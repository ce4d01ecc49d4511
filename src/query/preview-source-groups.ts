import type { SourceGroups, SourceGroupsPreview, TouchCount } from '../contract/source-groups.ts';
import { SOURCE_FIELDS, type SourceField, UNASSIGNED } from '../contract/words.ts';
import { fieldsOfRules } from '../model/check-source-groups.ts';
import { compileSourceGroups } from '../model/source-groups.ts';

const SHOWN = 200;
/** By which a touch is shown whatever the rules ask for. */
const ALWAYS_SHOWN: readonly SourceField[] = ['source', 'medium', 'campaign', 'referrer'];

/** The fields that touches must tell apart for a preview of these rules. */
export function fieldsOfPreview(...sets: SourceGroups[]): SourceField[] {
  const asked = new Set([...ALWAYS_SHOWN, ...sets.flatMap(({ rules }) => fieldsOfRules(rules))]);
  return SOURCE_FIELDS.filter((field) => asked.has(field));
}

/** What other rules would move. Pure. @param touches distinct ways of coming, the commonest first */
export function previewSourceGroups(
  touches: readonly TouchCount[],
  before: SourceGroups,
  after: SourceGroups,
): Omit<SourceGroupsPreview, 'whole' | 'problems'> {
  const now = compileSourceGroups(before);
  const then = compileSourceGroups(after);
  const caught = after.rules.map(() => 0);
  const totals = new Map(groupOrder(after, before).map((group) => [group, { before: 0, after: 0 }]));
  const moves: SourceGroupsPreview['moves'] = [];
  const unassigned: TouchCount[] = [];
  let registrations = 0;
  for (const one of touches) {
    const from = now.classify(one.touch);
    const rule = then.ruleOf(one.touch);
    const to = after.rules[rule]?.group ?? UNASSIGNED;
    registrations += one.registrations;
    if (rule !== -1) caught[rule] = (caught[rule] ?? 0) + one.registrations;
    if (from !== to) moves.push({ ...one, from, to });
    if (to === UNASSIGNED) unassigned.push(one);
    add(totals, from, 'before', one.registrations);
    add(totals, to, 'after', one.registrations);
  }
  return {
    registrations,
    moved: moves.reduce((sum, move) => sum + move.registrations, 0),
    moves: moves.slice(0, SHOWN),
    groups: [...totals].map(([group, counts]) => ({ group, ...counts })),
    caught,
    unassigned: unassigned.slice(0, SHOWN),
  };
}

/** Groups in the order in which rules lead to them, each once, Unassigned last. */
export function groupOrder(...sets: SourceGroups[]): string[] {
  return [...new Set(sets.flatMap(({ rules }) => rules.map(({ group }) => group))), UNASSIGNED];
}

type Totals = Map<string, { before: number; after: number }>;

function add(totals: Totals, group: string, when: 'before' | 'after', registrations: number): void {
  const counts = totals.get(group);
  if (counts !== undefined) counts[when] += registrations;
}
