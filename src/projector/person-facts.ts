import { anyOf, sql } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Key } from './hash.ts';
import type { IdentityKind } from './normalise.ts';
import type { People } from './people.ts';
import { type KnownIdentity, mergePerson, newestVersions, type PersonStatement } from './person.ts';
import type { TableRow } from './rows.ts';
import { keySet, personSet } from './sets.ts';

/** What a batch says about people, besides the changes that `People` knows. */
export interface PersonNews {
  statements: readonly PersonStatement[];
  /** Records that had another version before: it may have been about another person. */
  changed: ReadonlySet<Key>;
}

/**
 * Rows of `people` for everyone whom a batch touched: the merge of all that is known of them, and a tombstone for each number
 * that has become another.
 * @param version of the rows: the batch's last sequence number
 */
export async function personRows(
  warehouse: Warehouse,
  people: People,
  news: PersonNews,
  version: number,
): Promise<TableRow<'people'>[]> {
  const { touched, identities } = people.changes;
  const statements = [...news.statements];
  const roots = new Set([...touched].map((person) => people.root(person)));
  if (news.changed.size > 0) {
    const earlier = await loadStatements(warehouse, sql`record IN ${keySet(news.changed)}`);
    for (const { person } of earlier) roots.add(people.root(person));
  }
  const known: (KnownIdentity & { person: number })[] = identities.map(([kind, value, person, seq]) => ({
    kind: kind as IdentityKind,
    value,
    person,
    seq,
  }));
  // Whoever is new in this batch is known from this batch alone.
  const earlier = [...roots].filter((root) => !people.isNew(root)).flatMap((root) => people.numbers(root));
  if (earlier.length > 0) {
    const theirs = personSet(earlier);
    const [loadedStatements, loadedIdentities] = await Promise.all([
      loadStatements(
        warehouse,
        sql`record IN (SELECT record FROM ${tableName('person_records')} WHERE person IN ${theirs})`,
      ),
      loadIdentities(warehouse, theirs),
    ]);
    statements.push(...loadedStatements);
    known.push(...loadedIdentities);
  }
  const statementsOf = groupByRoot(newestVersions(statements), people);
  const identitiesOf = groupByRoot(known, people);
  const rows = [...roots].map((person) => ({
    person,
    ...mergePerson(statementsOf.get(person) ?? [], identitiesOf.get(person) ?? []),
    version,
    is_deleted: 0,
  }));
  const gone = [...touched].filter((person) => people.root(person) !== person);
  return [...rows, ...gone.map((person) => ({ person, ...mergePerson([], []), version, is_deleted: 1 }))];
}

function groupByRoot<Known extends { person: number }>(items: Iterable<Known>, people: People): Map<number, Known[]> {
  return Map.groupBy(items, ({ person }) => people.root(person));
}

async function loadStatements(warehouse: Warehouse, condition: Fragment): Promise<PersonStatement[]> {
  const { rows } = await warehouse.query<PersonStatement>(
    renderSql(sql`SELECT toString(r.record) AS record, toString(r.fingerprint) AS fingerprint, person, kind,
  toUnixTimestamp64Milli(r.registered_at) AS registered_at, region, language, email, phone, external_id, attributes,
  toUnixTimestamp64Milli(r.observed_at) AS observed_at
FROM (SELECT * FROM ${tableName('person_records')} FINAL WHERE ${condition}) AS r`),
  );
  return rows;
}

async function loadIdentities(warehouse: Warehouse, people: Fragment): Promise<(KnownIdentity & { person: number })[]> {
  const { rows } = await warehouse.query<KnownIdentity & { person: number }>(
    renderSql(sql`SELECT kind, value, person, version AS seq
FROM ${tableName('identities')} FINAL WHERE ${anyOf([sql`person IN ${people}`])}`),
  );
  return rows;
}
