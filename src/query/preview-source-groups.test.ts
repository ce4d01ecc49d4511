import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SourceGroups, SourceRule, TouchCount } from '../contract/source-groups.ts';
import { compileSourceGroups } from '../model/source-groups.ts';
import { fieldsOfPreview, previewSourceGroups } from './preview-source-groups.ts';

const rule = (group: string, source: string): SourceRule => ({ group, when: [{ field: 'source', is: source }] });
const groups = (...rules: SourceRule[]): SourceGroups => ({ lists: {}, rules });
const came = (source: string, registrations: number): TouchCount => ({ touch: { source }, registrations });

test('tells what moves, what each rule catches and what is left over', () => {
  const touches = [came('a', 50), came('b', 30), came('c', 5), came('d', 1)];
  const preview = previewSourceGroups(
    touches,
    groups(rule('One', 'a'), rule('Old', 'b'), rule('Two', 'c')),
    groups(rule('Two', 'b'), rule('Two', 'c'), rule('New', 'd'), rule('One', 'z')),
  );
  expect(preview).toEqual({
    registrations: 86,
    moved: 81,
    moves: [
      { ...came('a', 50), from: 'One', to: 'Unassigned' },
      { ...came('b', 30), from: 'Old', to: 'Two' },
      { ...came('d', 1), from: 'Unassigned', to: 'New' },
    ],
    groups: [
      { group: 'Two', before: 5, after: 35 },
      { group: 'New', before: 0, after: 1 },
      { group: 'One', before: 50, after: 0 },
      { group: 'Old', before: 30, after: 0 },
      { group: 'Unassigned', before: 1, after: 50 },
    ],
    caught: [30, 5, 1, 0],
    unassigned: [came('a', 50)],
  });
});

test('the same rules move nothing', () => {
  const same = groups(rule('One', 'a'));
  expect(previewSourceGroups([came('a', 2), came('b', 1)], same, same)).toMatchObject({ moved: 0, moves: [] });
});

test('touches tell apart what the rules ask for, and what a reader wants to see', () => {
  expect(fieldsOfPreview(groups())).toEqual(['source', 'medium', 'campaign', 'referrer']);
  expect(fieldsOfPreview(groups(), groups({ group: 'T', when: [{ field: 'term', empty: false }] }))).toEqual([
    'source',
    'medium',
    'campaign',
    'term',
    'referrer',
  ]);
});

test('everybody is in one group before and one after, and sums agree', () => {
  const letter = fc.constantFrom('a', 'b', 'c', 'd');
  const some = fc.array(fc.record({ group: fc.constantFrom('One', 'Two', 'Three'), source: letter }), { maxLength: 5 });
  const touches = fc.array(fc.record({ source: letter, registrations: fc.integer({ min: 1, max: 99 }) }));
  fc.assert(
    fc.property(some, some, touches, (old, next, list) => {
      const before = groups(...old.map(({ group, source }) => rule(group, source)));
      const after = groups(...next.map(({ group, source }) => rule(group, source)));
      const counts = list.map(({ source, registrations }) => came(source, registrations));
      const preview = previewSourceGroups(counts, before, after);
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      const total = sum(counts.map(({ registrations }) => registrations));
      expect(preview.registrations).toBe(total);
      expect(sum(preview.groups.map((group) => group.before))).toBe(total);
      expect(sum(preview.groups.map((group) => group.after))).toBe(total);
      const left = counts.filter(({ touch }) => compileSourceGroups(after).classify(touch) === 'Unassigned');
      expect(sum(preview.caught)).toBe(total - sum(left.map(({ registrations }) => registrations)));
      expect(sum(preview.moves.map(({ registrations }) => registrations))).toBe(preview.moved);
    }),
  );
});
