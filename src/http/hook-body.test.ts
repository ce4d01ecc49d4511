import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, expect, test } from 'vitest';
import { until } from '../../test/support/poll.ts';
import { ERROR_STATUS, TurnoutError } from '../contract/errors.ts';
import { HookBodyReader } from './hook-body.ts';

const KIB = 1024;
const bodies = new HookBodyReader({ bodyBytes: 64 * KIB, heldBytes: 96 * KIB });
const answered: number[] = [];
const server = createServer(async (request, response) => {
  const status = await bodies.read(request).then(
    () => 200,
    (error: unknown) => (error instanceof TurnoutError ? ERROR_STATUS[error.code] : 500),
  );
  answered.push(status);
  response.writeHead(status).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

afterAll(() => server.close());

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  answered.length = 0;
});

/** Sends the head and so many bytes of a body of `length`. */
function begin(length: number, sent: number): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(Buffer.alloc(sent));
  sockets.push(socket);
  return socket;
}

const answers = (count: number) => until(`${count} answers came`, () => answered.length >= count);

test('a body over the cap is refused by its declared length, before it is sent', async () => {
  begin(64 * KIB + 1, 0);
  await answers(1);
  expect(answered).toEqual([413]);
});

test('bodies that never end cannot fill the memory, and what they held is free again when they go', async () => {
  begin(64 * KIB, 60 * KIB);
  begin(64 * KIB, 60 * KIB);
  await answers(1);
  expect(answered).toEqual([503]);
  for (const socket of sockets.splice(0)) socket.destroy();
  await answers(2);
  expect(answered).toEqual([503, 400]);
  begin(64 * KIB, 64 * KIB);
  await answers(3);
  expect(answered.at(-1)).toBe(200);
});
