import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWithFault, type TransportFault } from './transport-fault.ts';

/** An HTTP service on a free port of loopback that misbehaves as it is told to; needs `127.0.0.1` in the allow list. */

export interface FakeRequest {
  method: string;
  /** Decoded path without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Written as JSON where it is no text. */
  body: unknown;
}

export interface FakeService {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** `GET /path?query`, in order. */
  requests: string[];
  /** The n-th request from now on (0 is the next) whose line matches meets the fault. */
  fault(n: number, fault: TransportFault, matching?: RegExp): void;
  /** Every request whose line matches meets the fault until `calm`. */
  always(fault: TransportFault, matching: RegExp): void;
  /** Every n-th request is answered with 429 and this `Retry-After`; 0: none. */
  throttle(every: number, retryAfter?: string): void;
  /** The n-th request from now on whose line matches gets the answer of the matching one before it again. */
  repeat(n: number, matching: RegExp): void;
  /** Done before the n-th request from now on whose line matches is answered: the world moves while it is read. */
  before(n: number, edit: () => void, matching?: RegExp): void;
  /** Forgets all that was ordered. */
  calm(): void;
  close(): Promise<void>;
}

interface Order {
  left: number;
  matching: RegExp;
  what:
    | { kind: 'fault'; fault: TransportFault; forever: boolean }
    | { kind: 'repeat' }
    | { kind: 'edit'; edit: () => void };
}

const ANY = /^/;

/** @param respond what the service says when it behaves; an error thrown in it is a 500 */
export async function startFakeService(
  respond: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeService> {
  let orders: Order[] = [];
  let throttled = { every: 0, retryAfter: '1', count: 0 };
  const lastAnswers = new Map<RegExp, string>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service: FakeService = {
    url,
    requests: [],
    fault: (left, fault, matching = ANY) =>
      void orders.push({ left, matching, what: { kind: 'fault', fault, forever: false } }),
    always: (fault, matching) => void orders.push({ left: 0, matching, what: { kind: 'fault', fault, forever: true } }),
    throttle(every, retryAfter = '1') {
      throttled = { every, retryAfter, count: 0 };
    },
    repeat: (left, matching) => void orders.push({ left, matching, what: { kind: 'repeat' } }),
    before: (left, edit, matching = ANY) => void orders.push({ left, matching, what: { kind: 'edit', edit } }),
    calm() {
      orders = [];
      throttled = { every: 0, retryAfter: '1', count: 0 };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url ?? '/', url);
    const line = `${request.method} ${request.url}`;
    service.requests.push(line);
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    throttled.count += 1;
    if (throttled.every > 0 && throttled.count % throttled.every === 0) {
      response.writeHead(429, { 'retry-after': throttled.retryAfter }).end('{"error":"Too many requests"}');
      return;
    }
    const due = takeDue(line);
    for (const { what } of due) if (what.kind === 'edit') what.edit();
    const given = await respond({
      method: request.method ?? 'GET',
      path: decodeURIComponent(asked.pathname),
      query: asked.searchParams,
      headers: request.headers,
      body,
    });
    let text = typeof given.body === 'string' ? given.body : JSON.stringify(given.body);
    for (const { what, matching } of due) {
      if (what.kind === 'fault') return answerWithFault(response, what.fault, text);
      if (what.kind === 'repeat') text = lastAnswers.get(matching) ?? text;
    }
    for (const { what, matching } of orders)
      if (what.kind === 'repeat' && matching.test(line)) lastAnswers.set(matching, text);
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json; charset=utf-8', ...given.headers });
    response.end(text);
  }

  function takeDue(line: string): Order[] {
    const due: Order[] = [];
    for (const order of orders) {
      if (!order.matching.test(line)) continue;
      if (order.left === 0) due.push(order);
      if (order.what.kind !== 'fault' || !order.what.forever) order.left -= 1;
    }
    orders = orders.filter(({ left }) => left >= 0);
    return due;
  }

  return service;
}
