import { sql, string, uint64 } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import { renderSql } from '../sql/render.ts';
import type { RenderedSql } from '../sql/rendered.ts';
import { tableName } from '../warehouse/schema.ts';
import type { Key } from './hash.ts';
import { keySet } from './sets.ts';

/** Messages of which events were changed or taken back: their events no longer tell where their rows stand. */

/** Rows of `message`, `known_places`: instants at which a row of the message may stand, UTC milliseconds. */
export function placesOf(moved: ReadonlyMap<Key, ReadonlySet<number>>): Fragment {
  const text = [...moved].map(([message, places]) => `${message}:${[...places].join(';')}`).join();
  return sql`(SELECT toUInt64(parts[1]) AS message,
    arrayMap(x -> fromUnixTimestamp64Milli(toInt64(x), 'UTC'), arrayFilter(x -> x != '', splitByChar(';', parts[2]))) AS known_places
  FROM (SELECT splitByChar(':', arrayJoin(splitByChar(',', ${string(text)}))) AS parts))`;
}

/** Tombstones for those that have no event left. */
export function removeEmptyMessages(moved: ReadonlyMap<Key, ReadonlySet<number>>, version: number): RenderedSql {
  const messages = keySet(moved.keys());
  return renderSql(sql`INSERT INTO ${tableName('messages')} (message, at, version, is_deleted)
SELECT message, arrayJoin(known_places), ${uint64(BigInt(version))}, 1
FROM ${placesOf(moved)}
WHERE message NOT IN (SELECT message FROM ${tableName('message_events')} FINAL WHERE message IN ${messages})`);
}
