import type { PullConnector, PullEffects, PulledPage, ReadRequest } from '../../src/contract/pull.ts';
import { createEgressPolicy } from '../../src/egress/policy.ts';
import { createPullEffects, type EffectsOptions } from '../../src/egress/pull-effects.ts';

/** The real effects with loopback allowed and a clock that moves only by sleeping, so that back-off takes no time. */
export function testEffects(options: Partial<EffectsOptions> = {}): {
  effects: PullEffects;
  log: string[];
  notices: string[];
  /** Milliseconds slept so far. */
  slept(): number;
} {
  const start = Date.parse('2026-11-20T06:00:00Z');
  let slept = 0;
  const log: string[] = [];
  const notices: string[] = [];
  const effects = createPullEffects({
    policy: createEgressPolicy({ allow: ['127.0.0.1'] }),
    now: () => start + slept,
    signal: new AbortController().signal,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      slept += milliseconds;
    },
    log: (sentence) => log.push(sentence),
    notice: (sentence) => notices.push(sentence),
    ...options,
  });
  return { effects, log, notices, slept: () => slept };
}

/** All pages of one read; `error` is what ended it early. */
export async function readAll<Settings>(
  connector: PullConnector<Settings>,
  request: ReadRequest<Settings>,
  effects: PullEffects,
): Promise<{ pages: PulledPage[]; error: unknown }> {
  const pages: PulledPage[] = [];
  try {
    for await (const page of connector.read(request, effects)) pages.push(page);
    return { pages, error: undefined };
  } catch (error) {
    return { pages, error };
  }
}
