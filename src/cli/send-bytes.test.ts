import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sendBytes } from './send-bytes.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(handle: RequestListener): Promise<string> {
  const made = createServer(handle);
  server = made;
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/`;
}

/** Portions in one buffer, as a file is read. */
async function* inOneBuffer(count: number, onPortion: () => void = () => {}): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(1 << 20);
  for (let index = 0; index < count; index += 1) {
    onPortion();
    yield buffer.fill(index);
  }
}

test('what was sent arrives, though all portions share a buffer', async () => {
  const url = await listen(async (request, response) => {
    const seen: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) seen.push(Buffer.from(chunk));
    const bytes = Buffer.concat(seen);
    const right = Array.from({ length: 20 }, (_, index) => bytes.indexOf(index) === index << 20).every(Boolean);
    response.writeHead(201).end(JSON.stringify({ bytes: bytes.length, right }));
  });
  expect(await sendBytes(url, inOneBuffer(20))).toStrictEqual({
    status: 201,
    body: JSON.stringify({ bytes: 20 << 20, right: true }),
  });
});

test('an answer that comes early ends the sending', async () => {
  const url = await listen((_request, response) => response.writeHead(400).end('no'));
  let portions = 0;
  const count = () => {
    portions += 1;
  };
  expect(await sendBytes(url, inOneBuffer(10_000, count))).toStrictEqual({ status: 400, body: 'no' });
  expect(portions).toBeLessThan(10_000);
});

test('a connection that breaks is an error, and so is a source that does', async () => {
  const url = await listen((request) => request.once('data', () => request.socket.destroy()));
  await expect(sendBytes(url, inOneBuffer(10_000))).rejects.toThrow();
  const broken = async function* () {
    yield Buffer.from('a');
    throw new Error('the file cannot be read');
  };
  const taking = await listen((request) => request.resume());
  await expect(sendBytes(taking, broken())).rejects.toThrow('the file cannot be read');
});
