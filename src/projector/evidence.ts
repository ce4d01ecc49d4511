import { joined, sql } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { accountRecord } from './batch.ts';
import { messagesOf } from './messages.ts';
import { keySet, personSet } from './sets.ts';

/** By number: that a fact names the person, and whether one of them is something that only an account does. */
export async function loadEvidence(
  warehouse: Warehouse,
  numbers: readonly number[],
): Promise<Map<number, { acts: boolean }>> {
  const people = personSet(numbers);
  const events = sql`(SELECT account, recipient FROM ${tableName('message_events')} FINAL WHERE message IN ${messagesOf(people)})`;
  // Loaded messages have no events, and none of them ever goes.
  const loaded = sql`${tableName('messages')} WHERE source IN (SELECT source FROM ${tableName('loads')}) AND is_deleted = 0`;
  const { rows } = await warehouse.query<{ number: number; acts: number }>(
    renderSql(sql`SELECT number, max(acts) AS acts FROM (
  SELECT person AS number, 1 AS acts FROM ${tableName('activities')} FINAL WHERE person IN ${people}
  UNION ALL SELECT account, 1 FROM ${events} WHERE account IN ${people}
  UNION ALL SELECT recipient, 0 FROM ${events} WHERE recipient IN ${people}
  UNION ALL SELECT account, 1 FROM ${loaded} AND account IN ${people}
  UNION ALL SELECT recipient, 0 FROM ${loaded} AND recipient IN ${people}
  UNION ALL SELECT person, 0 FROM ${tableName('invitations')} FINAL WHERE person IN ${people}
  ${joined(
    '\n',
    ['registrations', 'attendances', 'recording_views'].map((table) => namedIn(table, people)),
  )}
  UNION ALL SELECT person, 0 FROM (
    SELECT person, record FROM ${tableName('person_records')} FINAL
    WHERE record IN (SELECT record FROM ${tableName('person_records')} WHERE person IN ${people})
  ) WHERE person IN ${people} AND record NOT IN ${keySet(numbers.map(accountRecord))}
) GROUP BY number`),
    { timeoutMs: 300_000 },
  );
  return new Map(rows.map(({ number, acts }) => [number, { acts: acts === 1 }]));
}

const namedIn = (table: string, people: Fragment): Fragment =>
  sql`UNION ALL SELECT arrayJoin([person_email, person_phone, person_external]) AS number, 0
    FROM ${tableName(table)} FINAL WHERE person_email IN ${people} OR person_phone IN ${people} OR person_external IN ${people}`;
