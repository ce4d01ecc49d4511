import { sql } from '../sql/build.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { InvitationVersion } from './fact-rows.ts';
import type { Key } from './hash.ts';
import type { People } from './people.ts';
import { compareVersions } from './person.ts';
import type { TableRow } from './rows.ts';
import { keySet } from './sets.ts';

/**
 * Rows of `invitations` for the newest versions of a batch, but for those that a version which is already there outdoes.
 * @param changed invitations that had another version before the batch
 * @param shaken gets the people whom they were about, where those are others now
 */
export async function invitationRows(
  warehouse: Warehouse,
  people: People,
  versions: readonly InvitationVersion[],
  changed: ReadonlySet<Key>,
  shaken: Set<number>,
  version: number,
): Promise<TableRow<'invitations'>[]> {
  const standing = await loadStanding(warehouse, changed);
  for (const { record, person } of versions) {
    const before = standing.get(record)?.person ?? person;
    if (people.root(before) !== people.root(person)) shaken.add(before);
  }
  return versions
    .filter((one) => {
      const other = standing.get(one.record);
      return other === undefined || compareVersions(one, other) >= 0;
    })
    .map(({ record, person, ...fields }) => ({
      ...fields,
      invitation: record,
      person: people.root(person),
      version,
      is_deleted: 0,
    }));
}

interface Standing {
  invitation: Key;
  observed_at: number;
  fingerprint: Key;
  person: number;
}

async function loadStanding(warehouse: Warehouse, invitations: ReadonlySet<Key>): Promise<Map<Key, Standing>> {
  if (invitations.size === 0) return new Map();
  const { rows } = await warehouse.query<Standing>(
    renderSql(sql`SELECT toString(i.invitation) AS invitation, toString(i.fingerprint) AS fingerprint,
  toUnixTimestamp64Milli(i.observed_at) AS observed_at, i.person AS person
FROM (SELECT * FROM ${tableName('invitations')} FINAL WHERE invitation IN ${keySet(invitations)}) AS i`),
  );
  return new Map(rows.map((row) => [row.invitation, row]));
}
