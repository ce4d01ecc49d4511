import type { ParsedItem } from '../contract/connector.ts';
import type { RecordOf } from '../contract/record.ts';
import { counted } from './parsed-item.ts';

/**
 * Services tell the stays of a person as a list that may be corrected: one gets another end, one is added, two become one. The stays of
 * a person in a webinar are numbered by their beginning, and the number is part of the key: a corrected list replaces the one before
 * it. What the list before had more is deleted.
 */

type Stay = RecordOf<'attendance'> | RecordOf<'recording_view'>;

/** Nobody joins more often; whatever says so is wrong. */
const MOST = 1_000;

export interface StaysOfPerson {
  /** Begins the keys: source-wide unique for the person in the webinar. */
  key: string;
  /** In any order; keys are given here. */
  stays: readonly Stay[];
}

/** @param before the most stays that anybody of this webinar had when it was read last; 0 the first time */
export function numberStays({ key, stays }: StaysOfPerson, before: number): ParsedItem[] {
  const ordered = [...stays].sort((a, b) => Date.parse(beginning(a)) - Date.parse(beginning(b)) || endOf(a) - endOf(b));
  const items = ordered.map((stay, index) => counted({ ...stay, key: `${key}:${index + 1}` }));
  const of = ordered[0]?.record;
  if (of === undefined) return items;
  for (let number = ordered.length + 1; number <= Math.min(before, MOST); number++)
    items.push(counted({ record: 'deletion', key: `${key}:${number}`, of }));
  return items;
}

function beginning(stay: Stay): string {
  return stay.record === 'attendance' ? stay.joined_at : stay.viewed_at;
}

function endOf(stay: Stay): number {
  return stay.record === 'attendance' && stay.left_at !== undefined ? Date.parse(stay.left_at) : 0;
}
