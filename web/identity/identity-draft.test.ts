import { expect, test } from 'vitest';
import { DEFAULT_IDENTITY, type IdentityRules } from '../../src/contract/identity.ts';
import { draftIdentity, finishIdentity, moveKind, switchKind } from './identity-draft.ts';

const RULES: IdentityRules = {
  version: 1,
  match: ['phone', 'email'],
  email: { plus_tags: 'ignore', dots: 'keep' },
  exclude: { emails: ['qa@example.com'], domains: ['example.org', 'example.net'] },
};

test('gives back what it was made of', () => {
  expect(finishIdentity(draftIdentity(RULES))).toEqual(RULES);
  expect(finishIdentity(draftIdentity(DEFAULT_IDENTITY))).toEqual(DEFAULT_IDENTITY);
});

test('kinds move within their ends and can be left out', () => {
  const draft = draftIdentity(RULES);
  expect(draft.kinds.map(({ kind }) => kind)).toEqual(['phone', 'email', 'service_id', 'external_id']);
  expect(moveKind(draft, 'phone', -1)).toBe(draft);
  expect(finishIdentity(moveKind(draft, 'email', -1)).match).toEqual(['email', 'phone']);
  const more = switchKind(switchKind(draft, 'external_id', true), 'phone', false);
  expect(finishIdentity(more).match).toEqual(['email', 'external_id']);
});

test('addresses are typed one per line, by commas or semicolons', () => {
  const draft = { ...draftIdentity(RULES), emails: ' a@example.com\n\nb@example.com; c@example.com,' };
  expect(finishIdentity(draft).exclude.emails).toEqual(['a@example.com', 'b@example.com', 'c@example.com']);
});
