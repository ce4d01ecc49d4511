import { number, sql, string, uint64 } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { Lru } from './lru.ts';
import type { Identity } from './normalise.ts';
import { textSet } from './sets.ts';

/** What a batch taught about people. */
export interface PeopleChanges {
  /** kind, value, person, seq, revisable */
  identities: [string, string, number, number, 0 | 1][];
  /** person, root, seq: every number whose person has become another one. */
  roots: [number, number, number][];
  /** People who were created, tied together or got another identity. */
  touched: Set<number>;
  /** Numbers from before the batch whose root changed: facts that name them are written anew. */
  renumbered: number[];
}

/** Numbers that the next new people get. */
export interface NextNumbers {
  /** From 1. */
  people: number;
  /** From `FIRST_ACCOUNT`. */
  accounts: number;
}

/** The first number of an account of the platform; everybody else is below. */
export const FIRST_ACCOUNT = 3 * 2 ** 30;
const MOST = 2 ** 32;

export const FIRST_NUMBERS: NextNumbers = { people: 1, accounts: FIRST_ACCOUNT };

const idOf = (identity: Identity): string => `${identity.kind}\n${identity.value}`;

/**
 * Who is who. People get dense numbers in the order in which the journal first names them; whoever is first named as an account of
 * the platform gets one among those: accounts are few beside the people whom they write to, and sets of them that lie close
 * together are merged many times faster. A reference that names two people shows that they are one: both become the account's
 * number, else the smaller. What was written before keeps its number in the projector's own tables and is resolved through
 * `person_roots`, so that a batch done again writes the same rows whatever its boundaries are.
 */
export class People {
  readonly #warehouse: Warehouse;
  /** Identities are looked up as they were at this sequence number: what a crashed batch left behind is not there yet. */
  #through: number;
  #next: NextNumbers;
  /** Numbers that have become another one. */
  readonly #roots = new Map<number, number>();
  /** All numbers of a person who has several. */
  readonly #members = new Map<number, number[]>();
  readonly #remembered: Lru<string, number>;
  #batch = new Map<string, number>();
  #changes = noChanges();
  #firstOfBatch: NextNumbers;

  private constructor(warehouse: Warehouse, through: number, next: NextNumbers, remember: number) {
    this.#warehouse = warehouse;
    this.#through = through;
    this.#next = { ...next };
    this.#firstOfBatch = { ...next };
    this.#remembered = new Lru(remember);
  }

  static async load(warehouse: Warehouse, through: number, next: NextNumbers, remember = 200_000): Promise<People> {
    const people = new People(warehouse, through, next, remember);
    const { rows } = await warehouse.query<{ person: number; root: number }>(
      renderSql(sql`SELECT person, argMax(root, seq) AS root FROM ${tableName('person_roots')}
WHERE seq <= ${uint64(BigInt(through))} GROUP BY person ORDER BY person`),
    );
    for (const { person, root } of rows) {
      people.#roots.set(person, root);
      people.#membersOf(root).push(person);
    }
    return people;
  }

