import type { Page } from 'playwright-core';

export interface MainThreadReport {
  /** Milliseconds of processor time of the longest task: what the page itself needs, however busy the machine is. */
  longest: number;
  /** The same task or another by the clock. */
  longestByClock: number;
  /** Tasks that took more than 50 ms of processor time. */
  over50: number;
}

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  /** Microseconds by the clock and of the thread. */
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

/** Watches every task of the page's main thread, painting and layout too, as Chromium's own tracing tells them. */
export async function watchMainThread(page: Page): Promise<{ stop(): Promise<MainThreadReport> }> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'] },
  });
  return {
    async stop() {
      const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
      await session.send('Tracing.end');
      await complete;
      await session.detach();
      const threads = new Set(
        events
          .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
          .map(({ pid, tid }) => `${pid} ${tid}`),
      );
      const tasks = events.filter(
        ({ ph, name, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && threads.has(`${pid} ${tid}`),
      );
      if (tasks.length === 0) throw new Error('the browser told of no task of the page');
      const used = tasks.map(({ tdur = 0 }) => tdur / 1000);
      return {
        longest: Math.max(...used),
        longestByClock: Math.max(...tasks.map(({ dur = 0 }) => dur / 1000)),
        over50: used.filter((time) => time > 50).length,
      };
    },
  };
}
