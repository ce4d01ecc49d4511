import type { Key } from '../compile/keys.ts';
import type { Scope } from '../compile/statement.ts';
import type { SimpleBlock } from './blocks.ts';
import { type Choice, chooseRollup } from './choose-rollup.ts';
import { needOf } from './need.ts';

interface Part {
  block: SimpleBlock;
  choice: Choice;
}

/**
 * What is read for a block: one roll-up for all of its measures where there is one, else each by what keeps it; what nothing keeps is
 * read from the facts together. Rows of several statements meet in the same cells.
 */
export function splitByRollup(block: SimpleBlock, keys: readonly Key[], scope: Scope): Part[] {
  const choose = (measures: SimpleBlock['measures']) =>
    chooseRollup(needOf({ ...block, measures }, keys, scope), scope.rollups);
  const together = choose(block.measures);
  // A statement that cuts its rows off must see every measure.
  if (together.kind === 'rollup' || block.measures.length < 2 || scope.top !== undefined)
    return [{ block, choice: together }];
  const alone = block.measures.map((measure) => ({ measure, choice: choose([measure]) }));
  const groups = Map.groupBy(alone, ({ choice }) => describe(choice));
  if (groups.size < 2) return [{ block, choice: together }];
  return [...groups.values()].map((group) => {
    const measures = group.map(({ measure }) => measure);
    return { block: { ...block, measures }, choice: choose(measures) };
  });
}

/** Measures that the same sets keep are read together. */
function describe(choice: Choice): string {
  if (choice.kind === 'facts') return 'facts';
  const { levels } = choice.source;
  return `${levels.day?.set.index} ${levels.hour?.set.index}`;
}
