import type { FastifyInstance } from 'fastify';
import type { Services } from '../services.ts';
import { throttle } from '../throttle.ts';

const HEARTBEAT_MS = 15_000;
/** Bytes that a reader may be behind before it is let go; it connects again when it reads again. */
const MAX_BEHIND_BYTES = 256 * 1024;

/** Under load batches end several times a second; nobody reads that fast, and every reader asks for the page anew. */
const TELL_EVERY_MS = 2_000;

/** Server-sent events: one `version` event at once, then whenever the numbers or their state change, at most every two seconds. */
export function addLiveRoutes(app: FastifyInstance, services: Services): void {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });

  app.route({
    method: 'GET',
    url: '/api/v1/live',
    exposeHeadRoute: false,
    config: { permission: 'read' },
    handler(_request, reply) {
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const write = (text: string) => {
        if (stream.writableLength > MAX_BEHIND_BYTES) stream.destroy();
        else stream.write(text);
      };
      const current = services.current();
      const tell = throttle(
        () => write(`event: version\ndata: ${JSON.stringify(current.freshness())}\n\n`),
        TELL_EVERY_MS,
      );
      tell();
      const unsubscribe = current.onFreshness(tell);
      const heartbeat = setInterval(() => {
        // After the sample was removed this would tell of the old workspace for ever: the page connects again.
        if (services.current() !== current) close();
        else write(': still here\n\n');
      }, HEARTBEAT_MS);
      const close = () => {
        open.delete(close);
        clearInterval(heartbeat);
        tell.cancel();
        unsubscribe();
        stream.end();
      };
      open.add(close);
      stream.once('close', close);
    },
  });
}
