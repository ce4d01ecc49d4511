import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { endConnectionsOnClose } from './end-connections.ts';

test('closing waits for the request under way, and for no connection without one', async () => {
  const app = Fastify();
  endConnectionsOnClose(app);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  app.get('/', () => {
    asked.resolve();
    return answer.promise;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const accepted = once(app.server, 'connection');
  const unused = connect(port, '127.0.0.1');
  await accepted;
  const call = request({ port, host: '127.0.0.1', headers: { connection: 'keep-alive' } }).end();
  await asked.promise;

  let closed = false;
  const closing = app.close().then(() => {
    closed = true;
  });
  await once(unused.resume(), 'close');
  expect(closed, 'a request is under way').toBe(false);
  answer.resolve('all of it');
  const [response] = await once(call, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  expect(text).toBe('all of it');
  const late = pause(4_000, 'still open', { ref: false });
  expect(await Promise.race([closing, late])).toBeUndefined();
});
