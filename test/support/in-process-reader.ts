import { type PullConnector, type PullEffects, PullError } from '../../src/contract/pull.ts';
import type { OpenReader, ReaderJob } from '../../src/sync/reader.ts';

/** A reader without a process of its own, for tests of what runs do with pages. */
export function openInProcess(connector: PullConnector): OpenReader {
  return ({ settings }) => ({
    async *read(request, job) {
      for await (const page of connector.read({ settings, ...request }, effectsOf(job))) {
        if (job.signal.aborted) throw new PullError('retry', 'The run was stopped.');
        yield page;
      }
    },
    check: (job) => connector.check(settings, effectsOf(job)),
    count: async (request, job) => (await connector.count?.({ settings, ...request }, effectsOf(job))) ?? null,
    close: async () => {},
  });
}

function effectsOf({ limits, listener, signal }: ReaderJob): PullEffects {
  return {
    now: () => limits.now,
    signal,
    http: () => Promise.reject(new PullError('settings', 'no HTTP here')),
    address: () => Promise.reject(new PullError('settings', 'no addresses here')),
    log: listener.log,
    notice: listener.notice,
  };
}
