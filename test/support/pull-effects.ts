import { type PullEffects, PullError } from '../../src/contract/pull.ts';

export interface RecordedEffects extends PullEffects {
  lines: string[];
  notices: string[];
  /** Hosts that were asked for. */
  asked: string[];
  stop(): void;
}

/** The outside world of a connector that speaks to a server on loopback; what it says is kept. */
export function recordedEffects(): RecordedEffects {
  const lines: string[] = [];
  const notices: string[] = [];
  const asked: string[] = [];
  const controller = new AbortController();
  return {
    lines,
    notices,
    asked,
    stop: () => controller.abort(),
    now: () => Math.round(performance.now()),
    signal: controller.signal,
    http: () => Promise.reject(new PullError('settings', 'no HTTP here')),
    address: (host, port) => {
      asked.push(`${host}:${port}`);
      return Promise.resolve({ address: '127.0.0.1', family: 4 });
    },
    log: (sentence) => lines.push(sentence),
    notice: (sentence) => notices.push(sentence),
  };
}
