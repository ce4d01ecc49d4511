import { sql, string } from '../sql/build.ts';
import type { Fragment } from '../sql/nodes.ts';
import type { Key } from './hash.ts';

/**
 * Right sides of IN for thousands of values: one literal that the engine splits, since a list of that many literals costs it
 * more to parse than to look up. Sets made so still use the primary key.
 */

/** @param keys unsigned decimals */
export function keySet(keys: Iterable<Key>): Fragment {
  return sql`(SELECT arrayJoin(arrayMap(x -> toUInt64(x), splitByChar(',', ${string([...keys].join())}))))`;
}

export function personSet(people: Iterable<number>): Fragment {
  return sql`(SELECT arrayJoin(arrayMap(x -> toUInt32(x), splitByChar(',', ${string([...people].join())}))))`;
}

/** @param texts without line feeds */
export function textSet(texts: Iterable<string>): Fragment {
  return sql`(SELECT arrayJoin(splitByChar('\n', ${string([...texts].join('\n'))})))`;
}
