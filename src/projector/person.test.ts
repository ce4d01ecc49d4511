import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePerson, newestVersions, type PersonStatement } from './person.ts';

const statement = (more: Partial<PersonStatement>): PersonStatement => ({
  record: '1',
  fingerprint: '1',
  person: 1,
  kind: 'contact',
  registered_at: null,
  region: '',
  language: '',
  email: '',
  phone: '',
  external_id: '',
  attributes: '{}',
  observed_at: 0,
  ...more,
});

describe('newestVersions', () => {
  it('keeps the latest observation, then the greater fingerprint as a number', () => {
    const versions = [
      statement({ fingerprint: '9', observed_at: 5 }),
      statement({ fingerprint: '10', observed_at: 5 }),
      statement({ fingerprint: '99', observed_at: 4 }),
    ];
    expect(newestVersions(versions)).toStrictEqual([versions[1]]);
    expect(newestVersions(versions.reverse())).toMatchObject([{ fingerprint: '10' }]);
  });
});

describe('mergePerson', () => {
  it('takes each field from the newest statement that has it, and the earliest registration', () => {
    expect(
      mergePerson(
        [
          statement({ record: '1', observed_at: 3, region: 'Bali', registered_at: 50, attributes: '{"a":1,"b":null}' }),
          statement({ record: '2', observed_at: 2, region: 'Java', language: 'id', attributes: '{"b":2,"a":3}' }),
          statement({ record: '3', observed_at: 1, kind: 'account', registered_at: 40, email: 'dana@example.com' }),
        ],
        [
          { kind: 'email', value: 'ben@example.com', seq: 1 },
          { kind: 'phone', value: '+12025550124', seq: 4 },
          { kind: 'phone', value: '+12025550123', seq: 2 },
        ],
      ),
    ).toStrictEqual({
      kind: 'account',
      registered_at: 40,
      region: 'Bali',
      language: 'id',
      email: 'dana@example.com',
      phone: '+12025550123',
      external_id: '',
      attributes: '{"a":1,"b":2}',
    });
  });

  it('does not depend on the order of what is known', () => {
    const statements = fc.array(
      fc
        .record({
          record: fc.constantFrom('1', '2', '3', '4'),
          fingerprint: fc.constantFrom('5', '6', '17'),
          observed_at: fc.integer({ min: 0, max: 3 }),
          kind: fc.constantFrom('account' as const, 'contact' as const),
          registered_at: fc.option(fc.integer({ min: 0, max: 9 })),
          region: fc.constantFrom('', 'Bali', 'Java'),
          attributes: fc.constantFrom('{}', '{"a":1}', '{"a":2,"b":"x"}'),
        })
        .map(statement),
      { maxLength: 6 },
    );
    // Two versions with one fingerprint have one content: keep the first of each (record, fingerprint).
    const distinct = statements.map((all) => [
      ...new Map(all.map((one) => [`${one.record} ${one.fingerprint}`, one])).values(),
    ]);
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat()), (all, stream) => {
        const order = all.map((one) => ({ one, at: stream.next().value as number }));
        const shuffled = order.sort((a, b) => a.at - b.at).map(({ one }) => one);
        expect(mergePerson(newestVersions(shuffled), [])).toStrictEqual(mergePerson(newestVersions(all), []));
      }),
    );
  });
});
