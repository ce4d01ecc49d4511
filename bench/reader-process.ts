import type { Catalog, Freshness, WorkspaceInfo } from '../src/contract/api.ts';
import type { Dashboard } from '../src/contract/dashboard.ts';
import type { BatchResult } from '../src/contract/result.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { percentile, sortedNumbers } from './measure.ts';
import { openPage } from './pages.ts';

export interface ReadersJob {
  url: string;
  readers: number;
  thinkMs: number;
}

/** Milliseconds of whole pages, each one request, from the moment it was due. */
export interface ReadersReport {
  pages: number;
  p50: number;
  p95: number;
  p99: number;
  slowest: number;
  /** By what was answered: the status, `tile <code>` for a page with a tile that failed, or the fault of the connection. */
  errors: Record<string, number>;
}

interface Workspace {
  info: WorkspaceInfo;
  catalog: Catalog;
  dashboards: Dashboard[];
}

/** Looks out of so many that have a filter. */
const FILTERED = 4;
/** As the browser waits between two refreshes. */
const REFRESH_MS = 2_000;
const ANSWER_LIMIT_MS = 60_000;

const times: number[] = [];
const errors: Record<string, number> = {};
const stopped = new AbortController();

process.on('message', (message: ReadersJob | 'stop') => {
  if (message === 'stop') return stopped.abort();
  readAll(message).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function readAll(job: ReadersJob): Promise<ReadersReport> {
  const workspace = await loadWorkspace(job.url);
  await Promise.all(Array.from({ length: job.readers }, (_, index) => new Reader(job, workspace, index).read()));
  const sorted = sortedNumbers(times);
  return {
    pages: sorted.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    slowest: sorted.at(-1) ?? Number.NaN,
    errors,
  };
}

async function loadWorkspace(url: string): Promise<Workspace> {
  const load = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T;
  const [info, catalog, { dashboards }] = await Promise.all([
    load<WorkspaceInfo>('/api/v1/workspace'),
    load<Catalog>('/api/v1/metrics'),
    load<{ dashboards: { name: string; subject?: string }[] }>('/api/v1/dashboards'),
  ]);
  const whole = dashboards.filter(({ subject }) => subject === undefined);
  return {
    info,
    catalog,
    dashboards: await Promise.all(whole.map(({ name }) => load<Dashboard>(`/api/v1/dashboards/${name}`))),
  };
}

/** One person: a page is on the screen, another one is opened every so often, and newer numbers repaint the one that is open. */
class Reader {
  readonly #job: ReadersJob;
  readonly #workspace: Workspace;
  readonly #random: () => number;
  readonly #index: number;
  #body = '';
  #opening = 0;
  #refreshing: AbortController | undefined;
  /** Data version of the page that is shown, and the newest that was told. */
  #shown: string | undefined;
  #told: string | undefined;
  #refreshAt = 0;
  #refresh: NodeJS.Timeout | undefined;

  constructor(job: ReadersJob, workspace: Workspace, index: number) {
    this.#job = job;
    this.#workspace = workspace;
    this.#index = index;
    this.#random = seededRandom(index + 1);
  }

  async read(): Promise<void> {
    const listening = this.#listen();
    // Spread over the first pause, as people do not come all at once.
    const started = performance.now() + (this.#job.thinkMs * this.#index) / this.#job.readers;
    for (let look = 0; !stopped.signal.aborted; look++) {
      const due = started + look * this.#job.thinkMs;
      await pauseUntil(due);
      if (stopped.signal.aborted) break;
      this.#body = this.#choosePage();
      void this.#open(due);
    }
    clearTimeout(this.#refresh);
    await listening;
  }

  #choosePage(): string {
    const { info, catalog, dashboards } = this.#workspace;
    const dashboard = dashboards[Math.floor(this.#random() * dashboards.length)];
    if (dashboard === undefined) throw new Error('the server has no dashboards');
    const context = { today: info.today, weekStart: info.week_start, data: info.data };
    const dimension = dashboard.filters[0]?.dimension;
    const labels = catalog.dimensions.find(({ name }) => name === dimension)?.labels ?? {};
    const value = Object.keys(labels)[Math.floor(this.#random() * Object.keys(labels).length)];
    const filtered = dimension !== undefined && value !== undefined && this.#random() * FILTERED < 1;
    const page = openPage(
      dashboard,
      filtered ? { filter: { dimension, op: 'in', values: [value] } } : {},
      context,
      catalog,
    );
    return JSON.stringify({ queries: page.batch.map(({ query }) => query) });
  }

  /** A page that is opened is waited for, however long: given up, it would not be counted. */
  async #open(due: number): Promise<void> {
    this.#refreshing?.abort();
    this.#shown = undefined;
    const body = this.#body;
    this.#opening++;
    const version = await ask(this.#job.url, body, due, stopped.signal);
    this.#opening--;
    if (body === this.#body) this.#shown = version;
    this.#refreshSoon();
  }

  /** Given up, as the browser does, when another page is opened. */
  async #askAgain(): Promise<void> {
    const refreshing = new AbortController();
    this.#refreshing = refreshing;
    const due = performance.now();
    this.#refreshAt = due + REFRESH_MS;
    const version = await ask(this.#job.url, this.#body, due, AbortSignal.any([refreshing.signal, stopped.signal]));
    if (refreshing.signal.aborted) return;
    this.#refreshing = undefined;
    this.#shown = version ?? this.#shown;
    this.#refreshSoon();
  }

  /** Newer numbers than those on the screen are asked for, at most every so often. */
  #refreshSoon(): void {
    const busy = () => this.#opening > 0 || this.#refreshing !== undefined || stopped.signal.aborted;
    if (busy() || this.#refresh !== undefined) return;
    if (this.#told === undefined || this.#shown === undefined || this.#told === this.#shown) return;
    const wait = Math.max(0, this.#refreshAt - performance.now());
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      if (!busy()) void this.#askAgain();
    }, wait);
  }

  async #listen(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      const response = await fetch(`${this.#job.url}/api/v1/live`, { signal: stopped.signal });
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) {
          const data = /^data: (.*)$/m.exec(event)?.[1];
          if (data === undefined) continue;
          this.#told = (JSON.parse(data) as Freshness).data_version;
          this.#refreshSoon();
        }
      }
    } catch (error) {
      if (!stopped.signal.aborted) errors[`live: ${String(error)}`] = (errors[`live: ${String(error)}`] ?? 0) + 1;
    }
  }
}

/** Asks for a page and notes how long it took, or what went wrong. Gives the data version of its numbers. */
async function ask(url: string, body: string, due: number, signal: AbortSignal): Promise<string | undefined> {
  const fail = (what: string) => {
    errors[what] = (errors[what] ?? 0) + 1;
  };
  try {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      fail(String(response.status));
      return undefined;
    }
    const batch = answer as BatchResult;
    const failed = new Set(batch.results.flatMap((result) => ('error' in result ? [result.error.code] : [])));
    if (failed.size === 0) times.push(performance.now() - due);
    for (const code of failed) fail(`tile ${code}`);
    return batch.data_version;
  } catch (error) {
    if (!signal.aborted) fail(error instanceof Error ? error.name : String(error));
    return undefined;
  }
}

function pauseUntil(due: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.max(0, due - performance.now()));
    function done(): void {
      clearTimeout(timer);
      stopped.signal.removeEventListener('abort', done);
      resolve();
    }
    stopped.signal.addEventListener('abort', done, { once: true });
  });
}
