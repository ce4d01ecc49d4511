import { addDays } from '../../contract/plain-date.ts';
import type { CheckedModel } from '../../model/checked.ts';
import { canonicalZone, startOfDay } from '../local-time.ts';
import type { QueryContext } from '../query-context.ts';
import type { Rollups } from './choose-rollup.ts';

/** The roll-ups that can be read at the moment of asking. */
export function rollupsOf({ rollups, workspace }: CheckedModel, context: QueryContext): Rollups {
  const zone = canonicalZone(workspace.time_zone) ?? 'UTC';
  const { first, last } = context.data;
  return {
    declared: rollups,
    kept: context.rollups ?? new Map(),
    zone,
    data: {
      ...(first === null ? {} : { start: startOfDay(first, zone) }),
      ...(last === null ? {} : { end: startOfDay(addDays(last, 1), zone) }),
    },
  };
}
