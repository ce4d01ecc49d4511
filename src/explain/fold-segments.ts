import type { RateSegment } from './decompose-rate.ts';
import { sumSegments } from './decompose-rate.ts';
import { type ChangeKind, ROOT, type Segment, splitChange } from './segment.ts';

/**
 * Keeps the segments of each level that contribute most and makes the rest of each parent one "Other". What lies below an "Other" is an
 * "Other" of its own, so that every level still adds up to the whole.
 *
 * @returns the levels, and how many segments each level's "Other" rows hold.
 */
export function foldSegments(
  levels: readonly (readonly Segment[])[],
  kind: ChangeKind,
  whole: RateSegment,
  limit: number,
): { levels: Segment[][]; merged: number[] } {
  const root: Segment = { id: ROOT, parent: '', keys: [], numbers: whole, other: false };
  /** Where a segment of the level above has gone. */
  let home = new Map([[ROOT, root]]);
  const merged: number[] = [];
  const folded = levels.map((segments) => {
    const splits = splitChange(segments, kind, whole);
    const candidates = segments
      .map((segment, index) => ({ segment, weight: Math.abs(splits[index]?.contribution ?? 0) }))
      .filter(({ segment }) => home.get(segment.parent)?.other === false)
      .toSorted((a, b) => b.weight - a.weight || b.segment.numbers.denominator - a.segment.numbers.denominator);
    const kept = new Set(candidates.slice(0, limit).map(({ segment }) => segment.id));
    const rest = segments.filter(({ id }) => !kept.has(id));
    const others = [...Map.groupBy(rest, ({ parent }) => home.get(parent) ?? root)].map(([parent, group]) => {
      const other: Segment = {
        id: `${parent.id}/other`,
        parent: parent.id,
        keys: [...parent.keys, null],
        numbers: sumSegments(group.map(({ numbers }) => numbers)),
        other: true,
      };
      return { other, group };
    });
    const stays = segments.filter(({ id }) => kept.has(id));
    home = new Map([
      ...stays.map((segment): [string, Segment] => [segment.id, segment]),
      ...others.flatMap(({ other, group }) => group.map(({ id }): [string, Segment] => [id, other])),
    ]);
    merged.push(rest.length);
    return [...stays, ...others.map(({ other }) => other)];
  });
  return { levels: folded, merged };
}
