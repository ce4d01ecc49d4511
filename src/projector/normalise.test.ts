import { describe, expect, it } from 'vitest';
import { Lru } from './lru.ts';
import { Normaliser } from './normalise.ts';

describe('Normaliser', () => {
  it('drops what cannot be normalised and keeps the rest', () => {
    const normaliser = new Normaliser(undefined, 2);
    for (let round = 0; round < 3; round += 1) {
      expect(
        normaliser.identities({ email: 'nobody', phone: '0812-3456-7890', external_id: ' acme ' }, 'ID'),
      ).toStrictEqual([
        { kind: 'phone', value: '+6281234567890', country: 'ID' },
        { kind: 'external_id', value: 'acme' },
      ]);
      expect(normaliser.identities({ phone: '0812-3456-7890' }, undefined)).toStrictEqual([]);
    }
  });
});

describe('mailboxes', () => {
  const read = (rules: { plus_tags?: 'ignore'; dots?: 'ignore' }, raw: string) =>
    new Normaliser({ plus_tags: 'keep', dots: 'keep', ...rules }).email(raw);

  it('are told apart by tags and dots, unless the rules say otherwise', () => {
    expect(read({}, 'Da.na+x@Gmail.com')).toBe('da.na+x@gmail.com');
    expect(read({ plus_tags: 'ignore' }, 'Da.na+x+y@Gmail.com')).toBe('da.na@gmail.com');
    expect(read({ dots: 'ignore' }, 'Da.na+x@Gmail.com')).toBe('dana+x@gmail.com');
    expect(read({ dots: 'ignore' }, 'Da.na@example.com')).toBe('da.na@example.com');
    expect(read({ plus_tags: 'ignore', dots: 'ignore' }, 'd.a.n.a+w@googlemail.com')).toBe('dana@googlemail.com');
    expect(read({ plus_tags: 'ignore' }, '+tag@example.com')).toBe('+tag@example.com');
  });
});

describe('Lru', () => {
  it('keeps what is used and forgets the rest, within its capacity', () => {
    const lru = new Lru<string, number>(4);
    lru.set('used', 0);
    for (let index = 1; index < 50; index += 1) {
      lru.set(`once-${index}`, index);
      expect(lru.get('used')).toBe(0);
    }
    const kept = Array.from({ length: 49 }, (_, index) => lru.get(`once-${index + 1}`)).filter(
      (one) => one !== undefined,
    );
    expect(kept.length).toBeLessThanOrEqual(3);
    expect(lru.get('once-1')).toBeUndefined();
  });
});