  get next(): NextNumbers {
    return { ...this.#next };
  }

  /** The number by which a person goes now. */
  root(person: number): number {
    return this.#roots.get(person) ?? person;
  }

  /** The number of whom the batch names, where one of the identities is known; all must have been prepared. */
  known(identities: readonly Identity[]): number | undefined {
    const person = identities.map((identity) => this.#batch.get(idOf(identity))).find((one) => one !== undefined);
    return person === undefined ? undefined : this.root(person);
  }

  /** Every number that a person ever had. */
  numbers(root: number): readonly number[] {
    return this.#members.get(root) ?? [root];
  }

  /** True where nobody before this batch is known by that person's numbers. */
  isNew(root: number): boolean {
    return this.numbers(root).every((person) => this.#isOfBatch(person));
  }

  /** Whether the number was given in this batch. Who got it may have had another one before. */
  #isOfBatch(person: number): boolean {
    return person >= this.#firstOfBatch[spaceOf(person)];
  }

  /** Looks up what `identify` will be asked about. */
  async prepare(identities: Iterable<Identity>): Promise<void> {
    const unknown = new Map<string, Set<string>>();
    for (const identity of identities) {
      const id = idOf(identity);
      if (this.#batch.has(id)) continue;
      const person = this.#remembered.get(id);
      if (person !== undefined) this.#batch.set(id, person);
      else {
        const values = unknown.get(identity.kind) ?? new Set();
        unknown.set(identity.kind, values.add(identity.value));
      }
    }
    await Promise.all([...unknown].map(([kind, values]) => this.#lookUp(kind, values)));
  }

  async #lookUp(kind: string, values: Set<string>): Promise<void> {
    const { rows } = await this.#warehouse.query<{ value: string; person: number }>(
      renderSql(sql`SELECT value, any(i.person) AS person FROM ${tableName('identities')} AS i
WHERE kind = ${string(kind)} AND value IN ${textSet(values)} AND version <= ${uint64(BigInt(this.#through))}
  -- whoever has a number that is still to be given is left from an order that was cut short
  AND (i.person < ${number(this.#next.people)} OR i.person >= ${number(FIRST_ACCOUNT)} AND i.person < ${number(this.#next.accounts)})
GROUP BY value`),
    );
    for (const { value, person } of rows) this.#batch.set(`${kind}\n${value}`, person);
  }

  /**
   * The person of a reference, numbered if new. All identities must have been prepared.
   * @param revisable 1 where the source is read again and again
   * @param as what somebody new is
   * @returns 0 where there is no identity
   */
  identify(identities: readonly Identity[], seq: number, revisable: 0 | 1, as: keyof NextNumbers): number {
    let root = 0;
    let known = 0;
    for (const identity of identities) {
      const person = this.#batch.get(idOf(identity));
      if (person === undefined) continue;
      known += 1;
      const other = this.root(person);
      root = root === 0 || root === other ? other : this.#tie(root, other, seq);
    }
    if (known === identities.length) return root;
    if (root === 0) root = this.#give(as);
    for (const identity of identities) {
      const id = idOf(identity);
      if (this.#batch.has(id)) continue;
      this.#batch.set(id, root);
      this.#changes.identities.push([identity.kind, identity.value, root, seq, revisable]);
    }
    this.#changes.touched.add(root);
    return root;
  }

  #give(as: keyof NextNumbers): number {
    const given = this.#next[as];
    if (given >= (as === 'accounts' ? MOST : FIRST_ACCOUNT)) throw new Error(`there are no more numbers for ${as}`);
    this.#next[as] += 1;
    return given;
  }

  #tie(a: number, b: number, seq: number): number {
    const aStays = spaceOf(a) === spaceOf(b) ? a < b : spaceOf(a) === 'accounts';
    const [root, gone] = aStays ? [a, b] : [b, a];
    const members = this.#membersOf(root);
    for (const person of this.numbers(gone)) {
      this.#roots.set(person, root);
      this.#changes.roots.push([person, root, seq]);
      members.push(person);
      if (!this.#isOfBatch(person)) this.#changes.renumbered.push(person);
    }
    this.#members.delete(gone);
    this.#changes.touched.add(root).add(gone);
    return root;
  }

  #membersOf(root: number): number[] {
    const members = this.#members.get(root) ?? [root];
    this.#members.set(root, members);
    return members;
  }

  /** What the batch changed so far; only the last root of a number in a batch is told. */
  get changes(): PeopleChanges {
    return this.#changes;
  }

  /** The batch is written: from now on it is known. */
  commit(through: number): void {
    for (const [id, person] of this.#batch) this.#remembered.set(id, person);
    this.#batch = new Map();
    this.#changes = noChanges();
    this.#through = through;
    this.#firstOfBatch = { ...this.#next };
  }
}

const spaceOf = (person: number): keyof NextNumbers => (person >= FIRST_ACCOUNT ? 'accounts' : 'people');

const noChanges = (): PeopleChanges => ({ identities: [], roots: [], touched: new Set(), renumbered: [] });
