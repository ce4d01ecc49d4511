import { connect, type Socket } from 'node:net';
import type { Message } from './payloads.ts';

/** A status, or the error code of a broken connection. */
export type Outcome = number | string;

interface Waiting {
  bytes: string;
  resolve(outcome: Outcome): void;
}

/**
 * Keep-alive connections with one request at a time on each. Far cheaper than `node:http` on this side, so that the sender
 * does not become what is measured. Understands answers with a content length, which is all that hooks give.
 */
export class Lanes {
  readonly #host: string;
  readonly #port: number;
  readonly #limit: number;
  readonly #idle: Lane[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #all = new Set<Lane>();

  constructor(url: string, limit: number) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
    this.#limit = limit;
  }

  post(message: Message): Promise<Outcome> {
    const headers = Object.entries(message.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const bytes = `POST ${message.path} HTTP/1.1\r\nhost: ${this.#host}:${this.#port}\r\ncontent-length: ${Buffer.byteLength(message.body)}\r\n${headers.join('')}\r\n${message.body}`;
    return new Promise((resolve) => {
      const lane = this.#idle.pop() ?? (this.#all.size < this.#limit ? this.#open() : undefined);
      if (lane === undefined) this.#waiting.push({ bytes, resolve });
      else lane.send(bytes, resolve);
    });
  }

  close(): void {
    for (const lane of this.#all) lane.socket.destroy();
  }

  #open(): Lane {
    const lane = new Lane(connect(this.#port, this.#host), {
      free: () => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#idle.push(lane);
        else lane.send(next.bytes, next.resolve);
      },
      gone: () => {
        this.#all.delete(lane);
        const index = this.#idle.indexOf(lane);
        if (index >= 0) this.#idle.splice(index, 1);
        const next = this.#waiting.shift();
        if (next !== undefined) this.#open().send(next.bytes, next.resolve);
      },
    });
    this.#all.add(lane);
    return lane;
  }
}

class Lane {
  readonly socket: Socket;
  readonly #free: () => void;
  #received = '';
  #resolve: ((outcome: Outcome) => void) | undefined;

  constructor(socket: Socket, events: { free: () => void; gone: () => void }) {
    this.socket = socket;
    this.#free = events.free;
    let code = 'closed';
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? code;
    });
    socket.on('close', () => {
      this.#resolve?.(code);
      this.#resolve = undefined;
      events.gone();
    });
  }

  send(bytes: string, resolve: (outcome: Outcome) => void): void {
    this.#resolve = resolve;
    this.socket.write(bytes, 'utf8');
  }

  #receive(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received)?.[1];
    if (this.#received.length < head + 4 + Number(length ?? 0)) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(status);
    this.#free();
  }
}
