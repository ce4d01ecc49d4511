import { describe, expect, test } from 'vitest';
import type { SourceRule } from '../../src/contract/source-groups.ts';
import {
  type DraftStep,
  finishedRules,
  joinList,
  type RuleDraft,
  ruleOfTouch,
  splitList,
  startDraft,
  stepDraft,
} from './rule-draft.ts';
import { conditionWords, touchWords } from './rule-words.ts';

const RULES: SourceRule[] = [
  { group: 'SMS', when: [{ field: 'source', is: 'sms' }] },
  {
    group: 'Mail',
    when: [
      { field: 'source', in: ['mail', 'a, b'] },
      { field: 'medium', empty: false },
    ],
  },
  { group: 'Search', when: [{ field: 'source', in_list: 'search' }] },
];
const groups = (draft: RuleDraft) => draft.rules.map(({ group }) => group);
const run = (...steps: DraftStep[]) => steps.reduce(stepDraft, startDraft(RULES));

describe('the draft of rules', () => {
  test('gives back what it was made of', () => {
    expect(finishedRules(startDraft(RULES).rules).rules).toEqual(RULES);
  });

  test('moves within its ends, and every step can be undone', () => {
    const [first, second] = startDraft(RULES).rules;
    const id = second?.id ?? 0;
    expect(groups(run({ type: 'move', id, by: -1 }))).toEqual(['Mail', 'SMS', 'Search']);
    expect(run({ type: 'move', id: first?.id ?? 0, by: -1 }).past).toEqual([]);
    const moved = run({ type: 'move', id, by: 1 }, { type: 'remove', id }, { type: 'undo' });
    expect(groups(moved)).toEqual(['SMS', 'Search', 'Mail']);
    expect(groups(stepDraft(moved, { type: 'undo' }))).toEqual(['SMS', 'Mail', 'Search']);
  });

  test('typing into one field is one step', () => {
    const id = startDraft(RULES).rules[0]?.id ?? 0;
    const typed = run({ type: 'group', id, group: 'T' }, { type: 'group', id, group: 'Te' });
    expect(typed.past).toHaveLength(1);
    expect(groups(stepDraft(typed, { type: 'undo' }))[0]).toBe('SMS');
  });

  test('leaves out of use what is not finished', () => {
    const added = run({ type: 'add', rule: { group: 'New', when: [{ field: 'term', is: '' }] }, at: 'top' });
    expect(groups(added)).toEqual(['New', 'SMS', 'Mail', 'Search']);
    expect(finishedRules(added.rules).rules).toEqual(RULES);
    const [rule] = added.rules;
    const condition = rule?.when[0]?.id ?? 0;
    const done = stepDraft(added, { type: 'condition', id: rule?.id ?? 0, condition, patch: { value: ' x ' } });
    expect(finishedRules(done.rules).rules[0]).toEqual({ group: 'New', when: [{ field: 'term', is: 'x' }] });
    const more = stepDraft(done, { type: 'add-condition', id: rule?.id ?? 0 });
    expect(finishedRules(more.rules).rules).toEqual(RULES);
    expect(finishedRules(more.rules).ids).toEqual(RULES.map((_, index) => more.rules[index + 1]?.id));
  });

  test('ids stay apart over steps', () => {
    const draft = run(
      { type: 'add', rule: { group: 'A', when: [{ field: 'term', is: 'a' }] }, at: 'end' },
      { type: 'replace', rules: RULES },
      { type: 'add', rule: { group: 'B', when: [{ field: 'term', is: 'b' }] }, at: 'end' },
    );
    const ids = draft.rules.flatMap(({ id, when }) => [id, ...when.map((one) => one.id)]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('lists of values are typed with commas', () => {
  expect(splitList(' a, "b, c" ,,d\n e')).toEqual(['a', 'b, c', 'd', 'e']);
  expect(splitList(joinList(['a', 'b, c']))).toEqual(['a', 'b, c']);
});

test('a rule from what was left over', () => {
  expect(ruleOfTouch({ source: 'x', medium: 'y', campaign: 'z' }).when).toEqual([
    { field: 'source', is: 'x' },
    { field: 'medium', is: 'y' },
  ]);
  expect(ruleOfTouch({ campaign: 'z', referrer: 'r.example' }).when).toEqual([{ field: 'campaign', is: 'z' }]);
  expect(ruleOfTouch({}).when).toEqual([{ field: 'source', empty: true }]);
});

test('conditions and ways of coming in words', () => {
  expect(RULES.flatMap(({ when }) => when.map(conditionWords))).toEqual([
    { says: 'Source is', values: ['sms'], more: 0 },
    { says: 'Source is one of', values: ['mail', 'a, b'], more: 0 },
    { says: 'Medium is known', values: [], more: 0 },
    { says: 'Source is on the list', values: ['search'], more: 0 },
  ]);
  expect(conditionWords({ field: 'term', in: [...'abcdefgh'] })).toMatchObject({ values: [...'abcdef'], more: 2 });
  expect(touchWords({ source: 'google', medium: 'cpc', campaign: 'spring' })).toBe('google / cpc, campaign spring');
  expect(touchWords({ source: 'x' })).toBe('x / (no medium)');
  expect(touchWords({ referrer: 'a.example' })).toBe('referred by a.example');
  expect(touchWords({})).toBe('nothing known');
});
