import type { Clock } from './clock.ts';
import type { DataSide } from './data-side.ts';
import type { Logger } from './logger.ts';
import type { CheckedModel } from './model/checked.ts';
import { loadProgress } from './projector/progress.ts';
import { loadTouches } from './projector/touches.ts';
import { createRollupKeeper, type RollupKeeper } from './rollups/keeper.ts';

export interface RollupServiceParts {
  model: CheckedModel;
  data: DataSide;
  clock: Clock;
  log: Logger;
  /** The keeper whose place it takes; it ends what it is at. */
  before: RollupKeeper | undefined;
}

/** Starts keeping the roll-ups of a model; the caller tells it what changes. */
export function keepRollups({ model, data, clock, log, before }: RollupServiceParts): RollupKeeper {
  const keeper = createRollupKeeper({
    model,
    zone: model.workspace.time_zone,
    warehouse: () => data.warehouse,
    loadSeq: async (warehouse) => (await loadProgress(warehouse)).seq,
    loadTouches,
    now: clock,
    log,
    ...(before === undefined ? {} : { after: before.finish() }),
  });
  keeper.start();
  return keeper;
}
