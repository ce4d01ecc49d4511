import { describe, expect, it } from 'vitest';
import { MATCH_KINDS } from '../contract/words.ts';

import { createMatcher, type Named } from './match-attendance.ts';

const NOBODY: Named = { email: 0, phone: 0, external: 0, registrantId: '' };
const named = (more: Partial<Named>): Named => ({ ...NOBODY, ...more });

/** Two people who share a phone, and one whom only the phone 30 names. */
const DANA = named({ email: 1, phone: 20, registrantId: 's1' });
const BEN = named({ email: 2, phone: 20, external: 40, registrantId: 's2' });
const matcher = createMatcher([DANA, BEN, named({ phone: 30 })], MATCH_KINDS);

describe('createMatcher', () => {
  it('takes a registration to be of whoever has its address', () => {
    expect(matcher.people).toEqual([1, 2, 30]);
  });

  it('joins a registration without an address to the one registrant who fits', () => {
    const people = (one: Named) => createMatcher([DANA, BEN, one], MATCH_KINDS).people[2];
    expect(people(named({ phone: 20 })), 'two fit').toBe(20);
    expect(people(named({ external: 40 }))).toBe(2);
    expect(people(named({ phone: 20, registrantId: 's1' })), 'the service knows').toBe(1);
    expect(people(named({ phone: 50, external: 60 })), 'nobody fits').toBe(50);
    expect(createMatcher([DANA, BEN, named({ external: 40 })], ['email', 'phone']).people[2], 'not matched by').toBe(
      40,
    );
  });

  it('finds who came, by the first kind that finds anybody', () => {
    expect(matcher.match(named({ email: 2 }))).toEqual({ person: 2, matchedBy: 'email' });
    expect(matcher.match(named({ email: 2, registrantId: 's1' }))).toEqual({ person: 1, matchedBy: 'service_id' });
    expect(matcher.match(named({ email: 9, external: 40 }))).toEqual({ person: 2, matchedBy: 'external_id' });
    expect(matcher.match(named({ phone: 30 }))).toEqual({ person: 30, matchedBy: 'phone' });
  });

  it('does not decide between several', () => {
    expect(matcher.match(named({ phone: 20 }))).toEqual({ person: 20, matchedBy: 'ambiguous' });
    expect(matcher.match(named({ email: 9, phone: 20, external: 40 })), 'what comes later does not help').toEqual({
      person: 9,
      matchedBy: 'ambiguous',
    });
  });

  it('leaves strangers to themselves', () => {
    expect(matcher.match(named({ email: 9, phone: 8 }))).toEqual({ person: 9, matchedBy: 'unmatched' });
    expect(createMatcher([], MATCH_KINDS).match(named({ external: 7 }))).toEqual({ person: 7, matchedBy: 'unmatched' });
  });

  it('knows a registrant by an address that other records tied to them, and by their own whatever the rules say', () => {
    // The phone 1 is the person 1: somewhere a record named both.
    expect(matcher.match(named({ phone: 1 }))).toEqual({ person: 1, matchedBy: 'phone' });
    const byPhone = createMatcher([DANA, BEN], ['phone']);
    expect(byPhone.match(named({ email: 2 }))).toEqual({ person: 2, matchedBy: 'email' });
    expect(byPhone.match(named({ email: 2, phone: 20 }))).toEqual({ person: 2, matchedBy: 'email' });
  });
});
