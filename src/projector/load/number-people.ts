import type { Batch } from '../batch.ts';
import type { Normaliser } from '../normalise.ts';
import type { People } from '../people.ts';
import type { LoadContext, LoadedRef } from './load-order.ts';

export interface NumberingContext {
  people: People;
  normaliser: Normaliser;
  /** ISO 3166 alpha-2, for phone numbers without a country code. */
  country: string | undefined;
  /** The order's own entry. */
  seq: number;
  makeBatch(): Batch;
  /** Durable when it resolves, with all that follows from it. */
  write(batch: Batch): Promise<void>;
}

/**
 * Numbers people as entries do: the same addresses are the same people, whoever names two is one. A page of names is written and
 * remembered before the next.
 */
export const numberPeople = (context: NumberingContext): LoadContext['number'] => {
  const { people, normaliser, country, seq, makeBatch, write } = context;
  return async (refs) => {
    const named = refs.map((ref) => ({ acts: ref.acts, identities: normaliser.identities(givenOf(ref), country) }));
    await people.prepare(named.flatMap(({ identities }) => identities));
    const batch = makeBatch();
    const numbers = named.map(({ identities, acts }) => ({
      person: batch.nameOf(identities, seq, acts),
      country: identities.find((identity) => identity.country)?.country ?? '',
    }));
    await write(batch);
    people.commit(seq);
    return numbers;
  };
};

const givenOf = ({ email, phone, external_id }: LoadedRef) => ({
  ...(email === '' ? {} : { email }),
  ...(phone === '' ? {} : { phone }),
  ...(external_id === '' ? {} : { external_id }),
});
