import { anyOf, sql, uint64 } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { accountRecord, type StatementRow } from './batch.ts';
import { loadEvidence } from './evidence.ts';
import type { Key } from './hash.ts';
import type { IdentityKind } from './normalise.ts';
import type { People } from './people.ts';
import { type KnownIdentity, mergePerson, newestVersions, type PersonStatement } from './person.ts';
import type { TableRow } from './rows.ts';
import { keySet, personSet } from './sets.ts';

/** What a batch says about people, besides the changes that `People` knows. */
export interface PersonNews {
  statements: readonly StatementRow[];
  /** Records that had another version before: it may have been about another person. */
  changed: ReadonlySet<Key>;
  /** Records that stand in `statements` as they are now, or are gone. */
  revised: ReadonlySet<Key>;
  /** People whose row is to be written. */
  touched: ReadonlySet<number>;
  /** Numbers of people from whom something may have been taken: whoever is known by nothing any more goes. */
  shaken: ReadonlySet<number>;
}

export interface PersonRows {
  rows: TableRow<'people'>[];
  /** People of whom nothing is left. */
  gone: number[];
  /** People who are no account any more, and the statements that said so. */
  accountsLost: { person: number; statements: Key[] }[];
}

/**
 * Rows of `people` for everyone whom a batch touched: the merge of all that is known of them, and a tombstone for each number
 * that has become another and for everybody of whom nothing is left.
 * @param version of the rows: the batch's last sequence number
 */
export async function personRows(
  warehouse: Warehouse,
  people: People,
  news: PersonNews,
  version: number,
): Promise<PersonRows> {
  const { touched, identities } = people.changes;
  const statements: PersonStatement[] = news.statements.filter((statement) => statement.is_deleted === 0);
  const doubtful = new Set([...news.shaken].map((person) => people.root(person)));
  const roots = new Set([...touched, ...news.touched, ...doubtful].map((person) => people.root(person)));
  if (news.changed.size > 0) {
    const earlier = await loadStatements(warehouse, sql`record IN ${keySet(news.changed)}`);
    for (const { person } of earlier) roots.add(people.root(person));
  }
  const known: PersonIdentity[] = identities.map(([kind, value, person, seq, revisable]) => ({
    kind: kind as IdentityKind,
    value,
    person,
    seq,
    revisable,
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
    statements.push(...loadedStatements.filter(({ record }) => !news.revised.has(record)));
    known.push(...loadedIdentities);
  }
  const identitiesOf = groupByRoot(known, people);
  const doubts = await settleDoubts(warehouse, people, doubtful, identitiesOf);
  const said = new Set(statements.map(({ record }) => record));
  for (const account of doubts.accountsLost)
    account.statements = account.statements.filter((record) => said.has(record));
  const lost = new Set(doubts.accountsLost.flatMap((account) => account.statements));
  const statementsOf = groupByRoot(newestVersions(statements.filter(({ record }) => !lost.has(record))), people);
  const left = new Set(doubts.gone);
  const tombstone = (person: number) => ({ person, ...mergePerson([], []), version, is_deleted: 1 });
  const rows = [...roots].map((person) =>
    left.has(person)
      ? tombstone(person)
      : {
          person,
          ...mergePerson(statementsOf.get(person) ?? [], identitiesOf.get(person) ?? []),
          version,
          is_deleted: 0,
        },
  );
  const renumbered = [...touched].filter((person) => people.root(person) !== person);
  return { rows: [...rows, ...renumbered.map(tombstone)], ...doubts };
}

type PersonIdentity = KnownIdentity & { person: number; revisable: 0 | 1 };

/**
 * Who is gone, and who is no account any more. People whom a source that sends events named first stay; everybody else lives as
 * long as a fact names them.
 */
async function settleDoubts(
  warehouse: Warehouse,
  people: People,
  doubtful: ReadonlySet<number>,
  identities: ReadonlyMap<number, readonly PersonIdentity[]>,
): Promise<Pick<PersonRows, 'gone' | 'accountsLost'>> {
  const gone: number[] = [];
  const accountsLost: PersonRows['accountsLost'] = [];
  if (doubtful.size === 0) return { gone, accountsLost };
  const evidence = await loadEvidence(
    warehouse,
    [...doubtful].flatMap((root) => people.numbers(root)),
  );
  for (const person of doubtful) {
    const numbers = people.numbers(person);
    const lasting = (identities.get(person) ?? []).some(({ revisable }) => revisable === 0);
    if (!lasting && !numbers.some((number) => evidence.has(number))) gone.push(person);
    if (!numbers.some((number) => evidence.get(number)?.acts === true))
      accountsLost.push({ person, statements: numbers.map(accountRecord) });
  }
  return { gone, accountsLost };
}

function groupByRoot<Known extends { person: number }>(items: Iterable<Known>, people: People): Map<number, Known[]> {
  return Map.groupBy(items, ({ person }) => people.root(person));
}

async function loadStatements(warehouse: Warehouse, condition: Fragment): Promise<PersonStatement[]> {
  const { rows } = await warehouse.query<PersonStatement>(
    renderSql(sql`SELECT toString(r.record) AS record, toString(r.fingerprint) AS fingerprint, person, kind,
  toUnixTimestamp64Milli(r.registered_at) AS registered_at, region, language, email, phone, external_id, attributes,
  toUnixTimestamp64Milli(r.observed_at) AS observed_at
FROM (SELECT * FROM ${tableName('person_records')} FINAL PREWHERE ${condition}) AS r`),
  );
  return rows;
}

async function loadIdentities(warehouse: Warehouse, people: Fragment): Promise<PersonIdentity[]> {
  const { rows } = await warehouse.query<PersonIdentity>(
    renderSql(sql`SELECT kind, value, person, version AS seq, revisable
FROM ${tableName('identities')} FINAL WHERE ${anyOf([sql`person IN ${people}`])}`),
  );
  return rows;
}

/** People of whom nothing was left at some time; some of them may be back by now. */
export async function loadGone(warehouse: Warehouse, through: number): Promise<Set<number>> {
  const { rows } = await warehouse.query<{ person: number }>(
    renderSql(sql`SELECT DISTINCT person FROM ${tableName('people')}
WHERE is_deleted = 1 OR version > ${uint64(BigInt(through))}`),
  );
  return new Set(rows.map(({ person }) => person));
}
