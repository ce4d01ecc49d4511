import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWithFault, isTransportFault, type TransportFault } from './transport-fault.ts';

/** A service with pages, on loopback, that can be told to misbehave. `fake-pages-connectors.ts` reads it. */

export interface FakeItem {
  id: string;
  /** UTC milliseconds; pages are in this order. */
  updated_at: number;
  value: string;
}

/** What one answer does wrong: on its way, or as a service that pages badly. */
export type PageFault =
  | TransportFault
  /** The page announces all its rows and leaves out the last `rows` of them. */
  | { kind: 'partial'; rows: number }
  /** The page names itself as the next one. */
  | { kind: 'repeat_token' }
  /** No rows, and the same place as the next page: nothing is lost. */
  | { kind: 'empty' }
  /** The first `rows` items are deleted before this page is made: later ones slip to earlier pages. */
  | { kind: 'shrink'; rows: number }
  /** The total is told wrong by so much. */
  | { kind: 'wrong_total'; by: number };

export interface FakePages {
  /** `http://127.0.0.1:<port>`: needs `127.0.0.1` in the allow list. */
  url: string;
  items: FakeItem[];
  /** The n-th request from now on (0 is the next) meets the fault. */
  fault(n: number, fault: PageFault): void;
  /** Every request from now on meets it, until null. */
  always(fault: PageFault | null): void;
  /** Requests so far. */
  requests(): number;
  close(): Promise<void>;
}

export interface FakePage {
  items: FakeItem[];
  count: number;
  total: number;
  next: string | null;
}

export async function startFakePages(items: FakeItem[] = []): Promise<FakePages> {
  const faults = new Map<number, PageFault>();
  let always: PageFault | null = null;
  let requests = 0;
  const state = { items };
  const server = createServer((request, response) => {
    const fault = faults.get(requests) ?? always;
    faults.delete(requests);
    requests += 1;
    answer(request, response, state, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get items() {
      return state.items;
    },
    set items(next) {
      state.items = next;
    },
    fault: (n, fault) => void faults.set(requests + n, fault),
    always: (fault) => {
      always = fault;
    },
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** `count` items, one a minute from 2026-11-01T00:00:00Z. */
export function fakeItems(count: number, from = 0): FakeItem[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return { id: `item-${n}`, updated_at: Date.UTC(2026, 10, 1) + n * 60_000, value: `value ${n}` };
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: { items: FakeItem[] },
  fault: PageFault | null,
): void {
  if (fault?.kind === 'shrink') {
    const gone = new Set(sorted(state.items).slice(0, fault.rows));
    state.items = state.items.filter((item) => !gone.has(item));
  }
  const body = JSON.stringify(pageOf(new URL(request.url ?? '/', 'http://localhost'), state.items, fault));
  if (isTransportFault(fault)) answerWithFault(response, fault, body);
  else response.setHeader('content-type', 'application/json').end(body);
}

/** Pages by offset in the order of change, as most services do: that is why they shift when something is deleted. */
function pageOf(url: URL, items: FakeItem[], fault: PageFault | null): FakePage {
  const since = Number(url.searchParams.get('since') ?? 0);
  const size = Number(url.searchParams.get('size') ?? 100);
  const offset = Number(url.searchParams.get('token') ?? 0);
  const found = sorted(items).filter((item) => item.updated_at >= since);
  const whole = found.slice(offset, offset + size);
  const total = found.length + (fault?.kind === 'wrong_total' ? fault.by : 0);
  // The extra slash makes the token another one: a page that is empty for once, not a circle.
  if (fault?.kind === 'empty') return { items: [], count: 0, total, next: `${offset}.0` };
  const rows = fault?.kind === 'partial' ? whole.slice(0, -fault.rows) : whole;
  const next = offset + size < found.length ? String(offset + size) : null;
  return {
    items: rows,
    count: whole.length,
    total,
    next: fault?.kind === 'repeat_token' ? (url.searchParams.get('token') ?? '0') : next,
  };
}

function sorted(items: FakeItem[]): FakeItem[] {
  return [...items].sort((a, b) => a.updated_at - b.updated_at || (a.id < b.id ? -1 : 1));
}
