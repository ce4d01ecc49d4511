import { expect, test } from 'vitest';
import { DEFAULT_IDENTITY } from '../contract/identity.ts';
import { identityText, sourceGroupsText } from './rule-files.ts';

const rules = [
  { group: 'SMS', when: [{ field: 'source' as const, is: 'sms' }] },
  {
    group: 'Partners of the north',
    when: [
      { field: 'source' as const, in: ['first.example.com', 'second.example.com', 'third.example.com'] },
      { field: 'medium' as const, empty: false },
    ],
  },
];

test('new rules make a file that explains itself', () => {
  expect(
    sourceGroupsText(null, rules),
  ).toBe(`# Groups of traffic sources: rules are tried from the top, the first that fits wins, what none fits is "Unassigned".
# Written on the page "Source groups"; lists of your own may stand here too, and replace those of the same name.
version: 1
rules:
  - { group: SMS, when: [ { field: source, is: sms } ] }
  - group: Partners of the north
    when:
      - { field: source, in: [ first.example.com, second.example.com, third.example.com ] }
      - { field: medium, empty: false }
`);
});

test('other rules leave lists and comments as they are, and go without them', () => {
  const before = `# Ours.
version: 1
lists:
  partners: [a.example.com] # of the north
rules: []
`;
  const changed = sourceGroupsText(before, rules.slice(0, 1));
  expect(changed).toBe(`# Ours.
version: 1
lists:
  partners: [ a.example.com ] # of the north
rules:
  - { group: SMS, when: [ { field: source, is: sms } ] }
`);
  expect(sourceGroupsText(changed, null)).toBe(`# Ours.
version: 1
lists:
  partners: [ a.example.com ] # of the north
`);
});

test('a file that cannot be read any more is not written over', () => {
  expect(() => sourceGroupsText('version: [', rules)).toThrow('changed by hand and cannot be read');
  expect(() => sourceGroupsText('- a', rules)).toThrow('changed by hand and cannot be read');
});

test('rules of identity', () => {
  expect(
    identityText(null, { ...DEFAULT_IDENTITY, exclude: { emails: [], domains: ['example.com'] } }),
  ).toBe(`# How attendance is joined to registrations, and which addresses are one person.
# Written on the page "People matching".
version: 1
match: [ service_id, email, phone, external_id ]
email:
  plus_tags: keep
  dots: keep
exclude:
  emails: []
  domains: [ example.com ]
`);
});
