import type { MatchKind } from '../contract/words.ts';

/**
 * Who of a webinar's registrants came: the rule by which joins are matched to registrations. Pure. People are numbers, those of who
 * turned out to be one person already made one.
 */

/** Whom a record names, each address by itself: 0 and '' where it does not say. */
export interface Named {
  email: number;
  phone: number;
  external: number;
  /** The service's own id. */
  registrantId: string;
}

export interface Match {
  person: number;
  matchedBy: MatchKind | 'unmatched' | 'ambiguous';
}

export interface Matcher {
  /** Person of each registration, in the order of the registrations. */
  readonly people: readonly number[];
  /** Whose join (or view) it is: of a registrant, else of whom it names itself. */
  match(came: Named): Match;
}

type Value = number | string;
/** By kind and value: the registrants who have it. */
type Index = Record<MatchKind, Map<Value, Set<number>>>;

const VALUES = {
  service_id: ({ registrantId }) => registrantId,
  email: ({ email }) => email,
  phone: ({ phone }) => phone,
  external_id: ({ external }) => external,
} as const satisfies Record<MatchKind, (named: Named) => Value>;

/** The kinds whose value is a person's number. */
const ADDRESSES = ['email', 'phone', 'external_id'] as const;

const ownPerson = ({ email, phone, external }: Named): number => email || phone || external;

/**
 * A registration is of whoever has its e-mail address. One without belongs to another registrant of the webinar, where a kind of
 * `match` finds exactly one with an address; else to whoever has its phone number or external id.
 * @param registrations of one webinar
 * @param match what is matched by, in order
 */
export function createMatcher(registrations: readonly Named[], match: readonly MatchKind[]): Matcher {
  const withEmail = registrations.filter(({ email }) => email !== 0);
  const firm = indexOf(withEmail.map((named) => [named, ownPerson(named)]));
  const people = registrations.map((named) => {
    const found = named.email === 0 ? find(firm, match, named) : undefined;
    return found?.people.size === 1 ? only(found.people) : ownPerson(named);
  });
  const index = indexOf(registrations.map((named, at) => [named, people[at] ?? 0]));
  const registrants = new Set(people);
  return {
    people,
    match(came) {
      const found = find(index, match, came);
      if (found?.people.size === 1) return { person: only(found.people), matchedBy: found.kind };
      // Whatever does not tell, its own address does: one person has one row in a webinar.
      const person = ownPerson(came);
      if (registrants.has(person)) return { person, matchedBy: kindOfOwn(came) };
      return { person, matchedBy: found === undefined ? 'unmatched' : 'ambiguous' };
    },
  };
}

function indexOf(known: readonly (readonly [Named, number])[]): Index {
  const index: Index = { service_id: new Map(), email: new Map(), phone: new Map(), external_id: new Map() };
  const add = (kind: MatchKind, value: Value, person: number) => {
    if (value === 0 || value === '') return;
    const people = index[kind].get(value);
    if (people === undefined) index[kind].set(value, new Set([person]));
    else people.add(person);
  };
  for (const [named, person] of known) {
    for (const kind of Object.keys(index) as MatchKind[]) add(kind, VALUES[kind](named), person);
    // An address that other records tied to a registrant is theirs, although the registration does not name it.
    for (const kind of ADDRESSES) add(kind, person, person);
  }
  return index;
}

/** The first kind that finds anybody decides. */
function find(index: Index, match: readonly MatchKind[], named: Named) {
  for (const kind of match) {
    const people = index[kind].get(VALUES[kind](named));
    if (people !== undefined) return { kind, people };
  }
  return undefined;
}

const only = (people: ReadonlySet<number>): number => [...people][0] ?? 0;

const kindOfOwn = ({ email, phone }: Named): MatchKind =>
  email !== 0 ? 'email' : phone !== 0 ? 'phone' : 'external_id';
