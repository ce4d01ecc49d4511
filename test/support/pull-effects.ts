import type { PullEffects } from '../../src/contract/pull.ts';
import { testEffects } from './test-effects.ts';

export interface RecordedEffects extends PullEffects {
  lines: string[];
  notices: string[];
  stop(): void;
}

/** The real outside world of a connector, guard included, with loopback allowed; what the connector says is kept. */
export function recordedEffects(): RecordedEffects {
  const controller = new AbortController();
  const { effects, log, notices } = testEffects({
    signal: controller.signal,
    now: () => Math.round(performance.now()),
  });
  return { ...effects, lines: log, notices, stop: () => controller.abort() };
}
